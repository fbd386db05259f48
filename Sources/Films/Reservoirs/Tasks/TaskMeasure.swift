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
            let errors = (0..<targets.columns).map { Self.nmse(targets, answers, output: $0) }
            guard !errors.contains(nil) else { return nil }
            return errors.compactMap(\.self).reduce(0, +) / Double(errors.count)
        case .symbolErrors(let symbols):
            let wrong = targets.values.indices.count {
                Self.nearest(symbols, targets.values[$0]) != Self.nearest(symbols, answers.values[$0])
            }
            return Double(wrong) / Double(targets.values.count)
        }
    }

    private static func nmse(_ targets: Matrix<Double>, _ answers: Matrix<Double>, output: Int) -> Double? {
        let n = targets.rows
        let mean = (0..<n).reduce(0) { $0 + targets[$1, output] } / Double(n)
        var (squares, variance) = (0.0, 0.0)
        for step in 0..<n {
            let (difference, spread) = (targets[step, output] - answers[step, output], targets[step, output] - mean)
            squares += difference * difference
            variance += spread * spread
        }
        return variance > 0 ? squares / Double(n) / (variance / Double(n - 1)) : nil
    }

    private static func nearest(_ symbols: [Double], _ value: Double) -> Int? {
        symbols.indices.min { abs(symbols[$0] - value) < abs(symbols[$1] - value) }
    }
}
