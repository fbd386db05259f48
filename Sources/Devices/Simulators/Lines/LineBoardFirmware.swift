public import Protocols
import Signals

/// A RigLink board of digital lines: each input is wired to the output of its number and sees it some milliseconds late, as behind a
/// filter or a relay. It sends one frame a packet, so that a level is as old as its frame.
public struct LineBoardFirmware: SimulatedFirmware {
    public let packetRate: Double
    public let counterPlace: (offset: Int, bytes: Int)? = nil
    public private(set) var isStreaming = false
    public let descriptor: RigLinkDescriptor
    private let lines: Int
    /// Frames from a change of an output to the line's.
    private let delayFrames: Int
    private var decoder = Decoder()
    private var encoder = RigLinkEncoder()
    private var outputs: [Float]
    /// Levels on their way from the outputs to the lines, oldest first, one for each frame of the delay.
    private var underWay: [[Float]]
    private var frame: UInt64 = 0

    /// A decoder cannot be copied, and a firmware can.
    private final class Decoder: @unchecked Sendable {
        // Sendable because the thread that serves the firmware alone touches it.
        var decoder = RigLinkDecoder()
    }

    /// - Parameters:
    ///   - lines: inputs, and as many outputs, 1 … 64.
    ///   - rate: frames per second.
    ///   - delayMs: from an output to its line, to the next frame, 0 or more.
    public init(lines: Int = 4, rate: Double = 1000, delayMs: Double = 0) {
        self.lines = lines
        packetRate = rate
        delayFrames = Int((delayMs * 1e-3 * rate).rounded())
        outputs = [Float](repeating: 0, count: lines)
        underWay = []
        descriptor = RigLinkDescriptor(
            maker: "Larmor", model: "lines", serialNumber: "simulated", firmware: "1.0", maximumPayload: 4096, queueFrames: 16,
            latency_us: 0,
            streams: [
                .init(
                    name: "lines", direction: .out, kind: .auxiliary, rate: rate, channels: lines,
                    labelPrefix: RigLinkDescriptor.Stream.digitalLine, unit: .dimensionless),
                .init(
                    name: "outputs", direction: .drive, kind: .auxiliary, rate: 0, channels: lines,
                    labelPrefix: RigLinkDescriptor.Stream.digitalLine, unit: .dimensionless),
                .init(
                    name: "levels", direction: .out, kind: .auxiliary, rate: 0, answers: 1, channels: lines,
                    labelPrefix: "output", unit: .dimensionless),
            ])
    }

    public mutating func connect() -> [UInt8] {
        decoder = Decoder()
        encoder = RigLinkEncoder()
        rest()
        return []
    }

    /// Not streaming, all outputs low.
    private mutating func rest() {
        isStreaming = false
        frame = 0
        outputs = [Float](repeating: 0, count: lines)
        underWay = [[Float]](repeating: outputs, count: delayFrames)
    }

    public mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
        var messages: [(type: RigLinkType, payload: [UInt8])] = []
        bytes.withUnsafeBytes { decoder.decoder.feed($0) { header, payload in messages.append((header.type, Array(payload))) } }
        var answer: [UInt8] = []
        for message in messages {
            switch message.type {
            case .hello:
                rest()
                answer += encoder.encode(.descriptor, descriptor.payload)
            case .start:
                isStreaming = true
                answer += status
            case .stop: rest()
            case .drive: answer += set(message.payload)
            case .ping: answer += encoder.encode(.pong, message.payload)
            default: break
            }
        }
        return answer
    }

    private var status: [UInt8] {
        mutating get { encoder.encode(.status, RigLinkStatus(freeFrames: 16, droppedFrames: 0).payload) }
    }

    /// - Returns: an answer for each frame: the levels that the outputs have with it.
    private mutating func set(_ payload: [UInt8]) -> [UInt8] {
        payload.withUnsafeBytes { payload in
            guard let frames = RigLinkFrames(payload), frames.stream == 1, isStreaming,
                frames.values.count == 4 * lines * frames.frames
            else { return encoder.encode(.error, RigLinkFault(code: 1, text: "this is no frame of outputs").payload) }
            var answer: [UInt8] = []
            for index in 0..<frames.frames {
                for line in 0..<lines {
                    let bits = frames.values.loadUnaligned(fromByteOffset: 4 * (index * lines + line), as: UInt32.self)
                    outputs[line] = Float(bitPattern: UInt32(littleEndian: bits)) >= 0.5 ? 1 : 0
                }
                answer += encoder.encode(
                    .samples,
                    RigLinkFrames.payload(
                        stream: 2, firstCounter: frames.firstCounter &+ UInt64(index), frames: 1, values: outputs))
            }
            return answer
        }
    }

    public mutating func nextPacket() -> [UInt8] {
        underWay.append(outputs)
        let levels = underWay.removeFirst()
        defer { frame += 1 }
        return encoder.encode(.samples, RigLinkFrames.payload(stream: 0, firstCounter: frame, frames: 1, values: levels))
    }
}

extension SimulatorKind {
    public static let lines = SimulatorKind(
        "lines", .network, hasSeed: false,
        settings: [
            SimulatorSetting("lines", .whole(1...64)), SimulatorSetting("rate", .number(10...4000)),
            SimulatorSetting("delay_ms", .number(0...1000)),
        ])
}
