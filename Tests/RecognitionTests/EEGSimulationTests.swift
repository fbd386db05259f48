import Foundation
import Recognition
import Sessions
import SignalFeatures
import Signals
import Testing

/// EEG that is computed from sounds.
struct EEGSimulationTests {
    /// Volt of a channel.
    private func channel(_ recording: EEGRecording, _ c: Int) -> [Double] {
        stride(from: c, to: recording.values.count, by: recording.channels).map { Double(recording.values[$0]) }
    }

    /// Sum of squares within 1 … 15 Hz, by the definition of the Fourier transform.
    private func energy(_ signal: [Double], rate: Double) -> Double {
        let n = signal.count
        let mean = signal.reduce(0, +) / Double(n)
        var sum = 0.0
        for k in 1..<n / 2 where (1.0...15).contains(Double(k) * rate / Double(n)) {
            var (re, im) = (0.0, 0.0)
            // A rotation in place of a cosine for each sample.
            let (c, s) = (cos(2 * .pi * Double(k) / Double(n)), sin(2 * .pi * Double(k) / Double(n)))
            var (x, y) = (1.0, 0.0)
            for value in signal {
                re += (value - mean) * x
                im -= (value - mean) * y
                (x, y) = (x * c - y * s, x * s + y * c)
            }
            sum += 2 * (re * re + im * im) / Double(n)
        }
        return sum
    }

    @Test(arguments: [-25.0, -10, 0])
    func `every channel has the ratio that was asked for, to a tenth of a decibel`(ratio: Double) throws {
        let stand = try SimulationStand()
        defer { stand.remove() }
        let corpus = try stand.corpus("c", training: 8, test: 3, seed: 1)
        var settings = EEGSimulation.Settings()
        settings.ratio_dB = ratio
        let with = try stand.simulate(corpus, into: "with", settings)
        settings.ratio_dB = nil
        let without = try stand.simulate(corpus, into: "without", settings)
        for session in ["train-s1-day1", "test-s1-day1"] {
            let one = try EEGRecording(session: stand.folder + "/with/" + session)
            let other = try EEGRecording(session: stand.folder + "/without/" + session)
            let spoken = with.utterances.filter { $0.eeg == session }.reduce(0.0) {
                $0 + ($1.eeg_to_s ?? 0) - ($1.eeg_from_s ?? 0)
            }
            for c in 0..<one.channels {
                let (all, background) = (channel(one, c), channel(other, c))
                let evoked = zip(all, background).map { $0 - $1 }
                let found = energy(evoked, rate: one.rate) / spoken
                let noise = energy(background, rate: one.rate) / (Double(background.count) / one.rate)
                #expect(abs(10 * log10(found / noise) - ratio) < 0.1, "channel \(c): \(10 * log10(found / noise)) dB")
            }
        }
        #expect(without.utterances.allSatisfy { $0.isSimulated })
    }

    @Test func `EEG with the evoked part tells of the envelope, and without it nothing`() throws {
        let stand = try SimulationStand()
        defer { stand.remove() }
        let corpus = try stand.corpus("c", training: 60, test: 30, seed: 1)
        let sounds = try SpeechCorpus(corpus, rate: SimulationStand.rate)
        func correlation(_ ratio: Double?, _ name: String) throws -> (value: Double, frames: Int) {
            var settings = EEGSimulation.Settings()
            settings.ratio_dB = ratio
            let made = try stand.simulate(corpus, into: name, settings)
            var front = EEGCorpus.Settings()
            (front.preset, front.line) = (.envelope, 50)
            let eeg = try EEGCorpus(made, settings: front, sounds: sounds, hearsSound: true)
            let projection = EEGProjection(eeg.specification, eeg.fit)
            let (width, delay) = (eeg.specification.outputs, eeg.specification.delay)
            var (x, y): ([Double], [Double]) = ([], [])
            for spoken in eeg.test {
                let rows = projection.rows(spoken.eeg ?? [])
                let envelope = SpeechEnvelope(spoken.samples, rate: SimulationStand.rate).envelope
                // Thirty frames of silence come first; what is read comes late.
                for (k, value) in envelope.enumerated() where (30 + k + delay + 1) * width <= rows.count {
                    x.append(Double(rows[(30 + k + delay) * width]))
                    y.append(Double(value))
                }
            }
            let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
            let products = zip(x, y).reduce((0.0, 0.0, 0.0)) {
                ($0.0 + ($1.0 - mx) * ($1.1 - my), $0.1 + ($1.0 - mx) * ($1.0 - mx), $0.2 + ($1.1 - my) * ($1.1 - my))
            }
            return (products.0 / (products.1 * products.2).squareRoot(), x.count)
        }
        let with = try correlation(0, "with")
        let without = try correlation(nil, "without")
        #expect(with.value > 0.4, "\(with)")
        // About fifteen frames of a rhythm are one piece of news.
        #expect(abs(without.value) < 3 / (Double(without.frames) / 15).squareRoot(), "\(without)")
    }

    @Test
    func
        `the same seed gives the same bytes, another one other responses, and the background is that of other people in tests`()
        throws
    {
        let stand = try SimulationStand()
        defer { stand.remove() }
        let corpus = try stand.corpus("c", training: 6, test: 3, seed: 1)
        var settings = EEGSimulation.Settings()
        for (name, seed) in [("one", UInt64(1)), ("again", 1), ("other", 2)] {
            settings.seed = seed
            _ = try stand.simulate(corpus, into: name, settings)
        }
        func bytes(_ name: String, _ session: String) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: stand.folder + "/\(name)/\(session)/recording.xdf"))
        }
        for session in ["train-s1-day1", "test-s1-day1"] {
            #expect(try bytes("one", session) == bytes("again", session))
            #expect(try bytes("one", session) != bytes("other", session))
        }
        #expect(SimulatedResponse(channels: 4, seed: 1) != SimulatedResponse(channels: 4, seed: 2))
        // Another person in the tests changes no training session, and the other way round.
        settings.seed = 1
        let sounds = try SpeechCorpus(corpus, rate: SimulationStand.rate)
        let one = try BackgroundPieces([stand.background("a.csv", seed: 7), stand.background("b.csv", seed: 8)])
        let stranger = try BackgroundPieces([stand.background("z.csv", seed: 99)])
        let simulation = EEGSimulation(settings, training: one, test: stranger, version: "test")
        _ = try simulation.run(corpus, sounds, folder: stand.folder + "/stranger")
        #expect(try bytes("one", "train-s1-day1") == bytes("stranger", "train-s1-day1"))
        #expect(try bytes("one", "test-s1-day1") != bytes("stranger", "test-s1-day1"))
    }

    @Test func `a headset drifts from day to day, each day from the one before, and without drift it does not`() {
        let first = SimulatedResponse(channels: 8, seed: 3)
        #expect(first.drifted(days: 5, drift: 0, seed: 1).sensitivities == first.sensitivities)
        #expect(first.drifted(days: 0, drift: 1, seed: 1) == first)
        let days = (0..<6).map { first.drifted(days: $0, drift: 0.5, seed: 1) }
        func distance(_ a: SimulatedResponse, _ b: SimulatedResponse) -> Double {
            zip(a.offsets, b.offsets).reduce(0) { $0 + abs($1.0 - $1.1) }
        }
        #expect(distance(days[0], days[5]) > distance(days[4], days[5]))
        #expect(days[3] == first.drifted(days: 3, drift: 0.5, seed: 1))
    }

    @Test func `sessions and corpora say that they are simulated, and come back as they were written`() throws {
        let stand = try SimulationStand()
        defer { stand.remove() }
        let corpus = try stand.corpus("c", training: 6, test: 2, seed: 1)
        var settings = EEGSimulation.Settings()
        (settings.subjects, settings.days, settings.drift) = (2, 2, 0.2)
        let made = try stand.simulate(corpus, into: "made", settings)
        #expect(try Corpus(file: stand.folder + "/made/corpus.jsonl") == made)
        #expect(Set(made.utterances.compactMap(\.session)) == ["s1-day1", "s1-day2", "s2-day1", "s2-day2"])
        let note = try SessionManifest(folder: stand.folder + "/made/train-s1-day1").note
        #expect(note?.contains("simulated EEG") == true)
        #expect(try EEGRecording(session: stand.folder + "/made/train-s1-day1").isSimulated)
        // Lines that somebody has stripped of the word still lead to simulated sessions.
        var stripped = made
        for index in stripped.utterances.indices { stripped.utterances[index].isSimulated = false }
        #expect(try EEGCorpus(stripped).isSimulated)
        let error = #expect(throws: CorpusError.self) {
            try Corpus(file: stand.written(#"{"eeg":"x","text":"a","simulated":1}"#))
        }
        #expect(error?.description.contains("simulated") == true)
        let late = #expect(throws: CorpusError.self) {
            try Corpus(file: stand.written(#"{"audio":"a.wav","text":"a","eeg":"x","eeg_from_s":2,"eeg_to_s":1}"#))
        }
        #expect(late?.description.contains("before it begins") == true)
    }

    @Test func `backgrounds of other rates, too short ones and damaged tables are told by their names`() throws {
        let stand = try SimulationStand()
        defer { stand.remove() }
        let good = try stand.background("a.csv", seed: 1)
        #expect(try BackgroundPieces([good]).channels == 4)
        #expect(try BackgroundPieces([good], channels: 2).labels == ["F3", "F4"])
        func refused(_ paths: [String], channels: Int? = nil) -> String {
            (#expect(throws: SessionError.self) { try BackgroundPieces(paths, channels: channels) })?.description ?? ""
        }
        let text = try String(contentsOfFile: good, encoding: .utf8)
        let other = try stand.written(text.replacing("128Hz", with: "64Hz"), "other.csv")
        #expect(refused([good, other]).contains("other.csv"))
        #expect(refused([good], channels: 5).contains("expected 5"))
        #expect(refused([stand.folder + "/missing"]).contains("missing"))
        for damage in [
            "10.0,0,1,2,3\n", "10.0,0,1,2,x,4,a,b,\n", "nan,0,1,2,3,4,a,b,\n",
            "11,0,1,2,3,4,a,b,\n1e300,0,1,2,3,4,a,b,\n",
        ] {
            let path = try stand.written("Time:128Hz,Epoch,F3,F4,T7,T8,Label,Stage,Flag\n" + damage, "damaged.csv")
            #expect(refused([path]).contains("line "), "\(damage)")
        }
        #expect(
            refused([try stand.written("Time:128Hz,Epoch,F3,F4,T7,T8,Label\n10,0,1,2,3,4,a\n", "short.csv")]).contains(
                "quarters"))
        #expect(refused([try stand.written("Time:xHz,Epoch,F3,F4\n10,0,1,2\n", "rate.csv")]).contains("first line"))
    }

    @Test func `pieces of background go over into each other without steps, at the level of the recording`() throws {
        let stand = try SimulationStand()
        defer { stand.remove() }
        let pieces = try BackgroundPieces([stand.background("a.csv", epochs: 30, seed: 5)])
        var random = SplitMix64(seed: 1)
        let signal = pieces.signal(samples: 12_800, &random)
        for c in 0..<4 {
            let own = stride(from: c, to: signal.count, by: 4).map { Double(signal[$0]) }
            let mean = own.reduce(0, +) / Double(own.count)
            #expect(abs(mean - 4200 - 10 * Double(c)) < 3)
            // An autoregression of deviation 4 / √(1 − 0.81) and white noise of 1.
            let deviation = (own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)).squareRoot()
            #expect((0.8...1.1).contains(deviation / (16 / 0.19 + 1).squareRoot()), "\(deviation)")
            let steps = zip(own, own.dropFirst()).map { abs($0 - $1) }.max() ?? 0
            #expect(steps < 25, "\(steps)")
        }
    }
}

extension SimulationStand {
    func written(_ text: String, _ name: String = "x.jsonl") throws -> String {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        return folder + "/" + name
    }
}
