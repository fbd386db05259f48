import LinearAlgebra

/// A ridge regression whose rows come block by block: the first ones are fitted for every λ, the others choose among those fits, and then all
/// are fitted. No rows are kept.
struct PredictionFit {
    private var sums: ReadoutSums
    /// Rows that λ is not chosen on.
    private let learned: Int
    /// A readout for each λ; nil until the first row that they are compared on.
    private var candidates: [LinearReadout]?
    private var errors = [RunningError](repeating: RunningError(), count: PredictionTraining.lambdas.count)

    init(columns: Int, learned: Int, isExact: Bool) {
        sums = ReadoutSums(nodes: columns, outputs: 1, isExact: isExact)
        self.learned = learned
    }

    /// - Throws: ``ReadoutError``; what the linear algebra throws.
    mutating func add(_ rows: Matrix<Double>, _ targets: [Double]) throws {
        let own = max(0, min(rows.rows, learned - sums.samples))
        try add(rows, targets, 0..<own)
        guard own < rows.rows else { return }
        let candidates = try candidates ?? sums.path(lambdas: PredictionTraining.lambdas.map { $0 * Double(learned) }).readouts
        self.candidates = candidates
        let held = rows.rows(own..<rows.rows)
        for (index, readout) in candidates.enumerated() {
            let predictions = try readout.predict(held)
            for row in 0..<held.rows { errors[index].add(target: targets[own + row], prediction: predictions[row, 0]) }
        }
        try add(rows, targets, own..<rows.rows)
    }

    private mutating func add(_ rows: Matrix<Double>, _ targets: [Double], _ range: Range<Int>) throws(ReadoutError) {
        try sums.add(
            states: rows.rows(range), targets: Matrix(rows: range.count, columns: 1, values: Array(targets[range])))
    }

    /// - Returns: λ as a multiple of the rows, its error on those that chose it, and the readout that all rows give with it.
    /// - Throws: ``ReadoutError`` where no λ has an error, as when the targets do not move; what the linear algebra throws.
    func choose() throws -> (lambda: Double, error: Double, readout: LinearReadout) {
        if errors.allSatisfy(\.isConstant) { throw ReadoutError.constantTargets(output: 0) }
        let values = errors.map { $0.nrmse ?? .infinity }
        guard let best = values.indices.min(by: { values[$0] < values[$1] }), values[best] < .infinity else {
            throw ReadoutError.nothingToChoose(method: "validation")
        }
        let lambda = PredictionTraining.lambdas[best]
        return (lambda, values[best], try sums.path(lambdas: [lambda * Double(sums.samples)]).readouts[0])
    }
}
