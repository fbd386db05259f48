import Protocols
import Signals
import Testing

private struct File: Decodable {
    struct Frame: Decodable {
        var hex: String
        var counter: UInt8
        var counts: [Int]
        var microvolt: [Double]
    }

    struct Stream: Decodable {
        var hex: String
        var counters: [UInt8]
        var skipped: UInt64
    }

    var frames: [Frame]
    var stream: Stream
}

struct FreeEEG32CodecTests {
    @Test func `every frame of the vectors is read and written as the page says`() throws {
        for vector in try vectors("freeeeg32", as: File.self).frames {
            let frame = bytes(hex: vector.hex)
            #expect(FreeEEG32Frame.bytes(counter: vector.counter, counts: vector.counts) == frame)
            frame.withUnsafeBytes { raw in
                for channel in 0..<32 {
                    let count = FreeEEG32Frame.count(raw, channel: channel)
                    #expect(Int(count) == vector.counts[channel])
                    #expect(isClose(Double(count) * FreeEEG32Frame.voltsPerCount * 1e6, vector.microvolt[channel]))
                }
            }
        }
    }

    @Test func `frames are found after garbage, in pieces of every size`() throws {
        let stream = try vectors("freeeeg32", as: File.self).stream
        let all = bytes(hex: stream.hex)
        for chunk in [1, 50, all.count] {
            var parser = MarkedFrameParser(size: 105, header: 0xA0, footers: 0xC0...0xC0)
            var counters: [UInt8] = []
            for start in stride(from: 0, to: all.count, by: chunk) {
                all[start..<min(start + chunk, all.count)].withUnsafeBytes { piece in
                    parser.feed(piece) { counters.append($0[1]) }
                }
            }
            #expect(counters == stream.counters && parser.skipped == stream.skipped)
        }
    }
}
