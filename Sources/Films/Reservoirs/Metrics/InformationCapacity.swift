public import LinearAlgebra

/// Information-processing capacity: how much of all functions of the past inputs can be read off the present state linearly.
///
/// The functions are the products of Legendre polynomials of ``PolynomialProduct``; the inputs are to be independent and uniform in
/// [−1, 1]. The capacity of one of them is 1 − the smallest mean squared error of a linear readout / its variance, and their sum is at most
/// the number of independent states. Degree 1 is the linear part, the rest is the nonlinear part.
///
/// - Source: J. Dambre, D. Verstraeten, B. Schrauwen, S. Massar, Scientific Reports 2 (2012) 514.
public struct InformationCapacity: Sendable, Equatable {
    public enum Estimate: Sendable, Equatable {
        /// On all steps, by projection on the states, the paper's C. A function that the states know nothing of has directions / steps
        /// on average, so that a threshold is needed. What is above it may have this share taken away,
        /// C − (1 − C) · directions / (steps − 1 − directions): the adjusted R².
        case projection(subtractsChance: Bool)
        /// Fitted on the first share of the steps and measured on the rest, as a squared correlation.
        case split(trainingShare: Double, ridge: CapacityRidge)
    }

    public struct Settings: Sendable, Equatable {
        /// The highest total degree.
        public var degrees: Int
        /// The longest delay for degree 1, 2, …; the last one holds for all higher degrees.
        public var delays: [Int]
        /// 0 counts functions of the present input, 1 begins with the one before.
        public var firstDelay: Int
        /// nil: as many as the degree allows.
        public var mostFactors: Int?
        public var washout: Int
        public var estimate: Estimate
        public var threshold: CapacityThreshold
        /// States with a relative singular value below this are no direction of their own.
        public var tolerance = 1e-6

        /// Larmor's definition, that of the paper without the share of chance: all products, projection, and a threshold that a function
        /// of nothing exceeds once in 10,000 times.
        public init(
            degrees: Int, delays: [Int], firstDelay: Int = 0, mostFactors: Int? = nil, washout: Int = 50,
            estimate: Estimate = .projection(subtractsChance: true),
            threshold: CapacityThreshold = .chiSquare(probability: 1e-4)
        ) {
            precondition(degrees > 0 && !delays.isEmpty && firstDelay >= 0, "one degree and one delay at least")
            self.degrees = degrees
            self.delays = delays
            self.firstDelay = firstDelay
            self.mostFactors = mostFactors
            self.washout = washout
            self.estimate = estimate
            self.threshold = threshold
        }

        /// RCbench 1.0.10, `IPCEvaluator`: delays from 1, at most two factors, no threshold.
        public static func rcbench(
            delays: Int = 10, degrees: Int = 3, ridge: Double = 1, trainingShare: Double = 0.8
        ) -> Settings {
            Settings(
                degrees: degrees, delays: [delays], firstDelay: 1, mostFactors: 2, washout: 0,
                estimate: .split(trainingShare: trainingShare, ridge: .absolute(ridge)), threshold: .none)
        }

        func delay(of degree: Int) -> Int { delays[min(degree, delays.count) - 1] }
        var longestDelay: Int { (1...degrees).map(delay(of:)).max() ?? 0 }
    }

    public struct Term: Sendable, Equatable {
        public var product: PolynomialProduct
        public var capacity: Double
    }

    /// Of degree 1, 2, ….
    public var byDegree: [Double]
    /// Functions that were tried.
    public var functions: Int
    /// Those above the threshold, in the order of degrees and delays.
    public var terms: [Term]
    public var threshold: Double
    /// Independent directions of the states: an upper bound of the total. With a split it is the number of nodes.
    public var bound: Int

    public var total: Double { byDegree.reduce(0, +) }
    public var linear: Double { byDegree[0] }
    public var nonlinear: Double { byDegree.dropFirst().reduce(0, +) }

    public static let mostFunctions = 200_000
    private static let blockSize = 256

    /// - Parameters:
    ///   - inputs: one for each step, uniform in [−1, 1].
    ///   - states: after each input, shape `[steps, nodes]`.
    ///   - progress: called with the fraction done; false stops.
    /// - Returns: nil when it was stopped.
    /// - Throws: `MetricError`, `LinearAlgebraError`.
    public init?(
        inputs: [Double], states: Matrix<Double>, settings: Settings, progress: (Double) -> Bool = { _ in true }
    ) throws {
        let name = "information capacity"
        try MetricError.check(name, inputs: inputs, states: states)
        let count = (1...settings.degrees).reduce(0) { sum, degree in
            let delays = settings.delay(of: degree) - settings.firstDelay + 1
            return min(
                .max / 2, sum + PolynomialProduct.count(degree: degree, delays: max(0, delays), most: Self.mostFunctions))
        }
        guard count <= Self.mostFunctions else { throw MetricError.tooManyFunctions(count: count, most: Self.mostFunctions) }
        let first = max(settings.washout, settings.longestDelay)
        guard states.rows >= first + 4 else {
            throw MetricError.tooFewSteps(metric: name, needed: first + 4, found: states.rows)
        }
        let measure = try Measure(states: states.rows(first..<states.rows), settings: settings)
        let polynomials = PolynomialProduct.legendre(inputs, degree: settings.degrees)
        bound = measure.bound
        threshold = try measure.threshold(settings.threshold, Array(inputs[first...]))
        byDegree = [Double](repeating: 0, count: settings.degrees)
        functions = 0
        terms = []
        for degree in 1...settings.degrees where settings.delay(of: degree) >= settings.firstDelay {
            let products = PolynomialProduct.all(
                degree: degree, delays: settings.firstDelay...settings.delay(of: degree), mostFactors: settings.mostFactors)
            functions += products.count
            for start in stride(from: 0, to: products.count, by: Self.blockSize) {
                let block = products[start..<min(start + Self.blockSize, products.count)]
                let targets = Self.targets(block, polynomials, rows: first..<states.rows)
                for (product, found) in zip(block, try measure.capacities(targets)) where found > threshold {
                    let capacity = measure.withoutChance(found)
                    byDegree[degree - 1] += capacity
                    terms.append(Term(product: product, capacity: capacity))
                }
                let done = Double(degree - 1) + Double(start + block.count) / Double(products.count)
                guard progress(done / Double(settings.degrees)) else { return nil }
            }
        }
    }

    private static func targets(
        _ products: ArraySlice<PolynomialProduct>, _ polynomials: [[Double]], rows: Range<Int>
    ) -> Matrix<Double> {
        var matrix = Matrix<Double>(rows: rows.count, columns: products.count, repeating: 1)
        for (column, product) in products.enumerated() {
            for factor in product.factors {
                polynomials[factor.degree].withUnsafeBufferPointer { values in
                    for row in rows { matrix[row - rows.lowerBound, column] *= values[row - factor.delay] }
                }
            }
        }
        return matrix
    }
}
