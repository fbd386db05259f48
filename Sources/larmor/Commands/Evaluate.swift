import ArgumentParser
import Confidence
import Origin
import Outputs
import Recognition
import SpokenCorpora

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads test speech with a recogniser, through the code that runs live, and counts what is wrong.",
        discussion: """
            Errors stand with 95 % intervals (bootstrap over utterances), for each speaker, and beside two controls: noise of the same power \
            in place of the speech or of the EEG, and texts dealt out among the utterances. A corpus without splits is all test.
            Example: larmor evaluate models/words speech.jsonl
            With a language model or --beam a beam search reads the texts instead of the best path; --best-path leaves out the one that \
            the model has.
            --words counts texts as a word list writes them, too: pinyin becomes hanzi, word by word; of words that sound alike the first of \
            the list. A word that is none of the list stays as it is.
            Example: larmor evaluate models/two two/corpus.jsonl --words corpora/mandarin.txt
            --errors writes what is needed to compare two recognisers by sentences; --control puts noise in place of the EEG.
            Example: larmor evaluate models/words speech.jsonl --snr 20,10,0 --noise babble --confusions --json
            Example: larmor evaluate models/words speech.jsonl --snr 10 --scores-snr 10 --scores words.csv
            """)

    @Argument(help: "A model's folder.")
    var model: String

    @Argument(help: "A corpus, or a folder of labelled sounds.")
    var corpus: String

    @Option(help: "Name of an adapter of the model (`larmor adapt`).")
    var adapter: String?

    @Option(help: "Which split: train, validation or test.")
    var split: Split = .test

    @Option(help: "Only this speaker; may be given again.")
    var speaker: [String] = []

    @Option(help: "Also at these ratios of speech to noise, dB: 20,10,0")
    var snr: String?

    @Option(help: "The noise: white, pink, or babble of other speakers.")
    var noise: Noise = .white

    @Option(help: "A word list by which texts are written; may be given again.")
    var words: [String] = []

    @Flag(help: "Which words were read for which.")
    var confusions = false

    @Option(
        help:
            "Write every word that was read to this CSV file, as larmor calibrate takes it: utterance, y (right or wrong), x (what the event log tells), posterior, margin, and how good the stream was."
    )
    var scores: String?

    @Option(help: "Of which of the ratios of --snr; without it, of the sounds as they are.")
    var scoresSNR: Double?

    @Option(help: "Of a model that reads EEG: put noise in its place, or absent: no headset at all.")
    var control: EEGControl?

    @Option(
        help: "Write what was read of every utterance, and its errors, as it is and at each ratio of --snr, to this CSV file.")
    var errors: String?

    @Option(help: "Seed of noise, controls and intervals.")
    var seed: UInt64 = 1

    @OptionGroup
    var languageModel: LanguageModelOptions

    @Flag(help: "Read the best path, whatever beam search the model has.")
    var bestPath = false

    @Flag(help: "Print one JSON object.")
    var json = false

    enum Split: String, ExpressibleByArgument, CaseIterable { case train, validation, test, all }
    enum EEGControl: String, ExpressibleByArgument, CaseIterable { case noise, absent }
    enum Noise: String, ExpressibleByArgument, CaseIterable { case white, pink, babble }

    private func ratios() throws -> [Double] {
        try (snr ?? "").split(separator: ",").map { word in
            guard let ratio = Double(word), (-60...120).contains(ratio) else {
                throw ValidationError("--snr is a list of numbers from −60 to 120, for example 20,10,0; found “\(word)”")
            }
            return ratio
        }
    }

    func validate() throws {
        _ = try ratios()
        if bestPath, languageModel.isGiven { throw ValidationError("--best-path and a beam search: give one of them") }
        if snr == nil { try GivenOptions.refuse(["--noise"], "needs --snr") }
        guard let scoresSNR else { return }
        guard scores != nil else { throw ValidationError("--scores-snr needs --scores") }
        guard try ratios().contains(scoresSNR) else { throw ValidationError("--scores-snr must be one of the ratios of --snr") }
    }

    private var modelFiles: [String] { ["model.json", "model.safetensors"].map { model + "/" + $0 } }

    func run() throws {
        try reportingFailures {
            for path in [scores, errors].compactMap(\.self) {
                try OutputFile.check(path, inputs: [corpus] + modelFiles + languageModel.files)
            }
            let writing = try words.map { try WordList(file: $0).writing }.reduce(into: [:]) { all, own in
                all.merge(own) { first, _ in first }
            }
            var model = try RecognizerModel(folder: model, adapter: adapter, readsDecoding: !bestPath)
            if !model.card.isHearing { try GivenOptions.refuse(["--snr"], "is of no use: the model reads EEG and no sound") }
            if model.card.eegFrontEnd == nil {
                try GivenOptions.refuse(["--control"], "is of no use: the model does not read the EEG of a corpus")
            }
            // A model that was trained on noise reads noise.
            let eegInput: RecognizerEvaluation.EEGInput =
                control == .absent ? .absent : control == .noise || model.card.control == .noise ? .noise : .recorded
            ProcessProvenance.note(data: self.model)
            ProcessProvenance.note(data: corpus)
            ProcessProvenance.note(seed: seed)
            let utterances = try EvaluationUtterances(
                path: corpus, split: split == .all ? nil : Utterance.Split(rawValue: split.rawValue), speakers: speaker,
                babble: noise == .babble, model: model)
            for path in [scores, errors].compactMap(\.self) { try OutputFile.check(path, inputs: utterances.sounds) }
            let own = model.decoding
            model.decoding = try languageModel.decoding(model, testedOn: utterances.spoken.map(\.text)) ?? own
            let hash = try scoresHash(model)
            // Until here a signal ends the program at once.
            StopRequest.install()
            let evaluation = RecognizerEvaluation(model, rate: model.card.audioRate)
            let conditions =
                [nil] + (try ratios()).map { SoundCondition(.init(rawValue: noise.rawValue) ?? .white, ratio_dB: $0) }
            var progress = ProgressLine("reading")
            let turns = Double(conditions.count + 1)
            func read(_ turn: Int, _ condition: SoundCondition?, replaced: Bool = false) throws -> [RecognizerEvaluation
                .Reading]
            {
                let found = evaluation.read(
                    utterances.spoken, in: condition, voices: utterances.voices, replaced: replaced, eegInput: eegInput,
                    seed: seed
                ) { done in
                    progress.show(
                        (Double(turn) + Double(done) / Double(utterances.spoken.count)) / turns,
                        Console.count(utterances.spoken.count, "utterance"))
                    return !StopRequest.isRequested
                }
                guard let found else {
                    progress.done()
                    Console.note("     stopped: nothing was counted")
                    throw StopRequest.exitCode
                }
                return found
            }
            let readings = try conditions.enumerated().map { try read($0, $1) }
            let control = try read(conditions.count, nil, replaced: true)
            progress.done()
            let report = EvaluationReport(
                model: self.model, card: model.card, decoding: model.decoding.map { DecodingSummary($0) },
                certificate: CertificateSummary(folder: self.model, scoresHash: hash),
                conditions: Array(zip(conditions, readings)), noiseControl: control, confusions: confusions, writing: writing,
                simulatedEEG: utterances.isSimulated, control: self.control?.rawValue, seed: seed)
            if let errors {
                try OutputFile.write(
                    UtteranceErrors.table(Array(zip(conditions, readings)), names: utterances.names), to: errors,
                    inputs: [corpus] + modelFiles + languageModel.files)
            }
            if let scores {
                let place = conditions.firstIndex { $0?.ratio_dB == scoresSNR } ?? 0
                let words = zip(readings[place], utterances.names).flatMap { ScoredWord.words(of: $0, utterance: $1) }
                try OutputFile.write(
                    ScoredWord.table(words, modelSHA256: hash), to: scores,
                    inputs: [corpus] + modelFiles + languageModel.files)
            }
            if json { try Console.json(report) } else { report.show() }
        }
    }

    /// What made the scores: the model's weights, with its beam search where there is one. No certificate of the model is for scores of an
    /// adapter.
    private func scoresHash(_ model: RecognizerModel) throws -> String {
        let weights = try ModelHash.sha256(ofWeights: self.model)
        if model.adapter != nil { return ContentHash.sha256("\(weights) \(adapter ?? "") and more".utf8) }
        guard let decoding = model.decoding else { return weights }
        guard languageModel.isGiven else { return try ModelHash.sha256(of: self.model) }
        let files = decoding.encoded
        return ModelHash.sha256(weights: weights, settings: files.settings, language: files.language)
    }
}
