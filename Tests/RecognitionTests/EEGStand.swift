import Foundation
import Recognition
import Sessions
import Signals

/// A headset of four channels at 250 Hz whose wearer spells: each letter is half a second in which one channel swings at 12 Hz. It is made
/// up, and easier than any real EEG.
struct EEGStand {
    static let letters = ["a", "b", "c"]
    static let rate = 250.0
    let folder = FileManager.default.temporaryDirectory.path + "/larmor-eeg-\(UUID().uuidString)"

    /// What is spelt, and from when to when.
    struct Spelt: Equatable {
        var text: String
        var begin: Double
        var end: Double
    }

    static func texts(_ count: Int, seed: UInt64) -> [Spelt] {
        var random = SplitMix64(seed: seed)
        var time = 3.0
        return (0..<count).map { _ in
            let text = (0..<2 + random.integer(below: 2)).map { _ in letters[random.integer(below: 3)] }.joined()
            let begin = time
            time += 0.6 * Double(text.count) + 0.5
            return Spelt(text: text, begin: begin, end: time - 0.1)
        }
    }

    /// Volt, shape `[samples, 4]`.
    static func signal(_ texts: [Spelt], seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        let seconds = (texts.last?.end ?? 0) + 1
        var values = (0..<Int(seconds * rate) * 4).map { Float((20_000 + 1000 * Double($0 % 4) + 4 * random.normal()) * 1e-6) }
        for text in texts {
            for (place, letter) in text.text.enumerated() {
                let channel = letters.firstIndex(of: String(letter)) ?? 0
                let begin = Int((text.begin + 0.6 * Double(place)) * rate)
                for n in begin..<begin + Int(0.5 * rate) {
                    values[4 * n + channel] += Float(25e-6 * sin(2 * .pi * 12 * Double(n) / rate))
                }
            }
        }
        return values
    }

    /// A session of the signal, without the frames that are lost.
    func session(_ name: String, _ values: [Float], without lost: Range<Int> = 0..<0) throws {
        let start = HostTime(seconds: 1000)
        let manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 1_700_000_000),
            anchor: WallClockAnchor(host: start, utcNanoseconds: 1_700_000_000_000_000_000), seed: 1, subject: nil, note: nil,
            rig: "", rigName: "bench")
        let writer = try SessionWriter(folder: folder + "/" + name, manifest: manifest, devices: [("headset", "test")])
        let channels = ["C3", "Cz", "C4", "Pz"].map { StreamDescription.Channel(label: $0, unit: .volt) }
        let stream = StreamDescription(
            name: "headset.eeg", kind: .eeg, channels: channels, nominalRate: Self.rate, device: "test")
        try writer.setStreams([stream], device: 0)
        for first in stride(from: 0, to: values.count / 4, by: 10) where !lost.contains(first) {
            let count = min(10, values.count / 4 - first)
            let item = SampleRingItem(
                stream: 0, channels: 4, frames: count, firstCounter: UInt64(first),
                missingBefore: first > 0 && lost.contains(first - 1) ? UInt64(lost.count) : 0,
                hostTime: start + Double(first + count - 1) / Self.rate)
            try Array(values[4 * first..<4 * (first + count)]).withUnsafeBufferPointer {
                try writer.append(item: item, device: 0, values: $0)
            }
        }
        try writer.close()
    }

    /// A corpus file of sessions; the last utterances of each are the test split.
    func corpus(_ sessions: [(name: String, texts: [Spelt], split: String)]) throws -> Corpus {
        let lines = sessions.flatMap { session in
            session.texts.map {
                #"{"text":"\#($0.text)","speaker":"s","eeg":"\#(session.name)","from_s":\#($0.begin),"to_s":\#($0.end),"split":"\#(session.split)"}"#
            }
        }
        try lines.joined(separator: "\n").write(toFile: folder + "/corpus.jsonl", atomically: true, encoding: .utf8)
        return try Corpus(file: folder + "/corpus.jsonl")
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
