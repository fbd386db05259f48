import Protocols
import Signals
import Testing

private struct File: Decodable {
    struct Start: Decodable {
        var hex: String
        var rate: Double
        var resolutions: [Double]
        var names: [String]
    }

    struct Marker: Decodable {
        var position: UInt32
        var points: UInt32
        var channel: Int32
        var type: String
        var text: String
    }

    struct Block: Decodable {
        var hex: String
        var float: Bool
        var block: UInt32
        var microvolt: [[Double]]
        var markers: [Marker]
    }

    var start: Start
    var data: [Block]
    var stop: String
}

private struct Message: Equatable {
    var kind: RDAMessage.Kind?
    var body: [UInt8]
}

private func parse(_ bytes: [UInt8], chunk: Int) -> (messages: [Message], skipped: UInt64) {
    var parser = RDAParser()
    var found: [Message] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
        bytes[start..<min(start + chunk, bytes.count)].withUnsafeBytes { piece in
            parser.feed(piece) { found.append(Message(kind: $0, body: Array($1))) }
        }
    }
    return (found, parser.skipped)
}

struct RDACodecTests {
    @Test func `the start message is read and written as the page says`() throws {
        let vector = try vectors("rda", as: File.self).start
        let message = try #require(parse(bytes(hex: vector.hex), chunk: 7).messages.first)
        let start = try #require(message.body.withUnsafeBytes { RDAStart($0) })
        #expect(message.kind == .start && start.rate == vector.rate)
        #expect(start.resolutions == vector.resolutions && start.names == vector.names)
        #expect(start.bytes == bytes(hex: vector.hex))
        for length in 0..<message.body.count {
            #expect(message.body[..<length].withUnsafeBytes { RDAStart($0) } == nil)
        }
    }

    @Test func `blocks of both forms give the microvolts and markers of the vectors`() throws {
        let file = try vectors("rda", as: File.self)
        for vector in file.data {
            let message = try #require(parse(bytes(hex: vector.hex), chunk: 5).messages.first)
            #expect(message.kind == (vector.float ? .float32Data : .int16Data))
            message.body.withUnsafeBytes { body in
                guard let data = RDAData(body, channels: 3, isFloat: vector.float) else {
                    Issue.record("the block is refused")
                    return
                }
                #expect(data.block == vector.block && data.points == vector.microvolt.count)
                for (point, row) in vector.microvolt.enumerated() {
                    for (channel, expected) in row.enumerated() {
                        let value = Double(data.value(point * 3 + channel)) * file.start.resolutions[channel]
                        #expect(abs(value - expected) < 1e-6)
                    }
                }
                let expected = vector.markers.map {
                    RDAMarker(position: $0.position, points: $0.points, channel: $0.channel, type: $0.type, text: $0.text)
                }
                #expect(data.markers == expected)
                let counts = zip(vector.microvolt.joined(), (0..<9).map { file.start.resolutions[$0 % 3] }).map {
                    ($0 / $1).rounded()
                }
                #expect(
                    RDAData.bytes(
                        block: vector.block, points: 3, values: counts, isFloat: vector.float, markers: expected)
                        == bytes(hex: vector.hex))
            }
        }
        #expect(RDAMessage.stop == bytes(hex: file.stop))
    }

    @Test func `a cut block is refused, never read beyond its end`() throws {
        let vector = try #require(try vectors("rda", as: File.self).data.first)
        let body = Array(bytes(hex: vector.hex).dropFirst(24))
        for length in 0..<body.count {
            #expect(body[..<length].withUnsafeBytes { RDAData($0, channels: 3, isFloat: true) == nil })
        }
        #expect(body.withUnsafeBytes { RDAData($0, channels: 3, isFloat: true) != nil })
        #expect((body + [0]).withUnsafeBytes { RDAData($0, channels: 3, isFloat: true) == nil })
        // With fewer channels some bytes would be left, with more the values would be others.
        for channels in [0, 1, 2, 4, 8] {
            #expect(body.withUnsafeBytes { RDAData($0, channels: channels, isFloat: true) == nil })
        }
    }

    @Test func `garbage and impossible sizes are skipped to the next message`() throws {
        let file = try vectors("rda", as: File.self)
        let good = bytes(hex: file.data[0].hex)
        var wrong = good
        wrong[16...19] = [0xFF, 0xFF, 0xFF, 0x7F]
        let stream = bytes(hex: file.start.hex) + [0x8E, 0x45, 1, 2] + good + wrong + good
        for chunk in [1, 13, stream.count] {
            let result = parse(stream, chunk: chunk)
            #expect(result.messages.map(\.kind) == [.start, .float32Data, .float32Data])
            #expect(result.skipped == UInt64(4 + wrong.count))
        }
    }

    @Test func `no bytes make it trap`() {
        var random = SplitMix64(seed: 8)
        for _ in 0..<200 {
            var bytes = RDAMessage.identifier + (0..<60).map { _ in UInt8(random.integer(below: 256)) }
            bytes[16] = UInt8(random.integer(below: 70))
            bytes[17] = 0
            bytes[18] = 0
            bytes[19] = 0
            bytes[20] = UInt8(random.integer(below: 6))
            for message in parse(bytes, chunk: 9).messages {
                message.body.withUnsafeBytes { body in
                    _ = RDAStart(body)
                    _ = RDAData(body, channels: 2, isFloat: true)?.markers
                }
            }
        }
    }
}
