public import LinearAlgebra

/// Either accumulator behind one type, where a user chooses: ``GramAccumulator`` for speed, ``QRAccumulator`` for states that are nearly
/// dependent of each other.
public enum ReadoutSums: ReadoutAccumulator, Equatable {
    case gram(GramAccumulator)
    case exact(QRAccumulator)

    /// Of no rows.
    /// - Parameters:
    ///   - nodes: at least 1.
    ///   - outputs: at least 1.
    ///   - isExact: whether the states are never squared.
    public init(nodes: Int, outputs: Int, isExact: Bool = false) {
        self =
            isExact
            ? .exact(QRAccumulator(nodes: nodes, outputs: outputs)) : .gram(GramAccumulator(nodes: nodes, outputs: outputs))
    }

    private var accumulator: any ReadoutAccumulator {
        switch self {
        case .gram(let sums): sums
        case .exact(let factor): factor
        }
    }

    public var nodes: Int { accumulator.nodes }
    public var outputs: Int { accumulator.outputs }
    public var samples: Int { accumulator.samples }

    public mutating func add(states: Matrix<Double>, targets: Matrix<Double>) throws(ReadoutError) {
        switch self {
        case .gram(var sums):
            // One owner at a time: the sums are not copied.
            self = Self.standIn
            defer { self = .gram(sums) }
            try sums.add(states: states, targets: targets)
        case .exact(var factor):
            self = Self.standIn
            defer { self = .exact(factor) }
            try factor.add(states: states, targets: targets)
        }
    }

    /// - Precondition: both are of the same kind.
    public mutating func merge(_ other: ReadoutSums) throws(ReadoutError) {
        switch (self, other) {
        case (.gram(var sums), .gram(let others)):
            try sums.merge(others)
            self = .gram(sums)
        case (.exact(var factor), .exact(let others)):
            try factor.merge(others)
            self = .exact(factor)
        default: preconditionFailure("sums and factors do not add up")
        }
    }

    public func path(lambdas: [Double]) throws -> RidgePath { try accumulator.path(lambdas: lambdas) }

    /// Is there while the real one is at work.
    private static var standIn: ReadoutSums { .exact(QRAccumulator(nodes: 1, outputs: 1)) }

    /// The sums of all of these together.
    /// - Precondition: there is one at least, and all are of the same kind.
    static func together(_ parts: some Collection<ReadoutSums>) throws(ReadoutError) -> ReadoutSums {
        guard var all = parts.first else { preconditionFailure("sums of nothing") }
        for part in parts.dropFirst() { try all.merge(part) }
        return all
    }
}
