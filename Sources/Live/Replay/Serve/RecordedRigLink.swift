import Protocols

/// The control side of a recorded RigLink device: introduces itself as it did, and answers each drive frame with the recorded
/// answer that comes next, under the counter of the question.
struct RecordedRigLink: Sendable {
    private let descriptor: RigLinkDescriptor
    private var timeline: RecordedTimeline
    private var encoder = RigLinkEncoder()
    private var questions = RigLinkMessages()
    private var recorded = RigLinkMessages()
    /// Recorded answers that were read and not yet given, one frame each.
    private var answers: [(time: UInt64, stream: Int, values: [UInt8])] = []
    private(set) var isStreaming = false
    /// Whether what it sends answers what it is sent; else it streams by itself.
    let isDriven: Bool

    init(_ descriptor: RigLinkDescriptor, timeline: RecordedTimeline) {
        self.descriptor = descriptor
        self.timeline = timeline
        isDriven = descriptor.streams.contains { $0.direction == .drive }
    }

    mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
        var reply: [UInt8] = []
        for (header, payload) in questions.feed(bytes) {
            switch header.type {
            case .hello:
                encoder = RigLinkEncoder()
                isStreaming = false
                reply += encoder.encode(.descriptor, descriptor.payload)
            case .start:
                isStreaming = true
                timeline.rewind()
                answers = []
                recorded = RigLinkMessages()
                let status = RigLinkStatus(freeFrames: descriptor.queueFrames, droppedFrames: 0)
                reply += encoder.encode(.status, status.payload)
            case .stop: isStreaming = false
            case .ping: reply += encoder.encode(.pong, payload)
            case .drive: reply += answer(payload)
            default: break
            }
        }
        return reply
    }

    private mutating func answer(_ payload: [UInt8]) -> [UInt8] {
        payload.withUnsafeBytes { raw -> [UInt8] in
            guard let frames = RigLinkFrames(raw) else { return [] }
            var reply: [UInt8] = []
            for index in 0..<frames.frames {
                guard let next = nextAnswer() else { break }
                // Stream, flags, one frame, its counter; then the values as they were.
                var content: [UInt8] = [UInt8(next.stream), 0, 1, 0]
                withUnsafeBytes(of: (frames.firstCounter &+ UInt64(index)).littleEndian) { content += $0 }
                content += next.values
                reply += encoder.encode(.samples, deviceTime: next.time, content)
            }
            return reply
        }
    }

    private mutating func nextAnswer() -> (time: UInt64, stream: Int, values: [UInt8])? {
        while answers.isEmpty, let piece = timeline.next() {
            for (header, payload) in recorded.feed(piece.bytes) where header.type == .samples {
                payload.withUnsafeBytes { raw in
                    guard let frames = RigLinkFrames(raw), descriptor.streams.indices.contains(frames.stream),
                        descriptor.streams[frames.stream].answers != nil, frames.frames > 0
                    else { return }
                    let size = frames.values.count / frames.frames
                    for index in 0..<frames.frames {
                        let values = Array(frames.values[index * size..<(index + 1) * size])
                        answers.append((header.deviceTime, frames.stream, values))
                    }
                }
            }
        }
        return answers.isEmpty ? nil : answers.removeFirst()
    }
}

/// Cuts a stream of bytes into RigLink messages; copies of it are independent.
private struct RigLinkMessages: Sendable {
    private var frame: [UInt8] = []

    mutating func feed(_ bytes: [UInt8]) -> [(RigLinkHeader, [UInt8])] {
        var messages: [(RigLinkHeader, [UInt8])] = []
        for byte in bytes {
            frame.append(byte)
            guard byte == 0 else { continue }
            var decoder = RigLinkDecoder()
            frame.withUnsafeBytes { decoder.feed($0) { messages.append(($0, Array($1))) } }
            frame = []
        }
        return messages
    }
}
