import Devices
import Signals
import Testing
import Transports

/// A sound card has no counter, no checksum and no packets: what can go wrong is that the kernel's buffer runs over (xrun) and
/// that the card goes away. Both in virtual time, with the counts worked out by hand.
@Suite struct ALSAFaultTests {
    struct Scenario: Sendable, CustomStringConvertible {
        var name: String
        /// Periods of 10 ms that the card recorded and nobody got; the overrun is told when the first one is due.
        var overruns: [Range<Int>] = []
        /// The card is away for these.
        var losses: [Range<Int>] = []
        /// Periods that arrive together with the last one.
        var bursts: [Range<Int>] = []
        /// Periods that are cut in two reads.
        var cuts: Set<Int> = []
        /// Frames: 160 for each period that did not come.
        var lost: UInt64
        var gaps: Int
        var description: String { name }
    }

    static let scenarios: [Scenario] = [
        .init(name: "nothing is wrong", lost: 0, gaps: 0),
        .init(name: "an overrun of one period", overruns: [50..<51], lost: 160, gaps: 1),
        .init(name: "an overrun of a second", overruns: [50..<150], lost: 16_000, gaps: 1),
        .init(name: "three overruns", overruns: [10..<12, 50..<57, 90..<91], lost: 160 * 10, gaps: 3),
        .init(name: "an overrun right after another", overruns: [50..<52, 53..<55], lost: 160 * 4, gaps: 2),
        .init(name: "two overruns with nothing between", overruns: [50..<52, 52..<54], lost: 160 * 4, gaps: 1),
        .init(name: "a late reader, nothing lost", bursts: [50..<90], lost: 0, gaps: 0),
        .init(name: "the card is away for a second", losses: [50..<150], lost: 16_000, gaps: 1),
        .init(name: "the card is away twice", losses: [20..<30, 60..<63], lost: 160 * 13, gaps: 2),
        .init(name: "an overrun, then the card is away", overruns: [50..<55], losses: [55..<60], lost: 1600, gaps: 1),
        .init(name: "periods that are cut within a frame", cuts: [40, 41, 99], lost: 0, gaps: 0),
        .init(name: "half a frame before the card goes", losses: [51..<61], cuts: [50], lost: 1600, gaps: 1),
    ]

    private static let periods = 200
    private static let start = 100.0

    @Test(arguments: scenarios, [1, 2])
    func `frames that did not come are counted exactly`(scenario: Scenario, channels: Int) throws {
        let decoder = ALSASampleDecoder(
            ALSAConfiguration(name: "d", port: "hw:0", format: .s16, rate: 16_000, channels: channels))
        let sink = SampleCollector()
        var waiting: [UInt8] = []
        for period in 0..<Self.periods {
            let time = Self.start + Double(period + 1) * 0.01
            if scenario.overruns.contains(where: { $0.lowerBound == period }) { decoder.note(.overrun, at: time) }
            if scenario.losses.contains(where: { $0.lowerBound == period }) {
                // What was read before the card went and is no whole frame.
                decoder.decode([1], at: time - 0.005, into: sink)
                decoder.note(.lost, at: time)
            }
            if scenario.losses.contains(where: { $0.upperBound == period }) { decoder.note(.reconnected, at: time - 0.01) }
            if (scenario.overruns + scenario.losses).contains(where: { $0.contains(period) }) { continue }
            waiting += Self.bytes(period, channels)
            if scenario.bursts.contains(where: { $0.contains(period) && $0.upperBound - 1 != period }) { continue }
            if scenario.cuts.contains(period) {
                decoder.decode(Array(waiting.prefix(301)), at: time, into: sink)
                waiting.removeFirst(301)
            }
            decoder.decode(waiting, at: time, into: sink)
            waiting = []
        }
        #expect(sink.missing(0) == scenario.lost)
        #expect(sink.gaps(0).count == scenario.gaps)
        #expect(UInt64(sink.frames(0)) + scenario.lost == UInt64(160 * Self.periods))
        // Each frame stands at its place: its value says which one it is.
        for block in sink.blocks {
            let found = (0..<block.frames).map { Int((block.samples[$0 * channels] * 32_768).rounded()) }
            #expect(found == (0..<block.frames).map { Int((block.firstCounter + UInt64($0)) % 30_000) })
        }
    }

    /// The period's frames: each has its own number in all channels.
    private static func bytes(_ period: Int, _ channels: Int) -> [UInt8] {
        (0..<160 * channels).flatMap { index -> [UInt8] in
            let value = UInt16((period * 160 + index / channels) % 30_000)
            return [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)]
        }
    }
}
