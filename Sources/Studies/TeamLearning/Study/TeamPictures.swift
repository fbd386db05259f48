public import Plots

/// Pictures of a study's outcomes.
public enum TeamPictures {
    /// Reward over team size, with the ends of its interval, and the random agents' as a line.
    ///
    /// - Parameter random: mean reward of agents that do anything, where it is known.
    public static func bySize(_ outcomes: [TeamStudy.Outcome], game: String, random: Double? = nil) -> LinePlot {
        let known = outcomes.compactMap { outcome in outcome.partition.size.map { (Double($0), outcome) } }
            .sorted { $0.0 < $1.0 }
        let sizes = known.map(\.0)
        var curves = [
            LinePlot.Curve("reward", x: sizes, y: known.map(\.1.reward.mean)),
            LinePlot.Curve("95 % low", x: sizes, y: known.map(\.1.reward.low)),
            LinePlot.Curve("95 % high", x: sizes, y: known.map(\.1.reward.high)),
            LinePlot.Curve("entropy, nats", x: sizes, y: known.map(\.1.policyEntropy.mean)),
        ]
        if let random, let first = sizes.first, let last = sizes.last {
            curves.append(LinePlot.Curve("random agents", x: [first, last], y: [random, random]))
        }
        return LinePlot(
            title: "\(game): reward by team size", xLabel: "agents in a team", yLabel: "reward of an agent and step",
            curves: curves)
    }

    /// Reward in the course of the training: the mean over seeds, one curve for each kind of teams.
    public static func course(_ outcomes: [TeamStudy.Outcome], game: String, steps: Int) -> LinePlot {
        let curves = outcomes.map { outcome in
            let count = outcome.courses.map(\.count).min() ?? 0
            let means = (0..<count).map { place in
                outcome.courses.reduce(0) { $0 + $1[place] } / Double(outcome.courses.count)
            }
            let x = (0..<count).map { (Double($0) + 0.5) * Double(steps) / Double(max(1, count)) }
            return LinePlot.Curve(outcome.label, x: x, y: means)
        }
        return LinePlot(
            title: "\(game): learning", xLabel: "step", yLabel: "reward of an agent and step", curves: curves)
    }
}
