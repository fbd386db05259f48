import AudioFiles
import Dispatch
import Foundation
import Glibc
import Outputs
public import Recognition
import Signals

/// Sentences of word lists, spoken by espeak-ng: sounds and a corpus that says what is said in them and when each phoneme sounds.
public struct SpokenCorpusMaker: Sendable {
    /// Samples per second of the files.
    public static let rate = 16_000
    /// Names of the files in the folder.
    public static let corpusFile = "corpus.jsonl"
    public static let writtenFile = "written.jsonl"
    private static let soundFolder = "sounds"

    public var lists: [WordList]
    /// For some of the languages; the others have words in a random order.
    public var grammars: [SentenceGrammar] = []
    /// Words of a sentence without a grammar.
    public var length = 3...7
    public var voices = VoiceSet()
    /// Sentences of each split.
    public var counts: [Utterance.Split: Int]
    public var seed: UInt64
    /// Texts that must not come.
    public var avoiding: Set<String> = []

    public init(_ lists: [WordList], counts: [Utterance.Split: Int], seed: UInt64) {
        (self.lists, self.counts, self.seed) = (lists, counts, seed)
    }

    /// What was made.
    public struct Made: Sendable {
        /// With texts as they are spoken.
        public var corpus: Corpus
        /// The same sounds with texts as they are written; nil where that is the same.
        public var written: Corpus?
        /// Seconds of sound.
        public var seconds: Double
    }

    /// Speaks all sentences, those for the test first: they stay the same when more are asked for training.
    ///
    /// The same lists, seed and espeak-ng give the same bytes in a new process.
    /// - Parameters:
    ///   - folder: a new one, or an empty one.
    ///   - progress: called with the number of sentences done; returns false to stop.
    /// - Returns: nil when it was stopped; nothing is left then.
    /// - Throws: ``SpokenCorpusError``, `AudioError`, `OutputError`; nothing is left then.
    public func write(folder: String, _ progress: (Int) -> Bool = { _ in true }) throws -> Made? {
        try check()
        if let entries = try? FileManager.default.contentsOfDirectory(atPath: folder), !entries.isEmpty {
            throw SpokenCorpusError(folder, .notEmpty)
        }
        let espeak = try Espeak.load()
        for split in Utterance.Split.allCases where counts[split] ?? 0 > 0 {
            for variant in voices.variants(split) { try espeak.check(variant: variant) }
        }
        try OutputPlace.checkOutputFolder(folder, files: [Self.corpusFile])
        do {
            if let made = try speak(espeak, folder, progress) { return made }
        } catch {
            remove(folder)
            throw error
        }
        remove(folder)
        return nil
    }

    private func remove(_ folder: String) {
        for name in [Self.soundFolder, Self.corpusFile, Self.writtenFile] {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    private func check() throws(SpokenCorpusError) {
        precondition(!lists.isEmpty && length.lowerBound > 0, "sentences need words")
        for (place, list) in lists.enumerated() {
            if let other = lists[..<place].first(where: { $0.language == list.language }) {
                throw SpokenCorpusError(list.file, .contents("\(other.file) is a list of the language “\(list.language)”, too"))
            }
        }
        if let shared = voices.shared {
            throw SpokenCorpusError(
                shared, .noVoice("two splits share it, or its name is empty: variants of training, validation and test differ"))
        }
    }

    private func speak(_ espeak: Espeak, _ folder: String, _ progress: (Int) -> Bool) throws -> Made? {
        var source = SentenceSource(lists, grammars: grammars, length: length, avoiding: avoiding)
        var utterances: [(spoken: Utterance, written: String)] = []
        var seconds = 0.0
        espeak.begin()
        for (number, split) in [Utterance.Split.test, .validation, .train].enumerated() {
            let count = counts[split] ?? 0
            guard count > 0 else { continue }
            let sounds = "\(Self.soundFolder)/\(split.rawValue)"
            try FileManager.default.createDirectory(atPath: "\(folder)/\(sounds)", withIntermediateDirectories: true)
            for start in stride(from: 0, to: count, by: Self.piece) {
                guard progress(utterances.count) else { return nil }
                var takes: [(path: String, take: EspeakTake)] = []
                for index in start..<min(start + Self.piece, count) {
                    var random = SplitMix64(
                        seed: seed &+ UInt64(number) &* 0x1000_0000_0000 &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
                    let sentence = try source.sentence(index, &random)
                    let accents = lists.first { $0.language == sentence.language }?.voices ?? []
                    let voice = voices.draw(split, accents: accents, &random)
                    let take = try espeak.speak(sentence.spoken, voice)
                    seconds += Double(take.samples.count) / Double(espeak.rate)
                    let name = "\(sounds)/\(String("00000\(index)".suffix(max(6, "\(index)".count)))).wav"
                    takes.append((name, take))
                    utterances.append((utterance(name, sentence, voice, split, take, espeak.rate), sentence.written))
                }
                try write(takes, folder, espeak.rate)
            }
        }
        return try finish(utterances, folder, seconds)
    }

    private static let piece = 64

    private func utterance(
        _ name: String, _ sentence: SentenceSource.Sentence, _ voice: SpokenVoice, _ split: Utterance.Split, _ take: EspeakTake,
        _ rate: Int
    ) -> Utterance {
        // Tenths of milliseconds.
        func time(_ sample: Int) -> Double { (Double(sample) / Double(rate) * 1e4).rounded() / 1e4 }
        var utterance = Utterance(audio: name, text: sentence.spoken, speaker: voice.variant, split: split)
        utterance.language = sentence.language
        utterance.marks = take.phonemes.compactMap { phoneme in
            let (from, to) = (time(phoneme.samples.lowerBound), time(phoneme.samples.upperBound))
            return from < to ? Utterance.Mark(phoneme.name, from_s: from, to_s: to) : nil
        }
        utterance.others =
            "\"accent\":\"\(voice.accent)\",\"pitch\":\(voice.pitch),\"pitch_range\":\(voice.range),\"rate\":\(voice.rate)"
        return utterance
    }

    /// Resampled on all cores.
    private func write(_ takes: [(path: String, take: EspeakTake)], _ folder: String, _ rate: Int) throws {
        var results = [Result<Void, any Error>](repeating: .success(()), count: takes.count)
        results.withUnsafeMutableBufferPointer { slots in
            nonisolated(unsafe) let slots = slots  // Each iteration writes its own slot only.
            DispatchQueue.concurrentPerform(iterations: takes.count) { index in
                let (path, take) = takes[index]
                slots[index] = Result {
                    let sound = AudioFile(samples: take.samples.map { Float($0) / 32768 }, rate: rate)
                    try sound.resampled(to: Self.rate).write(path: "\(folder)/\(path)")
                }
            }
        }
        for result in results { try result.get() }
    }

    private func finish(_ utterances: [(spoken: Utterance, written: String)], _ folder: String, _ seconds: Double) throws
        -> Made
    {
        let corpus = Corpus(path: "\(folder)/\(Self.corpusFile)", utterances: utterances.map(\.spoken))
        try corpus.write()
        guard lists.contains(where: \.hasReadings) else { return Made(corpus: corpus, seconds: seconds) }
        let written = Corpus(
            path: "\(folder)/\(Self.writtenFile)",
            utterances: utterances.map { spoken, text in
                var copy = spoken
                copy.text = text
                return copy
            })
        try written.write()
        return Made(corpus: corpus, written: written, seconds: seconds)
    }
}
