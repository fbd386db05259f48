import Foundation
import Recognition
import SignalFeatures
import Signals
import Testing

/// Words that are found again in what a microphone heard, whose clock and delays the test made.
@Suite struct SpokenStripTests {
    private static let rate = 16_000
    private static let stream = StreamDescription(
        name: "mic.audio", kind: .audio, channels: [.init(label: "ch1", unit: .fullScale)], nominalRate: 16_000, device: "d")

    /// Coloured noise that swells and fades, 300 ms each, all different.
    private static func strip(_ count: Int, _ random: inout SplitMix64) -> SpokenStrip {
        var samples: [Float] = []
        var words: [SpokenStrip.Word] = []
        for word in 0..<count {
            samples += [Float](repeating: 0, count: 8000)
            let begin = samples.count
            var low = 0.0
            for k in 0..<4800 {
                low = 0.8 * low + random.normal()
                samples.append(Float(0.05 * low * sin(.pi * Double(k) / 4800)))
            }
            words.append(.init(text: "w\(word)", samples: begin..<begin + 4700))
        }
        return SpokenStrip(samples: samples + [Float](repeating: 0, count: 8000), rate: rate, words: words)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `words are found within 0.1 ms, behind unknown delays, in noise, by a fast clock, beyond a lost stretch`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let strip = Self.strip(8, &random)
        let start = HostTime(seconds: 500)
        // The player begins 1 s after the microphone; 0.23 s and some samples later the first sample is heard. In the middle of
        // the fourth word the player stumbles for 80 ms, in the sixth the stream loses 1,000 samples.
        let lead = 16_000 + 3_680 + random.integer(below: 1000)
        let stumble = strip.words[3].samples.lowerBound + 1000
        var heard = [Float](repeating: 0, count: lead) + strip.samples[0..<stumble]
        heard += [Float](repeating: 0, count: 1280) + strip.samples[stumble...]
        heard = heard.map { 0.5 * $0 + Float(1e-3 * random.normal()) }
        let hole = lead + 1280 + strip.words[5].samples.lowerBound + 1500
        let period = 1 / (16_000 * 1.0002)
        func time(_ counter: Int) -> HostTime { start + Double(counter) * period }

        var sound = HeardSound(Self.stream, seconds: 60)
        var first = 0
        while first < heard.count {
            if first >= hole, first < hole + 1000 {
                first = hole + 1000
                continue
            }
            let count = min(160, heard.count - first, first < hole ? hole - first : .max)
            var item = SampleRingItem(
                stream: 0, channels: 1, frames: count, firstCounter: UInt64(first), missingBefore: 0, hostTime: start)
            item.setMade(time(first), period: period)
            Array(heard[first..<first + count]).withUnsafeBufferPointer { sound.take(item, $0) }
            first += count
        }
        let found = strip.times(in: sound, rate: Self.rate, playedFrom: start + 1)
        // The fourth word was torn and the sixth is not whole; the others stand where they were put.
        let whole = [0, 1, 2, 4, 6, 7]
        for index in whole {
            let word = strip.words[index]
            let shift = lead + (index > 3 ? 1280 : 0)
            let one = try #require(found.first { $0.text == word.text })
            #expect(abs(one.end - time(word.samples.upperBound + shift)) < 1e-4)
            #expect(abs(one.begin - time(word.samples.lowerBound + shift)) < 1e-4)
        }
    }

    @Test func `in silence and in other sound nothing is found`() {
        var random = SplitMix64(seed: 9)
        let strip = Self.strip(2, &random)
        for loudness in [0.0, 0.1] {
            var sound = HeardSound(Self.stream, seconds: 60)
            var item = SampleRingItem(
                stream: 0, channels: 1, frames: 80_000, firstCounter: 0, missingBefore: 0, hostTime: HostTime(seconds: 1))
            item.setMade(HostTime(seconds: 1), period: 1 / 16_000)
            let noise = (0..<80_000).map { _ in Float(loudness * random.normal()) }
            noise.withUnsafeBufferPointer { sound.take(item, $0) }
            #expect(strip.times(in: sound, rate: Self.rate, playedFrom: HostTime(seconds: 1)).isEmpty)
        }
    }

    @Test func `what is kept is bounded`() {
        var sound = HeardSound(Self.stream, seconds: 0.5)
        var item = SampleRingItem(
            stream: 0, channels: 1, frames: 6000, firstCounter: 0, missingBefore: 0, hostTime: HostTime(seconds: 1))
        item.setMade(HostTime(seconds: 1), period: 1 / 16_000)
        for _ in 0..<4 { [Float](repeating: 0.5, count: 6000).withUnsafeBufferPointer { sound.take(item, $0) } }
        #expect(sound.samples.count == 8000)
    }
}
