import Crypto
import Foundation
import Sessions
import Testing

/// A session that an earlier version recorded, and what that version and pyxdf said of it.
struct OldSession: Sendable, Decodable, CustomTestStringConvertible {
    /// A stream of `recording.xdf`, as pyxdf reads it, with the losses that the recorder reported.
    struct Stream: Sendable, Decodable {
        var name: String
        /// Of XDF: "float32", "string", …
        var format: String
        var channels: Int
        /// Hz; 0 for an irregular stream.
        var rate: Double
        var samples: Int
        var gaps: Int
        /// Frames.
        var lost: UInt64
        /// Seconds of the recorder's clock; absent where there is no sample.
        var firstStamp: Double?
        var lastStamp: Double?
        /// SHA-256 of all values, little-endian, or of all texts in UTF-8, each with a zero byte behind it.
        var sha256: String
    }

    var name: String
    /// Frames that the device missed while it was away, by the arrivals in its wire log; nil where its counter tells what is lost.
    var lostByClock: UInt64?
    /// Lines of `events.jsonl`.
    var eventLines: Int
    /// What happened, each once: "device headset started", "gap headset.eeg", …
    var eventKinds: [String]
    /// "stream: text|text", in their order.
    var markers: [String]
    /// Records of each device's wire log.
    var wireRecords: [String: Int]
    var streams: [Stream]

    var testDescription: String { name }
    var folder: String { Self.folder + "/" + name }
    var numbers: [Stream] { streams.filter { $0.format != "string" } }

    static let version = "0.1.0"
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Sessions-" + version

    /// All of them; none when `expected.json` cannot be read, which a test of its own notices.
    static let all: [OldSession] = {
        guard let data = FileManager.default.contents(atPath: folder + "/expected.json") else { return [] }
        return (try? JSONDecoder().decode([OldSession].self, from: data)) ?? []
    }()

    static let withNumbers = all.filter { $0.numbers.contains { $0.samples > 0 } }

    /// Folders of sessions on the disk.
    static var folders: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { FileManager.default.fileExists(atPath: folder + "/" + $0 + "/session.json") }.sorted()
    }
}

/// What one event says, without its time and its numbers: of these a later version may know better.
func kind(ofEvent line: String) throws -> String {
    let event = try fields(ofEvent: line)
    return ["event", "device", "stream", "kind"].compactMap { event[$0] as? String }.joined(separator: " ")
}

/// "stream: text|text" of a marker's line; nil for other events.
func marker(ofEvent line: String) throws -> String? {
    let event = try fields(ofEvent: line)
    guard let texts = event["texts"] as? [String], let stream = event["stream"] as? String else { return nil }
    return stream + ": " + texts.joined(separator: "|")
}

private func fields(ofEvent line: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    return try #require(object as? [String: Any])
}

extension XDFValues {
    /// All scalars as `Float`: what the recorder of version 0.1 stored.
    var floats: [Float] { (0..<count).map { Float(self[$0]) } }
}

func checksum(_ values: XDFValues) -> String {
    switch values {
    case .float32(let values): checksum(of: values.map(\.bitPattern.littleEndian))
    case .double64(let values): checksum(of: values.map(\.bitPattern.littleEndian))
    case .int8(let values): checksum(of: values)
    case .int16(let values): checksum(of: values.map(\.littleEndian))
    case .int32(let values): checksum(of: values.map(\.littleEndian))
    case .int64(let values): checksum(of: values.map(\.littleEndian))
    }
}

func checksum(_ texts: [String]) -> String { checksum(of: texts.flatMap { Array($0.utf8) + [0] }) }

private func checksum<Scalar: BitwiseCopyable>(of scalars: [Scalar]) -> String {
    let digest = scalars.withUnsafeBytes { bytes in
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return hash.finalize()
    }
    return digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

/// A folder that is removed with its owner.
final class ScratchFolder {
    let path = FileManager.default.temporaryDirectory.path + "/larmor-compatibility-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }
}
