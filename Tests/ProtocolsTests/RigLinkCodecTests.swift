import Protocols
import Signals
import Testing

private struct Message: Equatable {
    var header: RigLinkHeader
    var payload: [UInt8]
}

private func messages(_ bytes: [UInt8], chunk: Int) -> (messages: [Message], corrupt: UInt64, lost: UInt64) {
    var decoder = RigLinkDecoder()
    var found: [Message] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
        bytes[start..<min(start + chunk, bytes.count)].withUnsafeBytes { piece in
            decoder.feed(piece) { found.append(Message(header: $0, payload: Array($1))) }
        }
    }
    return (found, decoder.corrupt, decoder.lostMessages)
}

struct RigLinkCodecTests {
    @Test func `a ping has the bytes of the specification`() {
        var encoder = RigLinkEncoder()
        let bytes = encoder.encode(.ping, deviceTime: 0x0102, [1, 2, 3, 4, 5, 6, 7, 8])
        let plain = COBS.decode(Array(bytes.dropLast())) ?? []
        #expect(bytes.last == 0)
        #expect(Array(plain[0..<16]) == [1, 10, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0])
        #expect(Array(plain[16..<24]) == [1, 2, 3, 4, 5, 6, 7, 8])
        let check = CRC32C.checksum(Array(plain[0..<24]))
        #expect(Array(plain[24...]) == (0..<4).map { UInt8(truncatingIfNeeded: check >> ($0 * 8)) })
    }

    @Test func `messages of every size come back, whole and dripped`() {
        var encoder = RigLinkEncoder()
        var random = SplitMix64(seed: 3)
        let payloads = [0, 1, 253, 254, 255, 5000].map { size in
            (0..<size).map { _ in UInt8(random.integer(below: 256)) }
        }
        let bytes = payloads.flatMap { encoder.encode(.samples, $0) }
        for chunk in [1, 13, bytes.count] {
            let result = messages(bytes, chunk: chunk)
            #expect(result.messages.map(\.payload) == payloads)
            #expect(result.messages.map(\.header.sequence) == [0, 1, 2, 3, 4, 5])
            #expect(result.corrupt == 0 && result.lost == 0)
        }
    }

    @Test func `a flipped bit costs one message and is counted`() {
        var encoder = RigLinkEncoder()
        let frames = (0..<5).map { encoder.encode(.samples, [UInt8](repeating: UInt8($0 + 1), count: 40)) }
        var bytes = frames.flatMap { $0 }
        bytes[frames[0].count + frames[1].count + 20] ^= 0x10
        let result = messages(bytes, chunk: 9)
        #expect(result.messages.map(\.header.sequence) == [0, 1, 3, 4])
        #expect(result.corrupt == 1 && result.lost == 1)
    }

    @Test func `an endless frame without a zero is skipped and the next one is found`() {
        var encoder = RigLinkEncoder()
        let bytes = [UInt8](repeating: 7, count: 200_000) + [0] + encoder.encode(.stop)
        #expect(messages(bytes, chunk: 4096).messages.map(\.header.type) == [.stop])
    }

    @Test func `random bytes never trap`() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<300 {
            let bytes = (0..<300).map { _ in
                UInt8(random.integer(below: 6) == 0 ? 0 : random.integer(below: 256))
            }
            #expect(messages(bytes, chunk: 300).messages == messages(bytes, chunk: 1).messages)
        }
    }

    @Test func `a descriptor comes back, and every cut of it is refused`() {
        let descriptor = RigLinkDescriptor(
            maker: "Larmor", model: "film", serialNumber: "7", firmware: "1.0", maximumPayload: 65_536,
            queueFrames: 64,
            latency_us: 500,
            streams: [
                .init(
                    name: "drive", direction: .drive, kind: .drive, rate: 0, channels: 400,
                    labelPrefix: "cell", unit: .tesla),
                .init(
                    name: "state", direction: .out, kind: .magnetisation, rate: 0, answers: 0, channels: 1200,
                    labelPrefix: "m", unit: .dimensionless, format: .int16, scale: 1 / 32767),
            ])
        let payload = descriptor.payload
        #expect(payload.withUnsafeBytes { RigLinkDescriptor($0) } == descriptor)
        for length in 0..<payload.count {
            #expect(payload[..<length].withUnsafeBytes { RigLinkDescriptor($0) } == nil)
        }
    }
}
