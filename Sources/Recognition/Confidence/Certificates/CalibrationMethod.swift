/// The ways to fit a map from scores to probabilities.
public enum CalibrationMethod: String, Sendable, CaseIterable {
    /// The LLO map with the largest likelihood.
    case llo
    /// The boldest LLO map that still passes for calibrated at a level.
    case boldness
    case temperature
    case platt
    case beta
    case isotonic

    /// Fits the map on a set.
    /// - Parameters:
    ///   - set: to fit to.
    ///   - level: of ``boldness`` alone.
    ///   - prior: probability of calibration before the data, of ``boldness`` alone.
    public func fitted(to set: ScoreSet, level: Double = 0.95, prior: Double = 0.5) throws(ConfidenceError) -> CalibrationMap {
        switch self {
        case .llo: .llo(try LogOddsFit(set).map)
        case .boldness: .llo(try BoldnessRecalibration(set, level: level, prior: prior).map)
        case .temperature: try .temperature(fittedTo: set)
        case .platt: try .platt(fittedTo: set)
        case .beta: try .beta(fittedTo: set)
        case .isotonic: .isotonic(fittedTo: set)
        }
    }
}
