import Glibc

/// V(1, n): how the normalised variance of one path's kernel depends on the path's width.
public enum VarianceLaw: Sendable, Equatable {
    /// exp(x / n) − 1, with x = α L.
    case exponential(Double)
    /// As it was measured at these widths, at least two, which rise; straight between them in ln V over ln n, and beyond them like the
    /// nearest two.
    case measured([Point])

    public struct Point: Sendable, Equatable, Codable {
        public var width: Int
        public var variance: Double

        public init(width: Int, variance: Double) { (self.width, self.variance) = (width, variance) }
    }

    /// The exponential where it fits, else what was measured.
    public init(_ fit: VarianceFit, depth: Int) {
        self =
            fit.fits
            ? .exponential(fit.alpha * Double(depth))
            : .measured(fit.points.map { Point(width: $0.width, variance: $0.variance) }.sorted { $0.width < $1.width })
    }

    public func variance(width n: Double) -> Double {
        switch self {
        case .exponential(let x): return expm1(x / n)
        case .measured(let points):
            let next = points.firstIndex { Double($0.width) > n } ?? points.count
            let k = min(max(next, 1), points.count - 1)
            let (a, b) = (points[k - 1], points[k])
            let slope = log(b.variance / a.variance) / log(Double(b.width) / Double(a.width))
            return a.variance * pow(n / Double(a.width), slope)
        }
    }

    /// Widths between which V is least within a budget, for any plan that makes sense.
    var widths: ClosedRange<Double> {
        switch self {
        case .exponential(let x): x / 60...x * 60
        case .measured(let points): Double(points[0].width) / 8...Double(points[points.count - 1].width) * 8
        }
    }

    /// What is wrong with it, if anything is.
    var problem: (name: String, value: Double)? {
        switch self {
        case .exponential(let x): x > 0 && x.isFinite ? nil : ("an alpha", x)
        case .measured(let points):
            points.count > 1 && zip(points, points.dropFirst()).allSatisfy { $0.width < $1.width }
                ? points.first { !($0.variance > 0 && $0.variance.isFinite) }.map { ("a measured variance", $0.variance) }
                : ("a number of measured widths", Double(points.count))
        }
    }
}
