import Foundation
public import Sessions
public import Signals

/// A recording of which every byte is a function of its place: whoever reads it can tell whether something is lost or changed.
///
/// One headset (250 Hz, 8 channels) and one microphone (16 kHz), in blocks of 20 ms; each block also gives a record to both
/// wire logs and a line to the event log.
public struct KnownRecording: Sendable {
    public static let begin = HostTime(nanoseconds: 9_000_000_000)
    public static let eegFrames = 5
    public static let soundFrames = 320
    public static let wireBytes = (eeg: 165, sound: 640)

    public static let eeg = StreamDescription(
        name: "headset.eeg", kind: .eeg, channels: (1...8).map { .init(label: "\($0)", unit: .volt) }, nominalRate: 250,
        device: "known")
    public static let sound = StreamDescription(
        name: "mic.audio", kind: .audio, channels: [.init(label: "1", unit: .fullScale)], nominalRate: 16_000,
        device: "known")

    /// Small recordings leave the sound out of the XDF file.
    public var hasSound = true
    private var values = [Float](repeating: 0, count: 320)
    private var bytes = [UInt8](repeating: 0, count: 640)

    public init(hasSound: Bool = true) { self.hasSound = hasSound }

    /// Exact in Float.
    public static func volt(_ frame: Int, _ channel: Int) -> Float { Float((frame &* 31 &+ channel) & 0xFFFF) / 65_536 }
    public static func amplitude(_ frame: Int) -> Float { Float((frame &* 7) & 0x7FFF) / 32_768 }
    public static func byte(_ block: Int, _ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: block &* 13 &+ index) }

    public static func time(_ block: Int) -> HostTime { begin + Double(block + 1) * 0.02 }

    public static var manifest: SessionManifest {
        SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 1_700_000_000),
            anchor: WallClockAnchor(host: begin, utcNanoseconds: 1_700_000_000_000_000_000), seed: 7, subject: "S01",
            note: nil, rig: "", rigName: "known")
    }

    /// Opens a session of it.
    public func makeWriter(_ folder: String) throws -> SessionWriter {
        let writer = try SessionWriter(
            folder: folder, manifest: Self.manifest, devices: [("headset", "cyton"), ("mic", "alsa")], freeBytesMinimum: 1)
        try writer.setStreams([Self.eeg], device: 0)
        if hasSound { try writer.setStreams([Self.sound], device: 1) }
        return writer
    }

    /// Appends block `number`, counted from 0.
    public mutating func append(_ number: Int, to writer: SessionWriter) throws {
        let time = Self.time(number)
        let first = number * Self.eegFrames
        for index in 0..<40 { values[index] = Self.volt(first + index / 8, index % 8) }
        try append(writer, device: 0, number, Self.wireBytes.eeg, time, channels: 8, frames: Self.eegFrames)
        if hasSound {
            for index in 0..<Self.soundFrames { values[index] = Self.amplitude(number * Self.soundFrames + index) }
            try append(writer, device: 1, number, Self.wireBytes.sound, time, channels: 1, frames: Self.soundFrames)
        }
        try writer.append(line: "{\"block\":\(number)}")
    }

    private mutating func append(
        _ writer: SessionWriter, device: Int, _ number: Int, _ wireBytes: Int, _ time: HostTime, channels: Int, frames: Int
    ) throws {
        for index in 0..<wireBytes { bytes[index] = Self.byte(number, index) }
        try bytes.withUnsafeBytes {
            try writer.append(
                wire: .received, device: device, body: UnsafeRawBufferPointer(rebasing: $0[0..<wireBytes]), at: time)
        }
        try values.withUnsafeBufferPointer {
            try writer.append(
                item: SampleRingItem(
                    stream: 0, channels: channels, frames: frames, firstCounter: UInt64(number * frames), missingBefore: 0,
                    hostTime: time),
                device: device, values: UnsafeBufferPointer(rebasing: $0[0..<frames * channels]))
        }
    }

    /// What a folder holds, and whether all of it is what was written.
    public struct Content: Sendable, Equatable {
        /// Blocks of the stream that has the fewest; a stream may end within a block.
        public var eegFrames = 0
        public var soundFrames = 0
        public var headsetRecords = 0
        public var micRecords = 0
        public var lines = 0
        /// Nothing was read that was not written.
        public var isTrue = true

        public init() {}

        /// Blocks that are whole everywhere.
        public var blocks: Int {
            min(
                eegFrames / KnownRecording.eegFrames, soundFrames / KnownRecording.soundFrames, headsetRecords, micRecords,
                lines)
        }
    }

    /// Reads a folder.
    /// - Throws: `SessionError` when a file cannot be opened.
    public static func content(_ folder: String) throws -> Content {
        var content = Content()
        let recording = try XDFReader(path: folder + "/recording.xdf")
        for stream in recording.streams {
            guard case .float32(let values) = stream.values, stream.format == .float32 else { continue }
            if stream.name == eeg.name {
                content.eegFrames = stream.samples
                content.isTrue = content.isTrue && values.indices.allSatisfy { values[$0] == volt($0 / 8, $0 % 8) }
            } else {
                content.soundFrames = stream.samples
                content.isTrue = content.isTrue && values.indices.allSatisfy { values[$0] == amplitude($0) }
            }
        }
        content.headsetRecords = try records(folder + "/wire/headset.wire", wireBytes.eeg, &content.isTrue)
        content.micRecords = try records(folder + "/wire/mic.wire", wireBytes.sound, &content.isTrue)
        let text = String(decoding: FileManager.default.contents(atPath: folder + "/events.jsonl") ?? Data(), as: UTF8.self)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            content.isTrue = content.isTrue && line == "{\"block\":\(content.lines)}"
            content.lines += 1
        }
        return content
    }

    private static func records(_ path: String, _ length: Int, _ isTrue: inout Bool) throws -> Int {
        var reader = try WireLogReader(path: path)
        var count = 0
        while let record = reader.next() {
            let expected = (0..<length).map { byte(count, $0) }
            isTrue = isTrue && record.body == expected && record.hostTime == time(count)
            count += 1
        }
        return count
    }
}
