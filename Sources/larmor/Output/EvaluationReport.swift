import Foundation
import Recognition
import Signals

/// What `evaluate` prints.
struct EvaluationReport: Encodable {
    struct Interval: Encodable {
        var low: Double
        var high: Double
    }

    struct Condition: Encodable {
        var noise: String?
        var snrDb: Double?
        var wordErrorRate: Double
        var interval_95: Interval
        var characterErrorRate: Double
    }

    struct Language: Encodable {
        var utterances: Int
        var wordErrorRate: Double
        var characterErrorRate: Double
    }

    struct Written: Encodable {
        var wordErrorRate: Double
        var characterErrorRate: Double
        var perLanguage: [String: Language]?
    }

    struct Confusion: Encodable {
        /// Absent for a word that nobody said.
        var said: String?
        /// Absent for a word that was missed.
        var read: String?
        var count: Int
    }

    struct Controls: Encodable {
        /// Word error rate with noise of the same power in place of the speech.
        var noiseInput: Double
        /// Word error rate against texts dealt out among the utterances; nil for a single one.
        var shuffledTexts: Double?
    }

    var model: String
    /// nil where the best path is read.
    var decoding: DecodingSummary?
    /// nil where there is none beside the model.
    var certificate: CertificateSummary?
    var utterances: Int
    var words: Int
    var wordErrorRate: Double
    var characterErrorRate: Double
    var interval_95: Interval
    var substitutions: Int
    var deletions: Int
    var insertions: Int
    var perSpeaker: [String: Double]
    /// Of a corpus that names languages.
    var perLanguage: [String: Language]?
    /// With texts as a word list writes them; nil without one.
    var written: Written?
    var conditions: [Condition]
    var controls: Controls
    var confusions: [Confusion]?
    /// Whether any EEG was computed from the sounds: then nothing here is true of anybody.
    var simulatedEeg: Bool?
    /// What took the place of the EEG in this test.
    var eegControl: String?
    /// What took the place of the training's data.
    var trainedControl: String?
    /// Test utterances whose text or speaker was in training; nil for models that do not remember.
    var textsInTraining: Int?
    var speakersInTraining: [String]?

    init(
        model: String, card: RecognizerModel.Card, decoding: DecodingSummary?, certificate: CertificateSummary?,
        conditions: [(SoundCondition?, [RecognizerEvaluation.Reading])],
        noiseControl: [RecognizerEvaluation.Reading], confusions: Bool, writing: [String: String] = [:],
        simulatedEEG: Bool = false, control: String? = nil, seed: UInt64
    ) {
        let plain = conditions[0].1
        let sum = Self.sum(plain)
        (self.model, self.decoding, self.certificate) = (model, decoding, certificate)
        (utterances, words) = (plain.count, sum.reference)
        (wordErrorRate, substitutions, deletions, insertions) = (sum.rate, sum.substitutions, sum.deletions, sum.insertions)
        self.conditions = conditions.map { condition, readings in
            Condition(
                noise: condition?.noise.rawValue, snrDb: condition?.ratio_dB, wordErrorRate: Self.sum(readings).rate,
                interval_95: Self.interval(readings, seed),
                characterErrorRate: readings.reduce(WordErrors()) { $0 + $1.characters }.rate)
        }
        characterErrorRate = self.conditions[0].characterErrorRate
        interval_95 = self.conditions[0].interval_95
        perSpeaker = Dictionary(grouping: plain, by: \.speaker).filter { !$0.key.isEmpty }.mapValues { Self.sum($0).rate }
        perLanguage = Self.languages(plain)
        if !writing.isEmpty {
            let rewritten = plain.map { $0.written(with: writing) }
            written = Written(
                wordErrorRate: Self.sum(rewritten).rate,
                characterErrorRate: rewritten.reduce(WordErrors()) { $0 + $1.characters }.rate,
                perLanguage: Self.languages(rewritten))
        }
        var random = SplitMix64(seed: seed)
        let dealt = plain.map(\.said).shuffled(using: &random)
        controls = Controls(
            noiseInput: Self.sum(noiseControl).rate,
            shuffledTexts: plain.count < 2
                ? nil
                : zip(dealt, plain).reduce(WordErrors()) {
                    $0 + WordErrors(reference: Units.words(in: $1.0), hypothesis: Units.words(in: $1.1.read))
                }.rate)
        simulatedEeg = simulatedEEG || card.simulatedEEG == true ? true : nil
        (eegControl, trainedControl) = (control, card.control?.rawValue)
        if confusions { self.confusions = Self.confusions(plain) }
        if let texts = card.texts {
            let known = Set(texts)
            textsInTraining = plain.count { known.contains(TextHash.of($0.said)) }
        }
        speakersInTraining = card.speakers.map { known in Set(plain.map(\.speaker)).intersection(known).sorted() }
    }

    private static func sum(_ readings: [RecognizerEvaluation.Reading]) -> WordErrors {
        readings.reduce(WordErrors()) { $0 + $1.words }
    }

    private static func languages(_ readings: [RecognizerEvaluation.Reading]) -> [String: Language]? {
        let named = Dictionary(grouping: readings, by: \.language).filter { !$0.key.isEmpty }
        return named.isEmpty
            ? nil
            : named.mapValues { own in
                Language(
                    utterances: own.count, wordErrorRate: sum(own).rate,
                    characterErrorRate: own.reduce(WordErrors()) { $0 + $1.characters }.rate)
            }
    }

    private static func interval(_ readings: [RecognizerEvaluation.Reading], _ seed: UInt64) -> Interval {
        let found = ErrorInterval(readings.map(\.words), seed: seed)
        return Interval(low: found.low, high: found.high)
    }

    private static func confusions(_ readings: [RecognizerEvaluation.Reading]) -> [Confusion] {
        struct Key: Hashable { var said: String?, read: String? }
        var counts: [Key: Int] = [:]
        for reading in readings {
            let alignment = WordAlignment(reference: Units.words(in: reading.said), hypothesis: Units.words(in: reading.read))
            for pair in alignment.pairs where pair.said != pair.read {
                counts[Key(said: pair.said, read: pair.read), default: 0] += 1
            }
        }
        return counts.map { Confusion(said: $0.said, read: $0.read, count: $1) }
            .sorted { (-$0.count, $0.said ?? "", $0.read ?? "") < (-$1.count, $1.said ?? "", $1.read ?? "") }
    }

    func show() {
        func rate(_ value: Double, _ interval: Interval) -> String {
            "\(Report.percent(value))  (95 % interval \(Report.percent(interval.low)) … \(Report.percent(interval.high)))"
        }
        Console.result("\(Console.count(utterances, "utterance")), \(Console.count(words, "word"))")
        if simulatedEeg == true { Console.result("simulated EEG         computed from sounds: true of nobody") }
        if let trainedControl { Console.result("trained as a control  \(trainedControl)") }
        if let eegControl { Console.result("in place of the EEG   \(eegControl == "absent" ? "no headset" : eegControl)") }
        Console.result("word error rate       \(rate(wordErrorRate, interval_95))")
        Console.result(
            "                      \(substitutions) substituted, \(deletions) missed, \(insertions) inserted")
        Console.result("character error rate  \(Report.percent(characterErrorRate))")
        for condition in conditions.dropFirst() {
            Console.result(
                "\((condition.noise ?? "").padding(toLength: 7, withPad: " ", startingAt: 0)) \(Console.number(condition.snrDb ?? 0, digits: 0)) dB        "
                    + rate(condition.wordErrorRate, condition.interval_95))
        }
        if let decoding { Console.result("decoding              \(decoding.text)") }
        if let certificate { Console.result("certificate           \(certificate.text)") }
        Console.result(
            "controls              noise as the input \(Report.percent(controls.noiseInput)), texts dealt out "
                + (controls.shuffledTexts.map { Report.percent($0) } ?? "–")
        )
        if let textsInTraining, textsInTraining > 0 {
            Console.result(
                "seen in training      the text of \(textsInTraining) of \(Console.count(utterances, "utterance"))"
                    + ((speakersInTraining ?? []).isEmpty
                        ? "" : "; speakers \((speakersInTraining ?? []).joined(separator: ", "))"))
        }
        if let perLanguage { show(perLanguage) }
        if let written {
            Console.result(
                "\nas written            word error rate \(Report.percent(written.wordErrorRate)), character error rate "
                    + Report.percent(written.characterErrorRate))
            if let languages = written.perLanguage { show(languages) }
        }
        if perSpeaker.count > 1 {
            var table = TextTable("speaker", "word error rate")
            for (speaker, value) in perSpeaker.sorted(by: { $0.key < $1.key }) { table.add(speaker, Report.percent(value)) }
            Console.result("\n" + table.text)
        }
        if let confusions, !confusions.isEmpty {
            var table = TextTable("said", "read", "times")
            for row in confusions.prefix(30) { table.add(row.said ?? "–", row.read ?? "–", "\(row.count)") }
            Console.result("\n" + table.text)
        }
    }

    private func show(_ languages: [String: Language]) {
        var table = TextTable("language", "utterances", "word error rate", "character error rate")
        for (language, own) in languages.sorted(by: { $0.key < $1.key }) {
            table.add(
                language, "\(own.utterances)", Report.percent(own.wordErrorRate), Report.percent(own.characterErrorRate))
        }
        Console.result("\n" + table.text)
    }
}
