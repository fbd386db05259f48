import AudioFiles
import Dispatch
import Signals

/// The sounds of a corpus in memory, at the rate of the rig's microphone.
public struct SpeechCorpus: Sendable {
    public let training: [SpokenText]
    public let validation: [SpokenText]
    public let test: [SpokenText]
    /// Sounds that are silent or too short for a word, in the corpus's order.
    public let doubtful: [DoubtfulSound]
    /// Samples per second.
    public let rate: Int

    /// Reads and resamples a whole folder (see ``Corpus/init(folder:writtenTo:texts:)``).
    /// - Throws: `CorpusError`, or `AudioError` that names the file.
    public init(folder: String, rate: Int) throws {
        try self.init(Corpus(folder: folder, writtenTo: folder + "/-"), rate: rate)
    }

    /// Reads and resamples all sounds of a corpus.
    /// - Parameter splits: the others stay empty.
    /// - Throws: `CorpusError` that names the line, or `AudioError` that names the file.
    public init(_ corpus: Corpus, rate: Int, splits: Set<Utterance.Split> = Set(Utterance.Split.allCases)) throws {
        self.rate = rate
        let spoken = try Self.read(corpus, rate, splits)
        func part(_ split: Utterance.Split) -> [SpokenText] {
            zip(corpus.utterances, spoken).compactMap { ($0.split ?? .train) == split ? $1 : nil }
        }
        (training, validation, test) = (part(.train), part(.validation), part(.test))
        doubtful = zip(corpus.utterances, spoken).compactMap { utterance, spoken in
            spoken.flatMap { DoubtfulSound($0, rate: rate, audio: utterance.audio) }
        }
    }

    /// Of each utterance of the corpus that it was read from; nil for those of splits that were not read.
    func inOrder(of corpus: Corpus) -> [SpokenText?] {
        var places: [Utterance.Split: Int] = [:]
        return corpus.utterances.map { utterance in
            let split = utterance.split ?? .train
            let part = split == .train ? training : split == .validation ? validation : test
            let place = places[split, default: 0]
            places[split] = place + 1
            return place < part.count ? part[place] : nil
        }
    }

    private static func read(_ corpus: Corpus, _ rate: Int, _ splits: Set<Utterance.Split>) throws -> [SpokenText?] {
        let utterances = corpus.utterances
        if let mute = utterances.firstIndex(where: { $0.audio.isEmpty && splits.contains($0.split ?? .train) }) {
            throw corpus.error(at: mute, "it has EEG and no “audio”; a model with `--front-end krishna` reads EEG alone")
        }
        var results = [Result<SpokenText?, any Error>](repeating: .success(nil), count: utterances.count)
        // Several utterances of one long file are cut from one reading of it.
        let files = Dictionary(grouping: utterances.indices.filter { splits.contains(utterances[$0].split ?? .train) }) {
            corpus.audioPath(utterances[$0])
        }.sorted { $0.value[0] < $1.value[0] }
        results.withUnsafeMutableBufferPointer { slots in
            // Each utterance is of one file, and its slot is written with that file only.
            nonisolated(unsafe) let slots = slots
            DispatchQueue.concurrentPerform(iterations: files.count) { number in
                let (path, members) = files[number]
                let sound = Result {
                    try (SessionSound.isSession(path) ? SessionSound.read(session: path) : AudioFile(path: path))
                        .resampled(to: rate)
                }
                for index in members {
                    slots[index] = Result { try cut(try sound.get(), utterances[index], corpus, index) }
                }
            }
        }
        return try results.map { try $0.get() }
    }

    private static func cut(_ sound: AudioFile, _ utterance: Utterance, _ corpus: Corpus, _ index: Int) throws -> SpokenText {
        let begin = Int(saturating: (utterance.from_s ?? 0) * Double(sound.rate))
        let end = min(sound.samples.count, utterance.to_s.map { Int(saturating: $0 * Double(sound.rate)) } ?? .max)
        guard begin < end else {
            throw corpus.error(
                at: index,
                "no sound is left from \(utterance.from_s ?? 0) s to \(utterance.to_s ?? sound.seconds) s: “\(utterance.audio)” has "
                    + "\(sound.seconds) s")
        }
        // Other programs round.
        if let to = utterance.to_s, to > sound.seconds + 0.5 {
            throw corpus.error(
                at: index, "it ends at \(to) s, but “\(utterance.audio)” has \(sound.seconds) s: is the file cut?")
        }
        var spoken = SpokenText(
            samples: Array(sound.samples[begin..<end]), rate: sound.rate,
            text: Units.words(in: utterance.text).joined(separator: " "),
            speaker: utterance.speaker ?? "", marks: utterance.marks.map { marks($0, sound.rate, begin..<end) })
        spoken.language = utterance.language ?? ""
        return spoken
    }

    private static func marks(_ marks: [Utterance.Mark], _ rate: Int, _ part: Range<Int>) -> [SpokenText.Mark] {
        marks.compactMap { mark in
            let samples = (Int(saturating: mark.from_s * Double(rate))..<Int(saturating: mark.to_s * Double(rate)))
                .clamped(to: part)
            return samples.isEmpty
                ? nil : SpokenText.Mark(mark.text, samples.lowerBound - part.lowerBound..<samples.upperBound - part.lowerBound)
        }
    }

    /// All that is said, each text once, sorted; of single words the words that there are.
    public var texts: [String] { Set((training + validation + test).map(\.text)).sorted() }

    /// The test utterances one after the other with silence between them.
    /// - Parameters:
    ///   - limit: at most so many; 0 for all.
    ///   - pause: seconds of silence before each and after the last.
    ///   - seed: of the order.
    public func testStrip(limit: Int, pause: Double, seed: UInt64) -> SpokenStrip {
        var random = SplitMix64(seed: seed)
        let order = Array(test.indices).shuffled(using: &random)
        let chosen = limit > 0 ? Array(order.prefix(limit)) : order
        var samples: [Float] = []
        var words: [SpokenStrip.Word] = []
        let silence = [Float](repeating: 0, count: Int(pause * Double(rate)))
        for index in chosen {
            let spoken = test[index]
            samples += silence
            words.append(.init(text: spoken.text, samples: samples.count..<samples.count + spoken.end))
            samples += spoken.samples
        }
        return SpokenStrip(samples: samples + silence + silence, rate: rate, words: words)
    }
}
