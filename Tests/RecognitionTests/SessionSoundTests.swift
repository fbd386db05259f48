import Foundation
import Recognition
import Sessions
import Signals
import Testing

/// Sound and EEG of one recorded session, on the seconds of its EEG.
struct SessionSoundTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/larmor-session-sound-\(UUID().uuidString)"

    /// EEG of 100 Hz from second 1000 on, and sound of 8 kHz that begins `delay` seconds later: a ramp, so that each sample tells its place.
    private func session(_ name: String, delay: Double, hasSound: Bool = true) throws {
        let start = HostTime(seconds: 1000)
        let manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 0), anchor: WallClockAnchor(host: start, utcNanoseconds: 0),
            seed: 1, subject: nil, note: nil, rig: "", rigName: "bench")
        let writer = try SessionWriter(
            folder: folder + "/" + name, manifest: manifest, devices: [("headset", "test"), ("microphone", "test")])
        func stream(_ name: String, _ kind: StreamDescription.Kind, _ rate: Double) -> StreamDescription {
            StreamDescription(
                name: name, kind: kind, channels: [.init(label: "1", unit: kind == .eeg ? .volt : .unspecified)],
                nominalRate: rate, device: "test")
        }
        try writer.setStreams([stream("headset.eeg", .eeg, 100)], device: 0)
        if hasSound { try writer.setStreams([stream("microphone.audio", .audio, 8000)], device: 1) }
        func write(_ device: Int, _ rate: Double, from first: HostTime, _ values: [Float]) throws {
            for begin in stride(from: 0, to: values.count, by: 100) {
                let piece = Array(values[begin..<min(values.count, begin + 100)])
                let item = SampleRingItem(
                    stream: 0, channels: 1, frames: piece.count, firstCounter: UInt64(begin), missingBefore: 0,
                    hostTime: first + Double(begin + piece.count - 1) / rate)
                try piece.withUnsafeBufferPointer { try writer.append(item: item, device: device, values: $0) }
            }
        }
        try write(0, 100, from: start, (0..<400).map { Float(20e-6 * sin(0.7 * Double($0))) })
        if hasSound { try write(1, 8000, from: start + delay, (0..<24_000).map { Float($0) / 32_768 }) }
        try writer.close()
    }

    private func corpus(_ name: String) -> Corpus {
        Corpus(
            path: folder + "/c.jsonl",
            utterances: [Utterance(audio: name, text: "yes", from_s: 1, to_s: 2, eeg: name)])
    }

    @Test(arguments: [0.5, -0.25])
    func `seconds of a session's sound count from the first sample of its EEG`(delay: Double) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try session("both", delay: delay)
        let spoken = try SpeechCorpus(corpus("both"), rate: 8000).training[0]
        #expect(spoken.samples.count == 8000)
        for place in [0, 4000, 7999] {
            #expect(abs(spoken.samples[place] * 32_768 - Float(8000 * (1 - delay)) - Float(place)) < 1.5)
        }
        let eeg = try EEGCorpus(
            corpus("both"), settings: .init(components: 0), sounds: SpeechCorpus(corpus("both"), rate: 8000), hearsSound: true)
        #expect(eeg.training[0].samples == spoken.samples && eeg.training[0].eeg?.isEmpty == false)
    }

    @Test func `a session without sound is told by its name`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try session("mute", delay: 0, hasSound: false)
        let error = #expect(throws: SessionError.self) { try SpeechCorpus(corpus("mute"), rate: 8000) }
        #expect(error?.description.contains("no sound") == true)
    }
}
