import Dispatch
public import SignalFeatures
import Signals

/// The EEG of a corpus' utterances in memory, for a recogniser without sound, and the front end with which it was made.
///
/// Means, deviations, kernel and coefficients are learnt from the training split only.
public struct EEGCorpus: Sendable {
    public let training: [SpokenText]
    public let validation: [SpokenText]
    public let test: [SpokenText]
    public let specification: EEGFrontEndSpecification
    public let fit: EEGFrontEndFit

    /// How a front end differs from its preset.
    public struct Settings: Sendable, Equatable {
        /// Frequency of the mains, Hz; nil for no notches.
        public var line: Double?
        public var reference: EEGFrontEndSpecification.Reference
        /// EOG and EMG channels, counted from 0.
        public var auxiliary: [Int]
        public var components: Int

        public init(
            line: Double? = 50, reference: EEGFrontEndSpecification.Reference = .none, auxiliary: [Int] = [],
            components: Int = 30
        ) {
            (self.line, self.reference, self.auxiliary, self.components) = (line, reference, auxiliary, components)
        }
    }

    /// Reads all sessions of a corpus and fits a front end to its training split.
    /// - Throws: `CorpusError` that names the line, `SessionError` that names the session, or `EEGFrontEndFit.FitError`.
    public init(_ corpus: Corpus, settings: Settings = Settings()) throws {
        let recordings = try Self.recordings(corpus)
        guard let first = recordings.min(by: { $0.key < $1.key })?.value else {
            throw corpus.error(.noUtterances("some with “eeg”, a session"))
        }
        var specification = EEGFrontEndSpecification.krishna(channels: first.channels, rate: first.rate, line: settings.line)
        (specification.reference, specification.auxiliary) = (settings.reference, settings.auxiliary.sorted())
        (specification.components, specification.landmarks) = (settings.components, max(256, settings.components))
        if let problem = specification.problem { throw corpus.error(.unreadable("its EEG cannot have " + problem)) }
        let regression = try Self.regression(corpus, recordings, specification)
        let spoken = try Self.cut(corpus, recordings, specification, regression)
        let rows = zip(corpus.utterances, spoken).flatMap { ($0.split ?? .train) == .train ? $1.eeg ?? [] : [] }
        fit = try EEGFrontEndFit(specification, rows: rows, regression: regression)
        self.specification = specification
        (training, validation, test) = Self.parts(corpus, spoken)
    }

    /// Reads all sessions of a corpus with the front end of a model.
    public init(_ corpus: Corpus, _ specification: EEGFrontEndSpecification, _ fit: EEGFrontEndFit) throws {
        let recordings = try Self.recordings(corpus)
        if let (index, other) = corpus.utterances.indices.lazy.compactMap({ index in
            corpus.eegPath(corpus.utterances[index]).flatMap { recordings[$0] }.map { (index, $0) }
        }).first(where: { $0.1.channels != specification.channels || $0.1.rate != specification.rate }) {
            throw corpus.error(
                at: index,
                "its EEG has \(other.channels) channels at \(other.rate) Hz, the model reads \(specification.channels) at "
                    + "\(specification.rate) Hz")
        }
        (self.specification, self.fit) = (specification, fit)
        (training, validation, test) = Self.parts(
            corpus, try Self.cut(corpus, recordings, specification, fit.regression))
    }

    private static func parts(_ corpus: Corpus, _ spoken: [SpokenText]) -> ([SpokenText], [SpokenText], [SpokenText]) {
        func part(_ split: Utterance.Split) -> [SpokenText] {
            zip(corpus.utterances, spoken).compactMap { ($0.split ?? .train) == split ? $1 : nil }
        }
        return (part(.train), part(.validation), part(.test))
    }

    /// By their paths; all of one rate and as many channels.
    private static func recordings(_ corpus: Corpus) throws -> [String: EEGRecording] {
        var recordings: [String: EEGRecording] = [:]
        var first: EEGRecording?
        for index in corpus.utterances.indices {
            guard let path = corpus.eegPath(corpus.utterances[index]) else {
                throw corpus.error(at: index, "it has no “eeg”, the session of its EEG")
            }
            guard recordings[path] == nil else { continue }
            let read = try EEGRecording(session: path)
            if let first, first.rate != read.rate || first.channels != read.channels {
                throw corpus.error(
                    at: index,
                    "its EEG has \(read.channels) channels at \(read.rate) Hz, that of other lines \(first.channels) at \(first.rate) Hz"
                )
            }
            first = first ?? read
            recordings[path] = read
        }
        return recordings
    }

    private static func regression(
        _ corpus: Corpus, _ recordings: [String: EEGRecording], _ specification: EEGFrontEndSpecification
    ) throws -> [Double] {
        guard !specification.auxiliary.isEmpty else { return [] }
        var regression = ChannelRegression(specification)
        for (path, recording) in recordings.sorted(by: { $0.key < $1.key }) {
            regression.restart()
            let spans = corpus.utterances.filter { corpus.eegPath($0) == path && ($0.split ?? .train) == .train }.map {
                ($0.from_s ?? 0)...max($0.from_s ?? 0, $0.to_s ?? .infinity)
            }
            for sample in recording.counters.indices {
                let time = Double(recording.counters[sample]) / recording.rate
                recording.row(sample) { regression.take($0, isLearntFrom: spans.contains { $0.contains(time) }) }
            }
        }
        return try regression.coefficients()
    }

    /// Features of all sessions, and of them those of each utterance.
    private static func cut(
        _ corpus: Corpus, _ recordings: [String: EEGRecording], _ specification: EEGFrontEndSpecification,
        _ regression: [Double]
    ) throws -> [SpokenText] {
        let paths = recordings.keys.sorted()
        var features = [[Float]](repeating: [], count: paths.count)
        features.withUnsafeMutableBufferPointer { slots in
            nonisolated(unsafe) let slots = slots  // Each iteration writes its own slot only.
            DispatchQueue.concurrentPerform(iterations: paths.count) { index in
                slots[index] = recordings[paths[index]]?.features(specification, regression: regression) ?? []
            }
        }
        let bySession = Dictionary(uniqueKeysWithValues: zip(paths, features))
        let raw = specification.rawFeatures
        return try corpus.utterances.indices.map { index in
            let utterance = corpus.utterances[index]
            let path = corpus.eegPath(utterance) ?? ""
            let (rows, recording) = (bySession[path] ?? [], recordings[path])
            let frames = rows.count / raw
            let begin = Int(saturating: ((utterance.from_s ?? 0) * EEGFrontEndSpecification.frameRate).rounded(.up))
            // Slopes come late.
            let end = utterance.to_s.map {
                Int(saturating: ($0 * EEGFrontEndSpecification.frameRate).rounded(.up)) + specification.slopeDelay
            }
            guard begin < min(frames, end ?? frames), (utterance.to_s ?? 0) <= (recording?.seconds ?? 0) + 0.5 else {
                throw corpus.error(
                    at: index,
                    "it stands at \(utterance.from_s ?? 0) … \(utterance.to_s ?? 0) s, but the EEG of “\(utterance.eeg ?? "")” has "
                        + "\(recording?.seconds ?? 0) s")
            }
            var spoken = SpokenText(
                samples: [], rate: Int(EEGFrontEndSpecification.frameRate),
                text: Units.words(in: utterance.text).joined(separator: " "), speaker: utterance.speaker ?? "")
            spoken.eeg = Array(rows[begin * raw..<min(frames, end ?? frames) * raw])
            return spoken
        }
    }
}
