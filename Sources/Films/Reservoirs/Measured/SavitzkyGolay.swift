public import LinearAlgebra

/// Smoothing by polynomials that are fitted to a window around each value; at both ends to the first and the last window.
///
/// - Source: A. Savitzky, M. J. E. Golay, Anal. Chem. 36 (1964) 1627; the ends as SciPy's `savgol_filter` with `mode="interp"`.
public struct SavitzkyGolay: Sendable {
    public let window: Int
    public let order: Int
    /// Row i gives the fitted value at place i of a window.
    private let fit: Matrix<Double>

    /// - Precondition: the window is odd, and wider than the order.
    public init(window: Int, order: Int) throws(LinearAlgebraError) {
        precondition(Self.isPossible(window: window, order: order), "an odd window, wider than the order")
        self.window = window
        self.order = order
        let half = Double(window / 2)
        // Legendre polynomials: powers would be nearly dependent.
        let places = (0..<window).map { half > 0 ? (Double($0) - half) / half : 0 }
        let polynomials = PolynomialProduct.legendre(places, degree: order)
        var basis = Matrix<Double>(rows: window, columns: order + 1)
        for row in 0..<window { for k in 0...order { basis[row, k] = polynomials[k][row] } }
        fit = basis.times(try basis.transposed.times(basis).choleskySolve(basis.transposed))
    }

    public static func isPossible(window: Int, order: Int) -> Bool {
        !window.isMultiple(of: 2) && (1...10_001).contains(window) && order >= 0 && order < window && order <= 20
    }

    /// - Precondition: as many values as the window has, or more.
    public func smooth(_ values: [Double]) -> [Double] {
        precondition(values.count >= window, "fewer values than the window has")
        let half = window / 2
        return values.indices.map { index in
            let start = min(max(0, index - half), values.count - window)
            let row = index - start
            var sum = 0.0
            for k in 0..<window { sum += fit[row, k] * values[start + k] }
            return sum
        }
    }
}
