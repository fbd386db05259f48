import FilmKernels

/// The vector instructions with which a film is stepped.
///
/// AVX2 and AVX-512 give the same bits; the baseline has no fused products and differs by rounding.
public enum InstructionSet: Int32, Sendable, CaseIterable, Comparable {
    /// What every processor of this architecture has.
    case baseline = 0
    /// AVX2 with FMA.
    case avx2 = 1
    /// AVX-512 F.
    case avx512 = 2

    /// The best one of this machine.
    public static let best = InstructionSet(rawValue: larmor_best_instruction_set()) ?? .baseline

    /// Those that run here.
    public static var available: [InstructionSet] { allCases.filter { $0 <= best } }

    public static func < (left: InstructionSet, right: InstructionSet) -> Bool {
        left.rawValue < right.rawValue
    }
}
