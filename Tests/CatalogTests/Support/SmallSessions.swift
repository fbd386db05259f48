import Foundation
import Sessions
import Signals

/// A folder that is removed with its owner.
final class ScratchFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/larmor-catalog-\(UUID().uuidString)"
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// A session composed here, as small as one can be: a few EEG frames, one marker, one recognised word.
struct TinySession {
    /// 2023-11-14T22:13:20Z.
    static let epoch = 1_700_000_000.0
    static let begin = HostTime(nanoseconds: 1_000_000_000)

    var created = Date(timeIntervalSince1970: epoch)
    var subject: String? = "S01"
    var note: String?
    var device = "headset"
    var driver = "cyton"
    var words: [String] = []
    var prompts: [String] = []
    var frames = 10
    /// False leaves it as a power cut would.
    var closes = true

    @discardableResult
    func write(_ folder: String) throws -> SessionWriter {
        let anchor = WallClockAnchor(host: Self.begin, utcNanoseconds: Int64(created.timeIntervalSince1970) * 1_000_000_000)
        let manifest = SessionManifest(
            larmor: "test", created: created, anchor: anchor, seed: 1, subject: subject, note: note, rig: "", rigName: "bench")
        let writer = try SessionWriter(folder: folder, manifest: manifest, devices: [(device, driver)])
        let stream = StreamDescription(
            name: device + ".eeg", kind: .eeg, channels: [.init(label: "Cz", unit: .volt)], nominalRate: 250, device: "board")
        try writer.setStreams([stream], device: 0)
        try Array("{\"\(driver)\":{}}".utf8).withUnsafeBytes {
            try writer.append(wire: .configuration, device: 0, body: $0, at: Self.begin)
        }
        try writer.append(event: DeviceEvent(code: .started, value: 1, hostTime: Self.begin), device: 0)
        let values = (0..<frames).map { Float($0) * 1e-6 }
        try values.withUnsafeBufferPointer {
            try writer.append(
                item: SampleRingItem(
                    stream: 0, channels: 1, frames: frames, firstCounter: 0, missingBefore: 0, hostTime: Self.begin + 0.1),
                device: 0, values: $0)
        }
        for word in words { try writer.append(line: "{\"event\":\"word\",\"time_s\":0.1,\"text\":\"\(word)\"}") }
        for prompt in prompts {
            try writer.append(
                line: "{\"event\":\"marker\",\"time_s\":0.1,\"stream\":\"console.prompts\",\"texts\":[\"\(prompt)\"]}")
        }
        if closes { try writer.close() } else { try writer.sync() }
        return writer
    }
}
