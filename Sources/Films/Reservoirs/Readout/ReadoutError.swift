public import Failures

/// Why a readout cannot be fitted to what was given.
public enum ReadoutError: Failure, Equatable {
    /// Numbers of rows, nodes or outputs that do not go together: what does not fit, how much was expected, how much there is.
    case shape(what: String, expected: Int, found: Int)
    /// A state or a target is NaN or infinite, or so large that sums of squares overflow; row and column from 0.
    case notFinite(what: String, row: Int, column: Int)
    case tooFewSamples(found: Int, needed: Int)
    /// An output's targets are all alike, so that an error relative to their variance has no meaning.
    case constantTargets(output: Int)
    /// A ridge parameter that is negative or not finite, or none at all.
    case lambda(Double?)
    /// No λ of the grid has an error that is a number.
    case nothingToChoose(method: String)
    /// A setting outside its range.
    case setting(name: String, expected: String, found: Double)

    public var kind: FailureKind { .badInput }

    public var description: String {
        switch self {
        case .shape(let what, let expected, let found): "readout: expected \(expected) \(what), found \(found)"
        case .notFinite(let what, let row, let column):
            "readout: \(what), row \(row), column \(column): expected a finite number whose square is finite, too; "
                + "leave the row out, or look for what went wrong where it was measured"
        case .tooFewSamples(let found, let needed):
            "readout: expected at least \(needed) samples, found \(found); drive the reservoir for longer, or drop less at the begin"
        case .constantTargets(let output):
            "readout: the targets of output \(output) are all alike, so a normalised error has no meaning; "
                + "take other targets, or another measure"
        case .lambda(nil): "readout: expected at least one ridge parameter, found none"
        case .lambda(let value?): "readout: expected ridge parameters of 0 or more, found \(value)"
        case .nothingToChoose(let method):
            "readout: \(method) has no finite error for any ridge parameter; take more samples or larger parameters"
        case .setting(let name, let expected, let found): "readout: \(name): expected \(expected), found \(found)"
        }
    }
}
