import Foundation
import Sessions
import Signals

/// A folder that is removed with its owner.
final class ScratchFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/larmor-sessions-\(UUID().uuidString)"
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// A session of one headset, composed here: what goes in is known, so that what comes out can be compared.
struct SmallSession {
    static let rate = 250.0
    static let begin = HostTime(nanoseconds: 5_000_000_000)
    static let anchor = WallClockAnchor(host: begin, utcNanoseconds: 1_700_000_000_000_000_000)
    static let eeg = StreamDescription(
        name: "headset.eeg", kind: .eeg,
        channels: ["Fp1", "C3 & C4"].map { .init(label: $0, unit: .volt, fullScale: 0.1875) },
        nominalRate: rate,
        device: "Board <1>", serialNumber: "77")
    static let audio = StreamDescription(
        name: "headset.audio", kind: .audio, channels: [.init(label: "mic", unit: .fullScale)],
        nominalRate: 16_000,
        device: "Board <1>")

    /// Blocks of 25 frames, one every 100 ms.
    var blocks = 10
    /// Before this block `gapFrames` are missing.
    var gapBefore: Int?
    var gapFrames: UInt64 = 50

    static var manifest: SessionManifest {
        SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 1_700_000_000), anchor: anchor, seed: 7,
            subject: "S01",
            note: "a note", rig: "", rigName: "bench")
    }

    /// The value of a frame: a function of counter and channel alone, exact in Float.
    static func value(_ counter: UInt64, _ channel: Int) -> Float {
        Float(Int(counter % 4096) - 2048 + channel) / 8_388_608
    }

    static func sound(_ counter: UInt64) -> Float { Float(Int(counter % 2000) - 1000) / 1024 }

    /// Host time at which frame `counter` ends; the device's clock is exact here.
    static func time(_ counter: UInt64) -> HostTime { begin + Double(counter) / rate }

    static func body(_ block: Int) -> [UInt8] {
        (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ block) }
    }

    /// Writes the session block by block.
    /// - Parameter each: called after each block, before the next; false stops without closing.
    @discardableResult
    func write(_ folder: String, each: (SessionWriter, Int) throws -> Bool = { _, _ in true }) throws
        -> SessionWriter
    {
        let writer = try SessionWriter(
            folder: folder, manifest: Self.manifest, devices: [("headset", "cyton")])
        try writer.setStreams([Self.eeg, Self.audio], device: 0)
        try Array("{}".utf8).withUnsafeBytes {
            try writer.append(wire: .configuration, device: 0, body: $0, at: Self.begin)
        }
        try writer.append(event: DeviceEvent(code: .started, value: 1, hostTime: Self.begin), device: 0)
        var counter: UInt64 = 0
        for block in 0..<blocks {
            let missing = gapBefore == block ? gapFrames : 0
            counter += missing
            let time = Self.time(counter + 24)
            try Self.body(block).withUnsafeBytes {
                try writer.append(wire: .received, device: 0, body: $0, at: time)
            }
            try Self.append(writer, counter: counter, missing: missing, at: time)
            try writer.append(line: "{\"block\":\(block)}")
            counter += 25
            guard try each(writer, block) else { return writer }
        }
        try writer.close()
        return writer
    }

    static func append(_ writer: SessionWriter, counter: UInt64, missing: UInt64, at time: HostTime) throws {
        let values = (0..<50).map { value(counter + UInt64($0 / 2), $0 % 2) }
        try values.withUnsafeBufferPointer {
            try writer.append(
                item: SampleRingItem(
                    stream: 0, channels: 2, frames: 25, firstCounter: counter, missingBefore: missing,
                    hostTime: time),
                device: 0, values: $0)
        }
        // 64 audio frames for each EEG frame.
        let sounds = (0..<1600).map { sound(counter * 64 + UInt64($0)) }
        try sounds.withUnsafeBufferPointer {
            try writer.append(
                item: SampleRingItem(
                    stream: 1, channels: 1, frames: 1600, firstCounter: counter * 64,
                    missingBefore: missing * 64,
                    hostTime: time),
                device: 0, values: $0)
        }
    }
}
