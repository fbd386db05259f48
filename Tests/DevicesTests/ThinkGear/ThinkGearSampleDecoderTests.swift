import Devices
import Protocols
import Signals
import Testing

/// A module without a counter: only the clock can tell damaged packets from bytes that do not belong there.
@Suite struct ThinkGearSampleDecoderTests {
    private static let rate = 512.0

    /// One packet for each read, in a thousand reads after the first two seconds; each read is late by some milliseconds.
    /// - Parameter bytes: of packet n.
    private func received(_ bytes: (Int) -> [UInt8]) -> (frames: Int, lost: UInt64, lastError: Double) {
        let sink = SampleCollector()
        let decoder = ThinkGearSampleDecoder(.init(name: "d"))
        var random = SplitMix64(seed: 5)
        var time = 0.0
        for number in 0..<4096 {
            let due = 10 + Double(number) / Self.rate
            // In order, mostly in time, sometimes late by 30 ms.
            let late = random.uniform() < 0.02 ? 0.03 * random.uniform() : 0.0005 * random.uniform()
            time = max(time + 1e-5, due + late)
            decoder.decode(bytes(number), at: time, into: sink)
        }
        let items = sink.items.filter { $0.kind == .samples && $0.stream == 0 }
        let made = items.last.flatMap { item in item.made.map { $0.seconds + Double(item.frames - 1) / Self.rate } } ?? .nan
        let frames = items.reduce(0) { $0 + Int($1.frames) }
        return (frames, items.reduce(0) { $0 + $1.missingBefore }, made - (10 + 4095 / Self.rate))
    }

    private func packet(_ number: Int) -> [UInt8] { ThinkGearPacket.bytes([.raw(Int16(number))]) }

    @Test func `bytes between whole packets are no loss, whenever they are read`() {
        // Beginnings of packets are among them, but none that an 8-bit checksum may take for whole.
        var random = SplitMix64(seed: 6)
        let found = received { number in
            guard number % 9 == 0, number < 4000 else { return packet(number) }
            return (0...random.integer(below: 6)).flatMap { _ in [0xAA, UInt8(random.integer(below: 0x80))] } + packet(number)
        }
        #expect(found.frames == 4096 && found.lost == 0)
        #expect(abs(found.lastError) < 0.002)
    }

    @Test func `packets that came damaged are counted, soon after`() {
        let damaged: Set = [1500, 1501, 2200, 3000]
        let found = received { number in
            var bytes = packet(number)
            if damaged.contains(number) { bytes[5] ^= 0x10 }
            return bytes
        }
        #expect(found.frames == 4096 - damaged.count && found.lost == UInt64(damaged.count))
        #expect(abs(found.lastError) < 0.002)
    }
}
