import Confidence
import LiveGraph
import Recognition
import Replay

/// Words of a recorded session whose cues tell what was said.
struct CuedWords {
    var isFilm: Bool
    var stage: String?
    var truth: String
    /// By cue, in the order of the recording.
    private(set) var cues: [CueScorer.Scored] = []

    /// Replays the session with the models that are kept with it.
    /// - Parameter stage: whose words; nil for the only one of its kind that told any.
    init(_ session: String, truth: String, stage: String?, isFilm: Bool) throws {
        let stage = try stage ?? Self.onlyStage(session, isFilm)
        (self.truth, self.stage, self.isFilm) = (truth, stage, isFilm)
        var scorer = CueScorer(truth: truth, stage: stage, isFilm: isFilm)
        var progress = ProgressLine("replaying")
        var (cueCount, wordCount) = (0, 0)
        let replay = try SessionReplay(folder: session)
        var cues: [CueScorer.Scored] = []
        _ = try replay.run { decision in
            scorer.take(decision)
            cues += scorer.judged(at: decision.hostTime)
            switch decision.content {
            case .marker(truth, _, _, _): cueCount += 1
            case .word where !isFilm && decision.stage == stage: wordCount += 1
            case .filmWord where isFilm && decision.stage == stage: wordCount += 1
            default: break
            }
        } progress: { seconds in
            progress.show(nil, "\(Int(seconds)) s")
            return !StopRequest.isRequested
        }
        progress.done()
        if StopRequest.isRequested { throw StopRequest.exitCode }
        self.cues = cues + scorer.finish()
        let what = "the \(isFilm ? "readout" : "recogniser")\(stage.map { " “\($0)”" } ?? " without a name")"
        guard cueCount > 0 else {
            throw ConfidenceError(
                .certificate("it has no texts in “\(truth)” that tell what was said; name their stream with --truth"),
                file: session)
        }
        guard wordCount > 0 else {
            throw ConfidenceError(
                .certificate("\(what) read no word in it; name another stage with --stage or --film-words"), file: session)
        }
        guard !self.cues.isEmpty else {
            throw ConfidenceError(.certificate("no word of \(what) belongs to a cue of “\(truth)”"), file: session)
        }
    }

    private static func onlyStage(_ session: String, _ isFilm: Bool) throws -> String? {
        let stages = try SessionWords.stages(session: session, event: isFilm ? "film_word" : "word")
        guard stages.count > 1 else { return stages.first ?? nil }
        let names = stages.map { $0 ?? "one without a name" }.sorted().joined(separator: ", ")
        throw ConfidenceError(
            .certificate("words of several stages (\(names)); choose one with --stage"), file: session)
    }

    /// As `larmor calibrate` takes them: the raw scores, and the calibrated ones where there is a certificate.
    var csv: String {
        let isCertified = cues.allSatisfy { $0.words.allSatisfy { $0.confidence != nil } }
        var text = "utterance,x,y\(isCertified ? ",confidence" : "")\n"
        for cue in cues {
            for word in cue.words {
                text += "cue\(cue.cue),\(word.score),\(word.isRight ? 1 : 0)"
                text += isCertified ? word.confidence.map { ",\($0)\n" } ?? "\n" : "\n"
            }
        }
        return text
    }
}
