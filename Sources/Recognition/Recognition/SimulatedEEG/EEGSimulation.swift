import Foundation
import Sessions
import SignalFeatures
import Signals

/// Writes sessions of EEG that was computed from the sounds of a corpus: what a simulated listener's brain makes of each sound
/// (``SimulatedResponse``), in a background of real EEG that has nothing to do with it (``BackgroundPieces``). It is nobody's EEG, and all that
/// is made of it says so.
///
/// In every channel the mean power of the evoked part while somebody speaks, over the mean power of the background, both within 1 … 15 Hz, is
/// the ratio that was asked for.
public struct EEGSimulation: Sendable {
    /// How devices and streams with such EEG are called.
    static let device = "simulated-eeg"

    public struct Settings: Sendable, Equatable {
        /// Evoked part over background in each channel, dB; nil to leave the evoked part out.
        public var ratio_dB: Double? = -10
        /// Simulated listeners, each with responses of their own; utterances are dealt out to them in turn.
        public var subjects = 1
        /// Days on which they listen; utterances are dealt out to the days in turn.
        public var days = 1
        /// From day to day, see ``SimulatedResponse/drifted(days:drift:seed:)``.
        public var drift = 0.0
        public var seed: UInt64 = 1

        public init() {}
    }

    public let settings: Settings
    private let training: BackgroundPieces
    private let test: BackgroundPieces
    /// Of the program that writes the sessions.
    private let version: String

    /// - Parameters:
    ///   - training: the background of the splits train and validation.
    ///   - test: that of the split test: of other people.
    public init(_ settings: Settings, training: BackgroundPieces, test: BackgroundPieces, version: String) {
        (self.settings, self.training, self.test, self.version) = (settings, training, test, version)
    }

    /// One session: who listens, on which day, to which utterances of the corpus.
    private struct Sitting {
        var split: Utterance.Split
        var subject: Int
        var day: Int
        var utterances: [Int] = []

        var name: String { "\(split.rawValue)-s\(subject + 1)-day\(day + 1)" }
        var session: String { "s\(subject + 1)-day\(day + 1)" }
    }

    /// Seconds before the first utterance: filters settle.
    private static let lead = 3.0

    /// Writes a session for each split, subject and day below a folder.
    /// - Parameters:
    ///   - corpus: with sounds.
    ///   - sounds: of the corpus.
    ///   - folder: new sessions stand in it.
    ///   - progress: called with the share that is done; returns false to stop.
    /// - Returns: the same utterances with their EEG, to be written into `folder`/corpus.jsonl; nil when it was stopped.
    /// - Throws: `SessionError` for what cannot be written, `CorpusError` for a corpus whose sounds were not read.
    public func run(
        _ corpus: Corpus, _ sounds: SpeechCorpus, folder: String, _ progress: (Double) -> Bool = { _ in true }
    ) throws -> Corpus? {
        let spoken = sounds.inOrder(of: corpus)
        var result = corpus.moved(to: folder + "/corpus.jsonl")
        let sittings = sittings(corpus)
        for (number, sitting) in sittings.enumerated() {
            guard progress(Double(number) / Double(sittings.count)) else { return nil }
            let background = sitting.split == .test ? test : training
            let made = session(sitting, sitting.utterances.map { spoken[$0] }, background)
            try write(made.values, sitting, background, folder: folder + "/" + sitting.name)
            for (index, begin) in zip(sitting.utterances, made.begins) {
                let seconds = Double(spoken[index]?.samples.count ?? 0) / Double(sounds.rate)
                result.utterances[index].eeg = sitting.name
                result.utterances[index].session = sitting.session
                result.utterances[index].eeg_from_s = begin
                result.utterances[index].eeg_to_s = ((begin + max(0.02, seconds)) * 1000).rounded() / 1000
                result.utterances[index].isSimulated = true
            }
        }
        return result
    }

    private func sittings(_ corpus: Corpus) -> [Sitting] {
        var random = SplitMix64(seed: settings.seed)
        return Utterance.Split.allCases.flatMap { split -> [Sitting] in
            // In a random order: the place in a session tells nothing of the text.
            let own = corpus.utterances.indices.filter { (corpus.utterances[$0].split ?? .train) == split }
                .shuffled(using: &random)
            var sittings = (0..<settings.subjects * settings.days).map {
                Sitting(split: split, subject: $0 % settings.subjects, day: $0 / settings.subjects)
            }
            for (place, index) in own.enumerated() { sittings[place % sittings.count].utterances.append(index) }
            return sittings.filter { !$0.utterances.isEmpty }
        }
    }

    /// Equal seeds for equal purposes, whatever else is simulated.
    private func seed(_ purpose: UInt64, _ number: Int) -> UInt64 {
        var random = SplitMix64(
            seed: settings.seed &+ purpose &* 0xA076_1D64_78BD_642F &+ UInt64(number) &* 0xE703_7ED1_A0B4_28DB)
        return random.next()
    }

    /// - Returns: volt, shape `[samples, channels]`, and the second at which each utterance begins.
    private func session(
        _ sitting: Sitting, _ sounds: [SpokenText?], _ background: BackgroundPieces
    ) -> (values: [Float], begins: [Double]) {
        let (rate, channels) = (background.rate, background.channels)
        let splitNumber = Utterance.Split.allCases.firstIndex(of: sitting.split) ?? 0
        var random = SplitMix64(seed: seed(1, (splitNumber * 1000 + sitting.subject) * 1000 + sitting.day))
        var (begins, time, active): ([Double], Double, Double) = ([], Self.lead, 0)
        for sound in sounds {
            begins.append((time * 1000).rounded() / 1000)
            let seconds = sound.map { Double($0.samples.count) / Double(max(1, $0.rate)) } ?? 0
            active += seconds
            time += seconds + 0.8 + 0.4 * random.uniform()
        }
        let samples = BandPower.length(atLeast: Int((time + 1) * rate))
        let response = SimulatedResponse(channels: channels, seed: seed(2, sitting.subject)).drifted(
            days: sitting.day, drift: settings.drift, seed: seed(3, sitting.subject))
        var values = background.signal(samples: samples, &random)
        if let ratio = settings.ratio_dB {
            let evoked = evoked(sounds, begins, response, samples: samples, rate: rate)
            let (signal, noise) = (
                BandPower.energies(evoked, channels: channels, rate: rate),
                BandPower.energies(values, channels: channels, rate: rate)
            )
            for channel in 0..<channels where signal[channel] > 0 {
                let wanted = noise[channel] / (Double(samples) / rate) * pow(10, ratio / 10)
                let scale = Float((wanted / (signal[channel] / max(active, 0.01))).squareRoot())
                for place in stride(from: channel, to: values.count, by: channels) { values[place] += scale * evoked[place] }
            }
        }
        for place in values.indices {
            let channel = place % channels
            values[place] = Float(
                (Double(values[place]) * response.sensitivities[channel] + response.offsets[channel]) * 1e-6)
        }
        return (values, begins)
    }

    private func evoked(
        _ sounds: [SpokenText?], _ begins: [Double], _ response: SimulatedResponse, samples: Int, rate: Double
    ) -> [Float] {
        let channels = response.channels
        var values = [Float](repeating: 0, count: samples * channels)
        for (sound, begin) in zip(sounds, begins) {
            guard let sound, sound.rate > 0 else { continue }
            let envelope = SpeechEnvelope(sound.samples, rate: sound.rate)
            let first = Int((begin * rate).rounded())
            for channel in 0..<channels {
                for (n, value) in response.evoked(envelope, channel: channel, rate: rate).enumerated() where first + n < samples
                {
                    values[(first + n) * channels + channel] += Float(value)
                }
            }
        }
        return values
    }

    private func write(_ values: [Float], _ sitting: Sitting, _ background: BackgroundPieces, folder: String) throws {
        let start = HostTime(seconds: 1000)
        let ratio = settings.ratio_dB.map { "evoked part at \($0) dB" } ?? "no evoked part"
        // A fixed date: the same seed gives the same session.
        let manifest = SessionManifest(
            larmor: version, created: Date(timeIntervalSince1970: 0),
            anchor: WallClockAnchor(host: start, utcNanoseconds: 0), seed: settings.seed,
            subject: "simulated-s\(sitting.subject + 1)",
            note: "simulated EEG: computed from sounds, seed \(settings.seed), \(ratio), drift \(settings.drift)", rig: "",
            rigName: "simulated EEG")
        let writer = try SessionWriter(folder: folder, manifest: manifest, devices: [(Self.device, "simulated")])
        let stream = StreamDescription(
            name: Self.device + ".eeg", kind: .eeg,
            channels: background.labels.map { StreamDescription.Channel(label: $0, unit: .volt) }, nominalRate: background.rate,
            device: "simulated")
        try writer.setStreams([stream], device: 0)
        let channels = background.channels
        let samples = values.count / channels
        for first in stride(from: 0, to: samples, by: 32) {
            let count = min(32, samples - first)
            let item = SampleRingItem(
                stream: 0, channels: channels, frames: count, firstCounter: UInt64(first), missingBefore: 0,
                hostTime: start + Double(first + count - 1) / background.rate)
            try Array(values[channels * first..<channels * (first + count)]).withUnsafeBufferPointer {
                try writer.append(item: item, device: 0, values: $0)
            }
        }
        try writer.close()
    }
}
