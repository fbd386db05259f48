public import LinearAlgebra

/// A linear readout that learns with every sample, for a rig that drifts: it minimises, at every time t,
///
///     Σ_s f^(t−s) ‖y_s − Wᵀ x_s − b‖² + δ f^(t−1) ‖W‖²,   s = 1 … t        (the intercept b is not penalised)
///
/// With the forgetting factor f = 1 that is ridge regression with λ = δ. The intercept comes from running means, and the recursion works
/// on deviations from them.
///
/// The covariance P = U D Uᵀ is kept as its factors, so that it stays symmetric and positive whatever rounding does. Where the input does
/// not excite a direction, forgetting would let P grow without bound. Each column's part of the trace of P is therefore held at `bound`
/// times that of the start: there the penalty fades to δ / bound and no further, while all other directions go on forgetting.
///
/// Memory O(nodes²), time O(nodes²) per sample; ``update(state:target:)`` and ``predict(_:into:)`` allocate nothing.
///
/// - Source: G. J. Bierman, "Factorization Methods for Discrete Sequential Estimation", Academic Press 1977, section V.3; forgetting as in
///   S. Haykin, "Adaptive Filter Theory", chapter 10; weighted means as in D. H. D. West, Commun. ACM 22 (1979) 532.
public final class RecursiveLeastSquares {
    public let nodes: Int
    public let outputs: Int
    /// In (0, 1].
    public let forgetting: Double
    /// The penalty at the start, δ.
    public let ridge: Double
    /// How many times its trace at the start P may reach.
    public let bound: Double
    /// Samples that were learned from.
    public private(set) var samples = 0
    /// Samples with values that are not finite; they change nothing else.
    public private(set) var rejected = 0

    /// Σ f^(t−s): how many samples are remembered.
    private var weight = 0.0
    /// Columns of U above the diagonal, one behind the other: column j has j values from j (j − 1) / 2 on.
    private let upper: UnsafeMutablePointer<Double>
    private let diagonal: UnsafeMutablePointer<Double>
    /// Shape `[outputs, nodes]`.
    private let coefficients: UnsafeMutablePointer<Double>
    private let stateMeans: UnsafeMutablePointer<Double>
    private let targetMeans: UnsafeMutablePointer<Double>
    private let deviation: UnsafeMutablePointer<Double>
    private let gain: UnsafeMutablePointer<Double>

    /// - Parameters:
    ///   - nodes: at least 1.
    ///   - outputs: at least 1.
    ///   - ridge: δ, above 0; P starts as 1 / δ.
    ///   - forgetting: in (0, 1]; 1 forgets nothing. It remembers about 1 / (1 − f) samples.
    ///   - bound: at least 1.
    /// - Throws: ``ReadoutError/setting(name:expected:found:)``.
    public init(
        nodes: Int, outputs: Int, ridge: Double, forgetting: Double = 1, bound: Double = 1000
    ) throws(ReadoutError) {
        guard nodes > 0 else { throw .setting(name: "nodes", expected: "1 or more", found: Double(nodes)) }
        guard outputs > 0 else { throw .setting(name: "outputs", expected: "1 or more", found: Double(outputs)) }
        guard ridge > 0, ridge.isFinite, (1 / ridge).isFinite else {
            throw .setting(name: "ridge", expected: "a number above 0", found: ridge)
        }
        guard forgetting > 0, forgetting <= 1 else {
            throw .setting(name: "forgetting", expected: "a number above 0, at most 1", found: forgetting)
        }
        guard bound >= 1, (bound * Double(nodes) / ridge).isFinite else {
            throw .setting(name: "bound", expected: "a finite number of 1 or more", found: bound)
        }
        (self.nodes, self.outputs, self.ridge, self.forgetting, self.bound) = (nodes, outputs, ridge, forgetting, bound)
        func zeros(_ count: Int) -> UnsafeMutablePointer<Double> {
            let memory = UnsafeMutablePointer<Double>.allocate(capacity: max(1, count))
            memory.initialize(repeating: 0, count: max(1, count))
            return memory
        }
        upper = zeros(nodes * (nodes - 1) / 2)
        diagonal = zeros(nodes)
        coefficients = zeros(outputs * nodes)
        stateMeans = zeros(nodes)
        targetMeans = zeros(outputs)
        deviation = zeros(nodes)
        gain = zeros(nodes)
        for node in 0..<nodes { diagonal[node] = 1 / ridge }
    }

    deinit {
        for memory in [upper, diagonal, coefficients, stateMeans, targetMeans, deviation, gain] {
            memory.deallocate()
        }
    }

    /// Learns from one sample.
    /// - Parameters:
    ///   - state: `nodes` values.
    ///   - target: `outputs` values.
    /// - Returns: whether it did; false when a value is not finite or too large to square. Then nothing changes but ``rejected``.
    /// - Precondition: the counts are right.
    @discardableResult
    public func update(state: UnsafeBufferPointer<Double>, target: UnsafeBufferPointer<Double>) -> Bool {
        precondition(state.count == nodes && target.count == outputs, "a sample has a value per node and per output")
        var (size, length) = (0.0, 0.0)
        for node in 0..<nodes {
            size += state[node] * state[node]
            deviation[node] = state[node] - stateMeans[node]
            length += deviation[node] * deviation[node]
        }
        for output in 0..<outputs { size += target[output] * target[output] }
        guard size.isFinite, (length * bound * Double(nodes) / ridge).isFinite else {
            rejected += 1
            return false
        }
        samples += 1
        let before = weight
        weight = forgetting * before + 1
        if before > 0 {
            // The scatter about the mean grows by (f · before / weight) d dᵀ.
            let innovation = updateCovariance(noise: weight / before)
            for output in 0..<outputs {
                let row = coefficients + output * nodes
                let error = (target[output] - targetMeans[output] - Self.dot(row, deviation, nodes)) / innovation
                for node in 0..<nodes { row[node] += gain[node] * error }
            }
        }
        for node in 0..<nodes { stateMeans[node] += deviation[node] / weight }
        for output in 0..<outputs { targetMeans[output] += (target[output] - targetMeans[output]) / weight }
        return true
    }

    /// Learns from one sample; see ``update(state:target:)``.
    /// - Throws: ``ReadoutError`` for counts that do not fit and for values that are not finite.
    public func update(state: [Double], target: [Double]) throws(ReadoutError) {
        guard state.count == nodes else { throw .shape(what: "nodes", expected: nodes, found: state.count) }
        guard target.count == outputs else { throw .shape(what: "outputs", expected: outputs, found: target.count) }
        guard state.withUnsafeBufferPointer({ state in target.withUnsafeBufferPointer { update(state: state, target: $0) } })
        else {
            let column = state.firstIndex { !($0 * $0).isFinite }
            throw .notFinite(
                what: column == nil ? "target" : "state", row: samples,
                column: column ?? target.firstIndex { !($0 * $0).isFinite } ?? 0)
        }
    }

    /// Outputs for a state.
    /// - Parameters:
    ///   - state: `nodes` values.
    ///   - output: `outputs` values, overwritten.
    public func predict(_ state: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
        precondition(state.count == nodes && output.count == outputs, "a sample has a value per node and per output")
        for k in 0..<outputs {
            var sum = targetMeans[k]
            let row = coefficients + k * nodes
            for node in 0..<nodes { sum += row[node] * (state[node] - stateMeans[node]) }
            output[k] = sum
        }
    }

    /// Weights and intercept as they are now.
    public var readout: LinearReadout {
        var weights = Matrix<Double>(rows: nodes, columns: outputs)
        for node in 0..<nodes { for k in 0..<outputs { weights[node, k] = coefficients[k * nodes + node] } }
        let intercept = (0..<outputs).map { targetMeans[$0] - Self.dot(coefficients + $0 * nodes, stateMeans, nodes) }
        return LinearReadout(weights: weights, intercept: intercept, lambda: ridge)
    }

    /// P, the inverse of the penalised scatter matrix; symmetric, shape `[nodes, nodes]`.
    public var covariance: Matrix<Double> {
        var result = Matrix<Double>(rows: nodes, columns: nodes)
        func factor(_ row: Int, _ column: Int) -> Double {
            row == column ? 1 : row < column ? upper[column * (column - 1) / 2 + row] : 0
        }
        for i in 0..<nodes {
            for j in 0...i {
                let value = (i..<nodes).reduce(0) { $0 + factor(i, $1) * diagonal[$1] * factor(j, $1) }
                (result[i, j], result[j, i]) = (value, value)
            }
        }
        return result
    }

    /// P becomes (P − P d dᵀ P / s) / f with s = noise + dᵀ P d; `gain` becomes P d of before.
    ///
    /// Bierman's update, column by column: every quotient is of positive numbers.
    /// - Returns: s.
    private func updateCovariance(noise: Double) -> Double {
        let limit = bound / ridge
        var sum = noise
        for j in 0..<nodes {
            let column = upper + j * (j - 1) / 2
            let projection = deviation[j] + Self.dot(column, deviation, j)
            let part = diagonal[j] * projection
            let next = sum + projection * part
            let squares = 1 + Self.advance(column, gain, j, slope: -projection / sum, part: part)
            gain[j] = part
            diagonal[j] = min(diagonal[j] * (sum / next) / forgetting, limit / squares)
            sum = next
        }
        return sum
    }

    /// Column and gain of Bierman's update: c becomes c + slope · g, and g becomes g + part · c of before.
    /// - Returns: Σ c² of after.
    private static func advance(
        _ column: UnsafeMutablePointer<Double>, _ gain: UnsafeMutablePointer<Double>, _ count: Int, slope: Double, part: Double
    ) -> Double {
        var sums = SIMD8<Double>()
        let whole = count & ~7
        var i = 0
        while i < whole {
            let (c, g) = (UnsafeMutableRawPointer(column + i), UnsafeMutableRawPointer(gain + i))
            let (old, before) = (c.loadUnaligned(as: SIMD8<Double>.self), g.loadUnaligned(as: SIMD8<Double>.self))
            let new = old + slope * before
            c.storeBytes(of: new, as: SIMD8<Double>.self)
            g.storeBytes(of: before + part * old, as: SIMD8<Double>.self)
            sums += new * new
            i += 8
        }
        var rest = 0.0
        while i < count {
            let old = column[i]
            column[i] = old + slope * gain[i]
            gain[i] += part * old
            rest += column[i] * column[i]
            i += 1
        }
        return sums.sum() + rest
    }

    /// In eight partial sums, so that it can be computed with vectors and gives the same bits everywhere.
    private static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
        var sums = SIMD8<Double>()
        let whole = count & ~7
        var i = 0
        while i < whole {
            let x = UnsafeRawPointer(a + i).loadUnaligned(as: SIMD8<Double>.self)
            let y = UnsafeRawPointer(b + i).loadUnaligned(as: SIMD8<Double>.self)
            sums += x * y
            i += 8
        }
        var rest = 0.0
        while i < count {
            rest += a[i] * b[i]
            i += 1
        }
        return sums.sum() + rest
    }
}
