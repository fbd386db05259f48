import Protocols
import Signals
import Simulators

/// A sensor board that speaks RigLink: one stream of two channels, 200 messages a second with five frames each. It counts anew for
/// each host that connects, as a board does that was plugged in again.
struct RigLinkBoard: SimulatedFirmware {
    let packetRate = 200.0
    /// In a stuffed frame, after its code byte, the header and four bytes of the payload.
    let counterPlace: (offset: Int, bytes: Int)? = (1 + RigLinkHeader.size + 4, 1)
    private(set) var isStreaming = false
    private var decoder = Decoder()
    private var encoder = RigLinkEncoder()
    private var frame: UInt64 = 0

    /// A decoder cannot be copied, and a firmware can.
    private final class Decoder: @unchecked Sendable {
        // Sendable because the stand's thread alone touches it.
        var decoder = RigLinkDecoder()
    }

    static let descriptor = RigLinkDescriptor(
        maker: "Larmor", model: "board", serialNumber: "1", firmware: "1.0", maximumPayload: 4096, queueFrames: 8,
        latency_us: 100,
        streams: [
            .init(name: "eeg", direction: .out, kind: .eeg, rate: 1000, channels: 2, labelPrefix: "e", unit: .volt)
        ])

    mutating func connect() -> [UInt8] {
        decoder = Decoder()
        encoder = RigLinkEncoder()
        isStreaming = false
        frame = 0
        return []
    }

    mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
        var types: [RigLinkType] = []
        bytes.withUnsafeBytes { decoder.decoder.feed($0) { header, _ in types.append(header.type) } }
        var answer: [UInt8] = []
        for type in types {
            switch type {
            case .hello: answer += encoder.encode(.descriptor, Self.descriptor.payload)
            case .start: isStreaming = true
            case .stop: isStreaming = false
            default: break
            }
        }
        return answer
    }

    mutating func nextPacket() -> [UInt8] {
        let values = (0..<10).map { Float(Int(frame) % 16 + $0 / 2 % 16) * 1e-6 }
        defer { frame += 5 }
        return encoder.encode(
            .samples, RigLinkFrames.payload(stream: 0, firstCounter: frame, frames: 5, values: values))
    }
}
