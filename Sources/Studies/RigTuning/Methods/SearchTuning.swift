import Reservoirs

/// A search of reservoirs' kind, over the knobs.
struct SearchTuning: TuningMethod {
    private var strategy: any SearchStrategy
    private let genes: KnobGenes

    init(_ strategy: any SearchStrategy, _ genes: KnobGenes) { (self.strategy, self.genes) = (strategy, genes) }

    mutating func propose() -> [Double] { genes.values(strategy.propose().genes) }
    mutating func learn(_ lesson: TrialLesson) { strategy.learn(error: -lesson.score, behaviour: []) }
}

/// One knob after the other, up and down from the best setting so far; a knob for which neither helps gets half the step.
struct CoordinateDescent: SearchStrategy {
    private var best: [Double]
    private var steps: [Double]
    private var error: Double
    private var knob = 0
    private var sign = 1.0
    private var hasFailed = false
    private var open: [Double] = []

    /// - Parameters:
    ///   - start: genes.
    ///   - error: at the start.
    init(start: [Double], error: Double = 0) {
        (best, self.error) = (start, error)
        steps = [Double](repeating: 0.25, count: start.count)
    }

    mutating func propose() -> SearchProposal {
        // A step that leads nowhere is not asked for.
        for _ in 0..<2 * best.count {
            open = best
            open[knob] = min(1, max(0, best[knob] + sign * steps[knob]))
            if open != best { break }
            turn()
        }
        return SearchProposal(open)
    }

    @discardableResult
    mutating func learn(error found: Double, behaviour: [Double]) -> SearchLesson {
        if found < error {
            (best, error, hasFailed) = (open, found, false)
        } else {
            turn()
        }
        return SearchLesson()
    }

    private mutating func turn() {
        sign = -sign
        if hasFailed {
            steps[knob] /= 2
            knob = (knob + 1) % best.count
        }
        hasFailed.toggle()
    }
}
