public import Plots

/// Pictures of a tuning.
public enum TuningPictures {
    /// Errors of trials and of the returns to the reference, in the order of the windows.
    public static func course(_ outcome: TuningOutcome) -> LinePlot {
        let trials = outcome.trials
        var (least, best) = (Double.infinity, [Double]())
        for trial in trials {
            least = min(least, trial.window.error)
            best.append(least)
        }
        return LinePlot(
            title: "\(outcome.plan.rig): \(outcome.plan.settings.teams)", xLabel: "window", yLabel: "NMSE, mean over films",
            curves: [
                .init("trial", x: trials.map { Double($0.number) }, y: trials.map(\.window.error)),
                .init("best so far", x: trials.map { Double($0.number) }, y: best),
                .init("reference", x: outcome.references.map { Double($0.number) }, y: outcome.references.map(\.error)),
            ])
    }
}
