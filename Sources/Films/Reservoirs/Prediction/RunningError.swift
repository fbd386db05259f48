/// The error of predictions as they come: √(mean (y − p)² / variance of y), the NRMSE, in memory O(1).
///
/// - Source of the variance: B. P. Welford, Technometrics 4 (1962) 419.
public struct RunningError: Sendable, Equatable {
    /// Pairs of target and prediction.
    public private(set) var count: UInt64 = 0
    private var mean = 0.0
    /// Σ (y − mean)².
    private var scatter = 0.0
    /// Σ (y − p)².
    private var squares = 0.0

    public init() {}

    /// Takes one pair of finite numbers.
    public mutating func add(target: Double, prediction: Double) {
        count += 1
        let difference = target - mean
        mean += difference / Double(count)
        scatter += difference * (target - mean)
        squares += (target - prediction) * (target - prediction)
    }

    /// Whether the targets did not move.
    var isConstant: Bool { scatter == 0 }

    /// nil where all targets were equal, and where there was none.
    public var nrmse: Double? {
        guard scatter > 0 else { return nil }
        let error = (squares / scatter).squareRoot()
        return error.isFinite ? error : nil
    }
}
