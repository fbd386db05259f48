public import LinearAlgebra

/// A reservoir without a network: delayed inputs and all monomials of them (nonlinear vector autoregression).
///
/// A state holds, in this order: 1 if asked for; the linear part u(t), u(t − s), …, u(t − (k − 1) s), each with all inputs; for each order all
/// monomials of that order of the linear part, factors in rising order (combinations with repetition). Inputs before the first are 0.
///
/// - Source: D. J. Gauthier, E. Bollt, A. Griffith, W. A. S. Barbosa, Nat. Commun. 12 (2021) 5564, equations 5 and 6.
public final class NextGenerationReservoir: Reservoir {
    public let inputs: Int
    public let nodes: Int
    /// k: how many inputs, the newest included.
    public let delays: Int
    /// s: steps from one to the next.
    public let spacing: Int
    /// Of the monomials.
    public let orders: [Int]
    public let hasConstant: Bool

    /// Factors of all monomials, one order behind the other.
    private let factors: [Int32]
    /// The last (delays − 1) · spacing + 1 inputs, in a ring.
    private var history: [Double]
    private var newest = 0

    /// - Parameters:
    ///   - inputs: at least 1.
    ///   - delays: k, at least 1.
    ///   - spacing: s, at least 1.
    ///   - orders: of the monomials, each 2 to 8, each once; none: only the linear part.
    ///   - hasConstant: whether a state begins with 1.
    /// - Throws: ``NetworkError``, also when a state would have more than a million values.
    public init(
        inputs: Int, delays: Int, spacing: Int = 1, orders: [Int] = [2], hasConstant: Bool = false
    ) throws(NetworkError) {
        for (name, value, limit) in [("inputs", inputs, 100_000), ("delays", delays, 100_000), ("spacing", spacing, 1_000_000)]
        {
            guard (1...limit).contains(value) else {
                throw .setting(name: name, expected: "1 to \(limit)", found: Double(value))
            }
        }
        for (place, order) in orders.enumerated() {
            guard (2...8).contains(order), !orders[..<place].contains(order) else {
                throw .setting(name: "order of monomials", expected: "2 to 8, each once", found: Double(order))
            }
        }
        let linear = inputs * delays
        var nodes = Double(linear) + (hasConstant ? 1 : 0)
        for order in orders { nodes += Self.monomials(of: order, linear) }
        guard nodes <= 1_000_000 else {
            throw .setting(name: "values of a state", expected: "at most 1000000", found: nodes)
        }
        guard inputs * ((delays - 1) * spacing + 1) <= 100_000_000 else {
            throw .setting(
                name: "remembered inputs", expected: "at most 100000000",
                found: Double(inputs) * Double((delays - 1) * spacing + 1))
        }
        (self.inputs, self.delays, self.spacing) = (inputs, delays, spacing)
        (self.orders, self.hasConstant, self.nodes) = (orders, hasConstant, Int(nodes))
        history = [Double](repeating: 0, count: inputs * ((delays - 1) * spacing + 1))
        factors = orders.flatMap { Self.combinations(of: $0, linear) }
    }

    public var description: String {
        "next-generation reservoir of \(inputs) inputs, \(delays) delays \(spacing) apart, orders \(orders)"
    }

    /// Forgets all inputs. It has no noise: the seed changes nothing.
    public func reset(seed: UInt64) {
        for place in history.indices { history[place] = 0 }
        newest = 0
    }

    /// Drives it; goes on from the inputs that it remembers.
    /// - Parameter inputs: shape `[steps, inputs]`.
    /// - Returns: shape `[steps, nodes]`.
    /// - Throws: ``NetworkError`` when an input is missing or not finite; then it is as before.
    public func states(_ inputs: Matrix<Double>) throws(NetworkError) -> Matrix<Double> {
        guard inputs.columns == self.inputs else {
            throw .shape(what: "inputs per step", expected: self.inputs, found: inputs.columns)
        }
        if let wrong = inputs.values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(step: wrong / self.inputs, input: wrong % self.inputs)
        }
        var result = Matrix<Double>(rows: inputs.rows, columns: nodes)
        result.values.withUnsafeMutableBufferPointer { states in
            for step in 0..<inputs.rows {
                remember(inputs.row(step))
                expand(into: UnsafeMutableBufferPointer(rebasing: states[step * nodes..<(step + 1) * nodes]))
            }
        }
        return result
    }

    /// As ``states(_:)``, rounded to 32 bits.
    public func run(_ inputs: [Float]) throws(NetworkError) -> [Float] {
        guard inputs.count.isMultiple(of: self.inputs) else {
            throw .shape(
                what: "inputs of whole steps", expected: inputs.count / self.inputs * self.inputs, found: inputs.count)
        }
        let matrix = Matrix(rows: inputs.count / self.inputs, columns: self.inputs, values: inputs.map { Double($0) })
        return try states(matrix).values.map { Float($0) }
    }

    private func remember(_ input: ArraySlice<Double>) {
        newest = (newest + 1) % (history.count / inputs)
        for (k, value) in input.enumerated() { history[newest * inputs + k] = value }
    }

    private func expand(into state: UnsafeMutableBufferPointer<Double>) {
        var place = 0
        if hasConstant {
            state[0] = 1
            place = 1
        }
        let (first, length) = (place, history.count / inputs)
        for delay in 0..<delays {
            let from = (newest - delay * spacing + length) % length
            for k in 0..<inputs { state[place + k] = history[from * inputs + k] }
            place += inputs
        }
        let linear = place - first
        var factor = 0
        for order in orders {
            for _ in 0..<Int(Self.monomials(of: order, linear)) {
                var product = 1.0
                for k in 0..<order { product *= state[first + Int(factors[factor + k])] }
                state[place] = product
                place += 1
                factor += order
            }
        }
    }

    /// (n + order − 1) choose order; exact while a state may be that long.
    private static func monomials(of order: Int, _ n: Int) -> Double {
        (0..<order).reduce(1) { ($0 * Double(n + $1) / Double($1 + 1)).rounded() }
    }

    /// All rising sequences of `order` numbers below n, one behind the other, in lexical order.
    private static func combinations(of order: Int, _ n: Int) -> [Int32] {
        var current = [Int32](repeating: 0, count: order)
        var all: [Int32] = []
        while true {
            all += current
            guard let place = current.lastIndex(where: { $0 < Int32(n - 1) }) else { return all }
            let next = current[place] + 1
            for k in place..<order { current[k] = next }
        }
    }
}
