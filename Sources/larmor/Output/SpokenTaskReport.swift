import Recognition
import Reservoirs
import Signals

/// How many spoken words were named right, by a film and by what stands beside it.
struct SpokenTaskReport: Encodable {
    /// What became of one listener.
    struct Listener {
        var reservoir: String
        var held: [(speaker: String?, answers: WordAnswers)]
    }

    /// One readout on the words that it was judged by.
    struct Judged: Encodable {
        /// Whom it had never heard; nil for the test split.
        var speaker: String?
        var words: Int
        var errors: Int
        var accuracy: Double
        var interval: ShareInterval
        /// Of a speaker's test split alone.
        var testSplit: WordAnswers.Count
        var speakers: [String: WordAnswers.Count]
        /// By which λ was chosen.
        var validation: WordAnswers.Count?
        var lambda: Double
        var features: Int
        /// A row for each word said, a column for each word named.
        var confusions: [[Int]]
    }

    struct Part: Encodable {
        var reservoir: String
        /// Over all words that were judged.
        var accuracy: Double
        var interval: ShareInterval
        /// The mean over the speakers that were left out.
        var meanOverSpeakers: Double?
        var judged: [Judged]
    }

    var task = SpokenWordTask.name
    var labels: [String]
    var speakers: [String]
    var normalisation: String
    var nodes: Int
    /// Sounds that are silent or too short for a word.
    var doubtfulSounds: [DoubtfulSound]
    var film: Part
    var baseline: [String: Part]
    var device: TaskDeviceReport?
    var seconds: Double

    init(
        _ task: SpokenWordTask, _ own: Listener, _ baselines: [String: Listener], nodes: Int,
        doubtful: [DoubtfulSound], device: TaskDeviceReport?, seconds: Double
    ) {
        (labels, speakers, self.nodes) = (task.labels, task.speakers, nodes)
        doubtfulSounds = doubtful
        normalisation = task.settings.features.normalisation.rawValue
        (film, baseline) = (Self.part(own), baselines.mapValues(Self.part))
        (self.device, self.seconds) = (device, seconds)
    }

    private static func part(_ judged: Listener) -> Part {
        let (words, errors) = judged.held.reduce((0, 0)) { ($0.0 + $1.answers.all.words, $0.1 + $1.answers.all.errors) }
        let all = WordAnswers.Count(words: words, errors: errors)
        let parts = judged.held.map { speaker, answers in
            Judged(
                speaker: speaker, words: answers.all.words, errors: answers.all.errors, accuracy: answers.all.accuracy,
                interval: answers.all.interval, testSplit: answers.testSplit, speakers: answers.speakers,
                validation: answers.validation, lambda: answers.lambda, features: answers.features,
                confusions: answers.confusions)
        }
        let isBySpeaker = judged.held.contains { $0.speaker != nil }
        return Part(
            reservoir: judged.reservoir, accuracy: all.accuracy, interval: all.interval,
            meanOverSpeakers: isBySpeaker ? parts.reduce(0) { $0 + $1.accuracy } / Double(parts.count) : nil, judged: parts)
    }

    func show() {
        let isBySpeaker = film.meanOverSpeakers != nil
        Console.result(
            isBySpeaker
                ? "\(task): words of speakers of whom no label was learned, share named right (95 % interval)"
                : "\(task): words of the test split, share named right (95 % interval)")
        line(film)
        for key in ["echo_state_network", "features_alone"] { if let part = baseline[key] { line(part) } }
        if isBySpeaker {
            Console.result(
                normalisation == WordFeatures.Normalisation.speaker.rawValue
                    ? "  Each speaker's features are measured by the means of that speaker's own sounds, whatever was said."
                    : "  All features are measured by the means of all sounds outside of the test split.")
        }
        if let device { Console.result("  \(device.line)") }
    }

    private func line(_ part: Part) {
        let right = part.judged.reduce(0) { $0 + $1.words - $1.errors }
        let words = part.judged.reduce(0) { $0 + $1.words }
        let held = part.judged.compactMap(\.validation).reduce((0, 0)) { ($0.0 + $1.words, $0.1 + $1.errors) }
        let share = Report.percent(part.accuracy)
        let heldBack = held.0 > 0 ? ", held back \(Report.percent(1 - Double(held.1) / Double(held.0)))" : ""
        Console.result(
            "  \(share)  (\(Report.percent(part.interval.low)) … \(Report.percent(part.interval.high)), \(right) of \(words))\(heldBack)"
                + "  \(part.reservoir)")
        guard part.meanOverSpeakers != nil else { return }
        let each = part.judged.map { "\($0.speaker ?? "") \(Report.percent($0.accuracy))" }
        Console.result(
            "      mean over speakers \(Report.percent(part.meanOverSpeakers ?? .nan)): " + each.joined(separator: ", "))
    }
}
