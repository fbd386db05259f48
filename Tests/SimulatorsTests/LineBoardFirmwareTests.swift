import Protocols
import Simulators
import Testing

/// A host with a codec of its own in front of a board of lines, packet by packet.
@Suite struct LineBoardFirmwareTests {
    private func decoded(_ bytes: [UInt8]) -> [(type: RigLinkType, payload: [UInt8])] {
        var decoder = RigLinkDecoder()
        var messages: [(type: RigLinkType, payload: [UInt8])] = []
        bytes.withUnsafeBytes { decoder.feed($0) { messages.append(($0.type, Array($1))) } }
        return messages
    }

    private func values(_ payload: [UInt8], stream: Int) -> [Float]? {
        payload.withUnsafeBytes { payload in
            guard let frames = RigLinkFrames(payload), frames.stream == stream else { return nil }
            return frames.values.bindMemory(to: UInt32.self).map { Float(bitPattern: $0) }
        }
    }

    @Test func `it introduces itself as a board whose lines and outputs the host knows`() throws {
        var board = LineBoardFirmware(lines: 2)
        _ = board.connect()
        var encoder = RigLinkEncoder()
        let answer = try #require(decoded(board.receive(encoder.encode(.hello, [1]))).first)
        let descriptor = try #require(answer.payload.withUnsafeBytes { RigLinkDescriptor($0) })
        #expect(answer.type == .descriptor && descriptor == board.descriptor && !board.isStreaming)
        #expect(descriptor.streams.map(\.isDigitalLines) == [true, false, false])
        #expect(descriptor.streams.map(\.isDigitalOutputs) == [false, true, false])
    }

    /// By hand: 500 frames a second and 8 ms are four frames.
    @Test func `a line follows its output after so many frames, and only its own; stop sets all low`() throws {
        var board = LineBoardFirmware(lines: 2, rate: 500, delayMs: 8)
        _ = board.connect()
        var encoder = RigLinkEncoder()
        _ = board.receive(encoder.encode(.hello, [1]) + encoder.encode(.start))
        func lines(_ count: Int, _ board: inout LineBoardFirmware) -> [[Float]] {
            (0..<count).compactMap { _ in decoded(board.nextPacket()).first.flatMap { values($0.payload, stream: 0) } }
        }
        #expect(lines(3, &board) == [[0, 0], [0, 0], [0, 0]])
        let set = RigLinkFrames.payload(stream: 1, firstCounter: 9, frames: 1, values: [0, 0.7])
        let answer = decoded(board.receive(encoder.encode(.drive, set)))
        #expect(answer.map(\.type) == [.samples] && values(answer[0].payload, stream: 2) == [0, 1])
        #expect(lines(6, &board) == [[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [0, 1]])
        _ = board.receive(encoder.encode(.stop) + encoder.encode(.start))
        #expect(lines(5, &board) == [[Float]](repeating: [0, 0], count: 5))
        #expect(decoded(board.receive(encoder.encode(.drive, [1, 0, 1]))).map(\.type) == [.error])
    }
}
