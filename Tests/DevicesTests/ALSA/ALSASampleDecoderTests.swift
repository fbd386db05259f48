import Devices
import Signals
import Testing
import Transports

@Suite struct ALSASampleDecoderTests {
    private func decoder(_ format: ALSATransport.Format, rate: Int = 16_000, channels: Int = 1)
        -> ALSASampleDecoder
    {
        ALSASampleDecoder(
            ALSAConfiguration(
                name: "microphone", port: "hw:0,0", format: format, rate: rate, channels: channels))
    }

    private func bytes(_ words: [Int16]) -> [UInt8] {
        words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    @Test func `full scale is one in every format, as ALSA defines the formats`() {
        // ALSA's PCM formats: signed integers of 16, 24 (in 3 bytes) and 32 bits; −2^(n−1) is −1.
        let cases: [(ALSATransport.Format, [UInt8], [Float])] = [
            (.s16, [0, 0x80, 0, 0x40, 0xFF, 0xFF], [-1, 0.5, -1.0 / 32_768]),
            (.s24, [0, 0, 0x80, 0, 0, 0x40, 1, 0, 0], [-1, 0.5, 1.0 / 8_388_608]),
            (.s32, [0, 0, 0, 0x80, 0, 0, 0, 0x40, 0, 1, 0, 0], [-1, 0.5, 256.0 / 2_147_483_648]),
            (.float, [0, 0, 0x80, 0xBF, 0, 0, 0, 0x3F, 0, 0, 0x80, 0x7F], [-1, 0.5, 0]),
        ]
        for (format, bytes, expected) in cases {
            let sink = SampleCollector()
            decoder(format).decode(bytes, at: 1, into: sink)
            #expect(sink.samples(0) == expected, "\(format.rawValue)")
        }
    }

    @Test func `channels are interleaved`() {
        let sink = SampleCollector()
        decoder(.s16, channels: 2).decode(bytes([16_384, -16_384, 8192, -8192]), at: 1, into: sink)
        #expect(sink.samples(0) == [0.5, -0.5, 0.25, -0.25])
        #expect(sink.blocks[0].channels == 2)
    }

    @Test func `after an overrun the clock says how many frames are missing`() {
        let sink = SampleCollector()
        let decoder = decoder(.s16)
        decoder.decode(bytes([Int16](repeating: 1, count: 160)), at: 1.00, into: sink)
        decoder.note(.overrun, at: 1.05)
        // 100 ms after the last frame 1,600 frames were made; 160 of them came.
        decoder.decode(bytes([Int16](repeating: 2, count: 160)), at: 1.10, into: sink)
        #expect(sink.gaps(0) == [Gap(first: 160, count: 1440)])
        #expect(sink.counters(0).last == 1759)
    }

    @Test func `without an overrun jitter makes no hole`() {
        let sink = SampleCollector()
        let decoder = decoder(.s16)
        for (index, late) in [0, 0.05, 0.0, 0.02].enumerated() {
            decoder.decode(
                bytes([Int16](repeating: 1, count: 160)), at: 1 + Double(index) * 0.01 + late, into: sink)
        }
        #expect(sink.gaps(0).isEmpty)
        #expect(sink.counters(0) == (0..<640).map { UInt64($0) })
    }

    @Test func `a loss leaves a hole as long as the interruption`() {
        let sink = SampleCollector()
        let decoder = decoder(.s16)
        decoder.decode(bytes([Int16](repeating: 1, count: 160)), at: 1, into: sink)
        decoder.note(.lost, at: 1)
        decoder.note(.reconnected, at: 3)
        decoder.decode(bytes([Int16](repeating: 1, count: 160)), at: 3, into: sink)
        #expect(sink.gaps(0) == [Gap(first: 160, count: 31_840)])
    }

    @Test func `frames that are cut between two pieces of bytes are joined`() {
        let words = (0..<200).map { Int16($0) }
        for size in [1, 3, 7, 400] {
            let sink = SampleCollector()
            let decoder = decoder(.s16, channels: 2)
            let all = bytes(words)
            for start in stride(from: 0, to: all.count, by: size) {
                decoder.decode(Array(all[start..<min(start + size, all.count)]), at: 1, into: sink)
            }
            #expect(sink.samples(0) == words.map { Float($0) / 32_768 })
        }
    }
}
