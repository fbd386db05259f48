import Confidence
import LiveGraph

/// Counts what was to be done about words, by stage.
struct ActionCounts {
    private(set) var stages: [RunReport.StageActions] = []
    /// Sums of 1 − confidence over the words to act on, in the order of ``stages``.
    private var promised: [Double] = []

    mutating func take(_ decision: Decision) {
        let event: String
        switch decision.content {
        case .word: event = "word"
        case .filmWord: event = "film_word"
        case .calibration(let posterior, _, _, let isAlarm):
            if let place = stages.firstIndex(where: { $0.stage == decision.stage }) {
                (stages[place].posterior, stages[place].alarm) = (posterior, isAlarm)
            }
            return
        default: return
        }
        guard let judgement = decision.judgement else { return }
        let known = stages.firstIndex { $0.stage == decision.stage && $0.event == event }
        let place = known ?? stages.count
        if known == nil {
            stages.append(RunReport.StageActions(stage: decision.stage, event: event))
            promised.append(0)
        }
        switch judgement.action {
        case .act:
            stages[place].act += 1
            promised[place] += 1 - judgement.confidence
            stages[place].promisedFalseRate = promised[place] / Double(stages[place].act)
        case .confirm: stages[place].confirm += 1
        case .ignore: stages[place].ignore += 1
        }
    }
}
