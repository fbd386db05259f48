import Foundation
import Sweeps

/// What is said of a sweep while it runs.
enum SweepWords {
    static func progress(_ progress: SweepProgress, _ sweep: SweepDescription) -> String {
        var text = "\(progress.counts.ended) of \(Console.count(progress.counts.all, "point"))"
        if progress.counts.failed > 0 { text += ", \(progress.counts.failed) failed" }
        if let objective = sweep.objective, let best = progress.best, let value = best.value {
            text += ", best \(objective.path) \(number(value)) (point \(best.point.number))"
        }
        if let note = progress.note { text += ", \(note)" }
        return text
    }

    /// To six digits, without zeros at the end.
    static func number(_ value: Double) -> String { "\(SweepValue(Double(String(format: "%.6g", value)) ?? value))" }
}
