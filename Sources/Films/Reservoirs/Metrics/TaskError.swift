/// Errors of a prediction of a series. `target` and `prediction` have the same number of values, two at least where a variance is needed.
public enum TaskError {
    /// By what a root mean squared error is divided.
    public enum Norm: Sendable, Equatable, CaseIterable {
        /// √var, the variance with n: the usual NRMSE, and the study's.
        case deviation
        /// The variance itself, with n: ReservoirPy's `norm="var"`.
        case variance
        /// Largest − smallest: ReservoirPy's default, `norm="minmax"`.
        case range
        /// ReservoirPy's `norm="mean"`.
        case mean
        /// Third − first quartile: ReservoirPy's `norm="q1q3"`.
        case quartiles
    }

    /// Mean of (y − p)².
    public static func mse(_ target: [Double], _ prediction: [Double]) -> Double {
        precondition(target.count == prediction.count && !target.isEmpty, "one prediction for each value")
        return zip(target, prediction).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(target.count)
    }

    /// mean((y − p)²) / var(y), the variance with n − 1: the study's NMSE. Not a number for a constant target.
    ///
    /// - Source: MaterialMan/Spinspired, calculateError.m.
    public static func nmse(_ target: [Double], _ prediction: [Double]) -> Double {
        let sum = variance(target) * Double(target.count)
        return mse(target, prediction) / (sum / Double(target.count - 1))
    }

    /// √mean((y − p)²), divided by a size of the target.
    ///
    /// - Source: MaterialMan/Spinspired, calculateError.m; ReservoirPy 0.4.2, `observables.nrmse`.
    public static func nrmse(_ target: [Double], _ prediction: [Double], norm: Norm = .deviation) -> Double {
        let error = mse(target, prediction).squareRoot()
        switch norm {
        case .deviation: return error / variance(target).squareRoot()
        case .variance: return error / variance(target)
        case .range: return error / ((target.max() ?? 0) - (target.min() ?? 0))
        case .mean: return error / (target.reduce(0, +) / Double(target.count))
        case .quartiles: return error / (MemoryCapacity.quantile(target, 0.75) - MemoryCapacity.quantile(target, 0.25))
        }
    }

    /// The share of values for which the symbol nearest to the prediction is not the one nearest to the target.
    ///
    /// - Parameter symbols: of a channel, as −3, −1, 1, 3.
    public static func symbolErrorRate(_ target: [Double], _ prediction: [Double], symbols: [Double]) -> Double {
        precondition(
            target.count == prediction.count && !target.isEmpty && !symbols.isEmpty, "predictions, targets and symbols")
        func nearest(_ value: Double) -> Int {
            symbols.indices.min { abs(symbols[$0] - value) < abs(symbols[$1] - value) } ?? 0
        }
        let wrong = zip(target, prediction).count { nearest($0) != nearest($1) }
        return Double(wrong) / Double(target.count)
    }

    /// With n.
    private static func variance(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    }
}
