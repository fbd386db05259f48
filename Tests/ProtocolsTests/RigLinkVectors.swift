import Foundation
import Protocols
import Testing

/// `firmware-protocols/riglink/vectors.json`: written by `make_vectors.py` there, which shares no code with the codec.
struct RigLinkVectors: Decodable {
    struct Frame: Decodable, CustomTestStringConvertible {
        var name: String
        var hex: String
        var type: String
        var sequence: UInt16
        var device_time: UInt64
        var payload: String
        var meaning: Meaning
        var testDescription: String { name }
    }

    /// What the payload means; each type of message has its own part of these.
    struct Meaning: Decodable {
        var version: UInt8?
        var stream: Int?
        var frames: Int?
        var first_counter: UInt64?
        var format: String?
        var values: [Double]?
        var seed: UInt64?
        var free_frames: UInt32?
        var dropped_frames: UInt32?
        var code: UInt16?
        var text: String?
        var echo: String?
        var maker: String?
        var model: String?
        var serial_number: String?
        var firmware: String?
        var maximum_payload: UInt32?
        var queue_frames: UInt32?
        var latency_us: UInt32?
        var streams: [Stream]?
        var timing: Timing?
        var knobs: [Knob]?
        var joint: [Joint]?
        var request: UInt32?
        var entries: [Entry]?
        var outcome: String?
        var knob_values: [KnobValue]?
    }

    struct Knob: Decodable {
        var name: String
        var kind: String
        var part: Int?
        var unit: String
        var lowest: Double
        var highest: Double
        var largest_rate: Double
        var rest: Double
    }

    struct Joint: Decodable {
        var name: String
        var highest: Double
        var weights: [Double]
    }

    struct Entry: Decodable {
        var knob: Int
        var value: Double
    }

    struct KnobValue: Decodable {
        var target: Double
        var now: Double
    }

    struct Timing: Decodable {
        var model: String
        var time_step_s: Double
        var steps_per_input: UInt32
        var refresh_steps: UInt32
        var ordering: String
    }

    struct Stream: Decodable {
        var name: String
        var direction: String
        var kind: String
        var rate: Double
        var answers: Int?
        var channels: Int
        var label_prefix: String
        var unit: String
        var format: String
        var scale: Float
    }

    struct ByteStream: Decodable, CustomTestStringConvertible {
        var name: String
        var hex: String
        var sequences: [UInt16]
        var corrupt: UInt64
        var lost: UInt64
        var unknown: UInt64
        var testDescription: String { name }
    }

    struct Pair: Decodable {
        var plain: String
        var stuffed: String
    }

    var frames: [Frame]
    var streams: [ByteStream]
    var cobs: [Pair]
    var not_cobs: [String]

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("firmware-protocols/riglink")

    static let all: RigLinkVectors = {
        do {
            let data = try Data(contentsOf: folder.appendingPathComponent("vectors.json"))
            return try JSONDecoder().decode(RigLinkVectors.self, from: data)
        } catch {
            fatalError("vectors.json cannot be read: \(error)")
        }
    }()
}

/// Bytes of hexadecimal text.
func bytes(hex: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Substring(hex)
    while let byte = UInt8(rest.prefix(2), radix: 16) {
        result.append(byte)
        rest = rest.dropFirst(2)
    }
    return result
}
