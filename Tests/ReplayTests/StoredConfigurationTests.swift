import Devices
import Foundation
import LiveGraph
import Protocols
import RecordedRig
import Replay
import Sessions
import Signals
import Testing

/// Sessions whose wire logs hold what no device said.
struct StoredConfigurationTests {
    private let scratch = ScratchFolder()

    /// A session with the wire log of one device.
    private func record(_ configuration: DecoderConfiguration, _ pieces: [[UInt8]] = []) throws -> String {
        let manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 0),
            anchor: WallClockAnchor(host: RecordedRig.start, utcNanoseconds: 0), seed: 1, subject: nil, note: nil, rig: "",
            rigName: "test")
        let writer = try SessionWriter(folder: scratch("s"), manifest: manifest, devices: [("d", "driver")])
        try configuration.json.withUnsafeBytes {
            try writer.append(wire: .configuration, device: 0, body: $0, at: RecordedRig.start)
        }
        for (index, piece) in pieces.enumerated() {
            try piece.withUnsafeBytes {
                try writer.append(wire: .received, device: 0, body: $0, at: RecordedRig.start + Double(index + 1) * 0.02)
            }
        }
        try writer.close()
        return scratch("s")
    }

    @Test func `a configuration that no device has is an error with its field, for replay, serving and training`() throws {
        let board = RigLinkDescriptor(
            maker: "m", model: "m", serialNumber: "", firmware: "", maximumPayload: 64, queueFrames: 1, latency_us: 0,
            streams: [
                .init(name: "eeg", direction: .out, kind: .eeg, rate: 100, channels: 0, labelPrefix: "e", unit: .volt)
            ])
        let session = try record(.riglink(RigLinkConfiguration(name: "d", descriptor: board)))
        let replay = #expect(throws: SessionError.self) { try SessionReplay(folder: session) }
        #expect(replay?.description.contains("descriptor.streams[0].channels") == true)
        let served = #expect(throws: SessionError.self) {
            try SessionServer(folder: session, device: "d", options: ReplayOptions(), link: nil, port: 0)
        }
        #expect(served?.description.contains("descriptor.streams[0].channels") == true)
    }

    @Test func `a replay of a stream whose set-up changed, which was recorded on, makes no value after the change`() throws {
        let first = RDAStart(samplingInterval_us: 1000, resolutions: [1, 1], names: ["a", "b"])
        let second = RDAStart(samplingInterval_us: 1000, resolutions: [5, 5], names: ["a", "b"])
        func block(_ number: UInt32) -> [UInt8] {
            RDAData.bytes(block: number, points: 20, values: [Double](repeating: 1, count: 40), isFloat: true)
        }
        // A gap of one block before the change is the last thing that the log says of the samples.
        let pieces = [block(0), block(2), block(3), second.bytes, block(0), block(5), block(6)]
        let session = try record(.rda(RDAConfiguration(name: "d", start: first)), pieces)
        var gaps: [UInt64] = []
        var codes: [DeviceEvent.Code] = []
        _ = try SessionReplay(folder: session).run(each: { decision in
            switch decision.content {
            case .gap(_, _, let count): gaps.append(UInt64(count))
            case .device(_, let event): codes.append(event.code)
            default: break
            }
        })
        #expect(gaps == [20] && codes == [.corruptDropped])
    }
}
