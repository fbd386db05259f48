import Foundation
import Recognition
import Sessions
import Signals
import Testing

/// Sessions in which sentences were shown.
struct CorpusSessionsTests {
    private static let start = HostTime(seconds: 1000)

    /// Seven seconds of one EEG channel from second 0.5 on; prompts at seconds 1, 3 and 5; with sound two words, at 1.3 … 1.8 and 3.2 … 3.6.
    private func write(_ folder: String, hasSound: Bool, hasPrompts: Bool = true) throws {
        var manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 1_700_000_000),
            anchor: WallClockAnchor(host: Self.start, utcNanoseconds: 1_700_000_000_000_000_000), seed: 1, subject: "S03",
            note: nil, rig: "", rigName: "bench")
        manifest.subject = "S03"
        let writer = try SessionWriter(
            folder: folder, manifest: manifest, devices: [("headset", "test"), ("console", "console"), ("mic", "alsa")])
        func stream(
            _ name: String, _ kind: StreamDescription.Kind, _ unit: Signals.Unit, _ rate: Double, isText: Bool = false
        )
            -> StreamDescription
        {
            StreamDescription(
                name: name, kind: kind, channels: [.init(label: "a", unit: unit)], nominalRate: rate, device: "test",
                isText: isText)
        }
        func samples(_ device: Int, _ values: [Float], rate: Double, from second: Double) throws {
            for first in stride(from: 0, to: values.count, by: 100) {
                let count = min(100, values.count - first)
                let item = SampleRingItem(
                    stream: 0, channels: 1, frames: count, firstCounter: UInt64(first), missingBefore: 0,
                    hostTime: Self.start + second + Double(first + count - 1) / rate)
                try Array(values[first..<first + count]).withUnsafeBufferPointer {
                    try writer.append(item: item, device: device, values: $0)
                }
            }
        }
        try writer.setStreams([stream("headset.eeg", .eeg, .volt, 250)], device: 0)
        try samples(0, (0..<1750).map { 1e-5 * Float($0 % 9) }, rate: 250, from: 0.5)
        if hasPrompts {
            try writer.setStreams([stream("console.prompts", .markers, .unspecified, 0, isText: true)], device: 1)
            for (place, text) in ["say yes", "say  no", "be still"].enumerated() {
                let buffer = TextFrameBuffer()
                buffer.begin(channels: 1)
                Array(text.utf8).withUnsafeBytes { buffer.append($0) }
                let item = SampleRingItem(
                    stream: 0, channels: 1, textBytes: buffer.count, counter: UInt64(place), missingBefore: 0,
                    hostTime: Self.start + Double(1 + 2 * place))
                try writer.append(item: item, device: 1, values: buffer.values)
            }
        }
        if hasSound {
            try writer.setStreams([stream("mic.audio", .audio, .fullScale, 8000)], device: 2)
            let sound = (0..<60_000).map { n in
                let second = Double(n) / 8000
                let isLoud = (1.3..<1.8).contains(second) || (3.2..<3.6).contains(second)
                return Float((isLoud ? 0.3 : 0.0003) * sin(Double(n) * 0.4))
            }
            try samples(2, sound, rate: 8000, from: 0)
        }
        try writer.close()
    }

    private struct Line: Equatable {
        var text: String
        var from: Double
        var to: Double
    }

    private func lines(_ corpus: Corpus) -> [Line] {
        corpus.utterances.map {
            Line(text: $0.text, from: (10 * ($0.from_s ?? 0)).rounded() / 10, to: (10 * ($0.to_s ?? 0)).rounded() / 10)
        }
    }

    @Test func `an utterance goes from each prompt to the next, to so many seconds, or to the end of the speech in it`() throws
    {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-prompted-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write(folder + "/all/mute", hasSound: false)
        try write(folder + "/all/spoken", hasSound: true)
        let all = try Corpus(sessions: folder + "/all", writtenTo: folder + "/all.jsonl")
        #expect(
            all.utterances.map(\.eeg) == [String](repeating: "all/mute", count: 3) + [String](repeating: "all/spoken", count: 3)
        )
        #expect(all.utterances.allSatisfy { $0.speaker == "S03" && $0.audio.isEmpty })
        #expect(all.utterances.map(\.session) == ["mute", "mute", "mute", "spoken", "spoken", "spoken"])
        let still = Line(text: "be still", from: 4.5, to: 7)
        #expect(
            lines(all)
                == [
                    Line(text: "say yes", from: 0.5, to: 2.5), Line(text: "say no", from: 2.5, to: 4.5), still,
                    Line(text: "say yes", from: 0.7, to: 1.5), Line(text: "say no", from: 2.6, to: 3.3), still,
                ])
        let one = try Corpus(sessions: folder + "/all/mute", writtenTo: folder + "/all/one.jsonl", seconds: 1.2)
        #expect(
            one.utterances.map(\.eeg) == ["mute", "mute", "mute"] && one.utterances.map(\.session) == ["mute", "mute", "mute"])
        #expect(lines(one).map(\.to) == [1.7, 3.7, 5.7])
        try one.write()
        #expect(try Corpus(file: one.path).utterances == one.utterances)
    }

    @Test func `a folder without sessions, and a session without prompts, are told`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-prompted-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write(folder + "/silent", hasSound: false, hasPrompts: false)
        let error = #expect(throws: CorpusError.self) { try Corpus(sessions: folder, writtenTo: folder + "/c.jsonl") }
        #expect(error?.description.contains("silent/recording.xdf") == true && error?.description.contains("--prompts") == true)
        #expect(throws: CorpusError.self) { try Corpus(sessions: "/nowhere", writtenTo: folder + "/c.jsonl") }
        #expect(Corpus.sessions(in: folder) == ["silent"] && Corpus.sessions(in: folder + "/silent") == [""])
        // Beside another session it is left out, and told.
        try write(folder + "/mute", hasSound: false)
        var leftOut: [String] = []
        let corpus = try Corpus(sessions: folder, writtenTo: folder + "/c.jsonl") { session, error in
            leftOut.append("\(session): \(error)")
        }
        #expect(Set(corpus.utterances.map(\.session)) == ["mute"])
        #expect(leftOut.count == 1 && leftOut[0].hasPrefix("silent: ") && leftOut[0].contains("--prompts"))
    }
}
