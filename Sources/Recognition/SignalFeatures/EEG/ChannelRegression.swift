import LinearAlgebra

/// How much of each EOG and EMG channel stands in each EEG channel: coefficients α of ordinary least squares on filtered training data,
/// corrected = EEG − Σ α · auxiliary. They stay as they are in a live run.
///
/// - Source: G. Gratton, M. Coles, E. Donchin, Electroenceph. Clin. Neurophysiol. 55 (1983) 468; G. Krishna et al., US 2023/0139394, eq. 1.
public struct ChannelRegression: Sendable {
    private let auxiliary: [Int]
    private let others: [Int]
    private var filter: EEGSampleFilter
    private var gram: Matrix<Double>
    private var products: Matrix<Double>

    public init(_ specification: EEGFrontEndSpecification) {
        (auxiliary, others) = (specification.auxiliary, specification.featureChannels)
        filter = EEGSampleFilter(specification)
        gram = Matrix(rows: auxiliary.count, columns: auxiliary.count)
        products = Matrix(rows: auxiliary.count, columns: others.count)
    }

    /// Takes the next sample of a recording.
    /// - Parameters:
    ///   - values: volt, one for each channel.
    ///   - isLearntFrom: whether it is training data; others only move the filters on.
    public mutating func take(_ values: UnsafeBufferPointer<Float>, isLearntFrom: Bool) {
        filter.take(values)
        guard isLearntFrom, filter.flags.allSatisfy(\.isEmpty) else { return }
        for (i, a) in auxiliary.enumerated() {
            for (j, b) in auxiliary.enumerated() { gram[i, j] += filter.row[a] * filter.row[b] }
            for (j, b) in others.enumerated() { products[i, j] += filter.row[a] * filter.row[b] }
        }
    }

    /// The next sample does not follow the last one.
    public mutating func restart() { filter.restart() }

    /// Shape `[auxiliary, feature channels]`; zeros for an auxiliary channel that never moves.
    /// - Throws: `LinearAlgebraError`.
    public func coefficients() throws -> [Double] {
        guard !auxiliary.isEmpty, !others.isEmpty else { return [] }
        var gram = gram
        // Equal channels share what they explain.
        let trace = auxiliary.indices.reduce(0) { $0 + gram[$1, $1] } / Double(auxiliary.count)
        for i in auxiliary.indices { gram[i, i] += max(1e-12 * trace, 1e-30) }
        return try gram.choleskySolve(products).values
    }
}
