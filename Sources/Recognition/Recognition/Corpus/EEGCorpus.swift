import Dispatch
public import SignalFeatures
import Signals

/// The EEG of a corpus' utterances in memory, for a recogniser without sound or with both, and the front end with which it was made.
///
/// Means, deviations, kernel, decoder and coefficients are learnt from the training split only.
public struct EEGCorpus: Sendable {
    public let training: [SpokenText]
    public let validation: [SpokenText]
    public let test: [SpokenText]
    public let specification: EEGFrontEndSpecification
    public let fit: EEGFrontEndFit
    /// Whether any of it was computed from the sound.
    public let isSimulated: Bool

    /// How a front end differs from its preset.
    public struct Settings: Sendable, Equatable {
        public enum Preset: String, Sendable, CaseIterable { case krishna, envelope }

        public var preset = Preset.krishna
        /// Frequency of the mains, Hz; nil for no notches.
        public var line: Double?
        public var reference: EEGFrontEndSpecification.Reference
        /// EOG and EMG channels, counted from 0.
        public var auxiliary: [Int]
        /// Of the kernel PCA of the preset krishna.
        public var components: Int

        public init(
            line: Double? = 50, reference: EEGFrontEndSpecification.Reference = .none, auxiliary: [Int] = [],
            components: Int = 30
        ) {
            (self.line, self.reference, self.auxiliary, self.components) = (line, reference, auxiliary, components)
        }

        func specification(channels: Int, rate: Double) -> EEGFrontEndSpecification {
            var specification: EEGFrontEndSpecification
            switch preset {
            case .krishna:
                specification = .krishna(channels: channels, rate: rate, line: line)
                (specification.components, specification.landmarks) = (components, max(256, components))
            case .envelope: specification = .envelope(channels: channels, rate: rate, line: line)
            }
            (specification.reference, specification.auxiliary) = (reference, auxiliary.sorted())
            return specification
        }
    }

    /// Reads all sessions of a corpus and fits a front end to its training split.
    /// - Parameters:
    ///   - sounds: of the same corpus; the preset envelope needs those of the training split.
    ///   - hearsSound: whether the utterances keep their sounds, and the EEG around them that goes with ``SpokenText/heard``.
    ///   - noiseSeed: puts noise with the training's means and deviations in place of all EEG: the control. nil for the EEG itself.
    /// - Throws: `CorpusError` that names the line, `SessionError` that names the session, or `EEGFrontEndFit.FitError`.
    public init(
        _ corpus: Corpus, settings: Settings = Settings(), sounds: SpeechCorpus? = nil, hearsSound: Bool = false,
        noiseSeed: UInt64? = nil
    ) throws {
        let recordings = try Self.recordings(corpus)
        guard let first = recordings.min(by: { $0.key < $1.key })?.value else {
            throw corpus.error(.noUtterances("some with “eeg”, a session"))
        }
        let specification = settings.specification(channels: first.channels, rate: first.rate)
        if let problem = specification.problem { throw corpus.error(.unreadable("its EEG cannot have " + problem)) }
        let regression = try Self.regression(corpus, recordings, specification)
        let spoken = sounds.map { $0.inOrder(of: corpus) }
        var cut = try Self.cut(corpus, recordings, specification, regression, sounds: hearsSound ? spoken : nil)
        let isTrained = corpus.utterances.map { ($0.split ?? .train) == .train }
        func rows() -> [Float] { zip(isTrained, cut).flatMap { $0 ? $1.eeg ?? [] : [] } }
        if let noiseSeed {
            let plain = try EEGFrontEndFit(specification.withoutKernel, rows: rows())
            for index in cut.indices {
                cut[index].eeg = cut[index].eeg.map {
                    EEGNoise.like($0, specification, plain, seed: noiseSeed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
                }
            }
        }
        let plain = try EEGFrontEndFit(specification, rows: rows(), regression: regression)
        fit = try plain.fittingDecoder(
            specification,
            zip(isTrained.indices, cut).compactMap { index, own in
                guard isTrained[index], specification.decoder != nil, let spoken else { return nil }
                let silence = [Float](
                    repeating: 0, count: hearsSound ? Int(SpokenText.padding * Double(sounds?.rate ?? 0)) : 0)
                guard let rows = own.eeg, let sound = spoken[index] else { return nil }
                return (rows, SpeechEnvelope(silence + sound.samples, rate: sounds?.rate ?? 100))
            })
        self.specification = specification
        isSimulated = Self.isSimulated(corpus, recordings)
        (training, validation, test) = Self.parts(corpus, cut)
    }

    /// Reads all sessions of a corpus with the front end of a model.
    /// - Parameter sounds: of the same corpus, for a model that hears sound, too.
    public init(
        _ corpus: Corpus, _ specification: EEGFrontEndSpecification, _ fit: EEGFrontEndFit, sounds: SpeechCorpus? = nil
    ) throws {
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
        isSimulated = Self.isSimulated(corpus, recordings)
        (training, validation, test) = Self.parts(
            corpus,
            try Self.cut(corpus, recordings, specification, fit.regression, sounds: sounds.map { $0.inOrder(of: corpus) }))
    }

    private static func isSimulated(_ corpus: Corpus, _ recordings: [String: EEGRecording]) -> Bool {
        corpus.utterances.contains { $0.isSimulated } || recordings.values.contains { $0.isSimulated }
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
                $0.eegBegin...max($0.eegBegin, $0.eegEnd ?? .infinity)
            }
            for sample in recording.counters.indices {
                let time = Double(recording.counters[sample]) / recording.rate
                recording.row(sample) { regression.take($0, isLearntFrom: spans.contains { $0.contains(time) }) }
            }
        }
        return try regression.coefficients()
    }

    /// Features of all sessions, and of them those of each utterance.
    /// - Parameter sounds: of each utterance, where the EEG is to go with them; nil for EEG alone.
    private static func cut(
        _ corpus: Corpus, _ recordings: [String: EEGRecording], _ specification: EEGFrontEndSpecification,
        _ regression: [Double], sounds: [SpokenText?]?
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
        let absent =
            [Float](repeating: 0, count: specification.kernelFeatures)
            + [Float](repeating: 1, count: raw - specification.kernelFeatures)
        return try corpus.utterances.indices.map { index in
            let utterance = corpus.utterances[index]
            let path = corpus.eegPath(utterance) ?? ""
            let (rows, recording) = (bySession[path] ?? [], recordings[path])
            let frames = rows.count / raw
            let (from, to) = (utterance.eegBegin, utterance.eegEnd)
            let rate = EEGFrontEndSpecification.frameRate
            var begin = Int(saturating: (from * rate).rounded(.up))
            // Slopes and decoders come late.
            let end = to.map { Int(saturating: ($0 * rate).rounded(.up)) + specification.delay }
            guard begin < min(frames, end ?? frames), (to ?? 0) <= (recording?.seconds ?? 0) + 0.5 else {
                throw corpus.error(
                    at: index,
                    "it stands at \(from) … \(to ?? 0) s, but the EEG of “\(utterance.eeg ?? "")” has "
                        + "\(recording?.seconds ?? 0) s")
            }
            guard let sound = sounds?[index] else {
                var spoken = SpokenText(
                    samples: [], rate: Int(rate), text: Units.words(in: utterance.text).joined(separator: " "),
                    speaker: utterance.speaker ?? "")
                spoken.eeg = Array(rows[begin * raw..<min(frames, end ?? frames) * raw])
                spoken.session = utterance.session ?? ""
                return spoken
            }
            // As a live run does: the EEG of the middle of each frame's 25 ms.
            begin = Int(saturating: ((from - SpokenText.padding + 0.0125) * rate).rounded())
            let count = sound.paddedFrames(delay: specification.delay)
            var own: [Float] = []
            own.reserveCapacity(count * raw)
            for frame in begin..<begin + count {
                own += (0..<frames).contains(frame) ? rows[frame * raw..<(frame + 1) * raw] : absent[...]
            }
            var spoken = sound
            spoken.eeg = own
            spoken.session = utterance.session ?? ""
            return spoken
        }
    }
}

/// Normal noise in place of EEG: the control.
enum EEGNoise {
    /// - Parameter eeg: raw features; what is masked stays masked.
    static func like(
        _ eeg: [Float], _ specification: EEGFrontEndSpecification, _ fit: EEGFrontEndFit, seed: UInt64
    ) -> [Float] {
        var random = NormalNumbers(seed: seed)
        let (raw, width) = (specification.rawFeatures, specification.kernelFeatures)
        return eeg.indices.map { place in
            let k = place % raw
            return k < width ? Float(fit.mean[k]) + Float(fit.deviation[k]) * random.next() : eeg[place]
        }
    }
}
