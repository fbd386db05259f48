public import LinearAlgebra

/// How answers of a task are judged; smaller is better.
public enum TaskMeasure: Sendable, Equatable {
    /// Normalised mean squared error: mean((y − ŷ)²) / var(y), the variance over n − 1; the mean over outputs.
    case nmse
    /// Share of steps whose answer is nearest to another symbol than the right one.
    case symbolErrors([Double])

    /// "NMSE", for reports.
    public var label: String {
        switch self {
        case .nmse: "NMSE"
        case .symbolErrors: "symbol error rate"
        }
    }

    /// - Parameters:
    ///   - targets: shape `[steps, outputs]`.
    ///   - answers: of the same shape.
    /// - Returns: nil where all targets of an output are equal, so that it has no variance.
    public func error(targets: Matrix<Double>, answers: Matrix<Double>) -> Double? {
        precondition(
            targets.rows == answers.rows && targets.columns == answers.columns, "an answer for each target")
        guard targets.rows > 1 else { return nil }
        switch self {
        case .nmse:
            var sum = 0.0
            for output in 0..<targets.columns {
                func column(_ matrix: Matrix<Double>) -> [Double] { (0..<matrix.rows).map { matrix[$0, output] } }
                let target = column(targets)
                guard target.contains(where: { $0 != target[0] }) else { return nil }
                sum += TaskError.nmse(target, column(answers))
            }
            return sum / Double(targets.columns)
        case .symbolErrors(let symbols):
            return TaskError.symbolErrorRate(targets.values, answers.values, symbols: symbols)
        }
    }
}
