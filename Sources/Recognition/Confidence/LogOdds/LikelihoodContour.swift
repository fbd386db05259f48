import Glibc

/// The edge of {(log δ, γ): l ≥ l_max − drop}, by angle around the maximum in the metric of the Fisher information. The region is
/// convex, so each ray from the maximum meets the edge once.
struct LikelihoodContour {
    let sample: LogOddsSample
    let centre: Point
    let level: Double
    let drop: Double
    /// Of distances, relative.
    let precision: Double
    /// Columns of the inverse Cholesky factor of the information: steps of one standard error.
    private let first: Point
    private let second: Point

    /// - Parameter maximum: of `sample`'s own log-likelihood at `centre`, or the level is shifted by what differs.
    init(
        _ sample: LogOddsSample, centre: Point, information: Symmetric, maximum: Double, drop: Double, precision: Double = 1e-13
    ) {
        self.sample = sample
        self.centre = centre
        self.drop = drop
        self.precision = precision
        level = maximum - drop
        // information = R Rᵀ with R lower triangular; x = R⁻ᵀ u has xᵀ information x = |u|².
        let r11 = information.aa.squareRoot()
        let r21 = information.ag / r11
        let r22 = max(information.gg - r21 * r21, information.gg * 1e-15).squareRoot()
        first = Point(a: 1 / r11, g: 0)
        second = Point(a: -r21 / (r11 * r22), g: 1 / r22)
    }

    func direction(_ angle: Double) -> Point { cos(angle) * first + sin(angle) * second }

    /// The edge in a direction, by Newton's method from the parabola's edge. The log-likelihood is concave along the ray, so from the
    /// second step on the distances fall towards the root.
    func distance(along direction: Point, from start: Double? = nil) -> Double {
        guard drop > 1e-10 else { return 0 }
        var r = start ?? (2 * drop).squareRoot()
        var before = Double.infinity
        for _ in 0..<200 {
            let here = sample.likelihood(centre.a + r * direction.a, centre.g + r * direction.g)
            let excess = here.value - level
            let slope = here.first.dot(direction)
            guard slope < 0 else {
                // Inside, where rounding hides the slope: further out.
                r *= 2
                continue
            }
            let step = excess / slope
            r -= step
            // Near the root each step is the square of the one before, until the likelihood's rounding decides.
            if abs(step) <= precision * r || (abs(step) < 1e-5 * r && abs(step) > 0.1 * before) { break }
            before = abs(step)
            if r <= 0 { r = 1e-3 * (r + step) }
        }
        return r
    }

    func place(_ angle: Double) -> Point {
        let direction = direction(angle)
        return centre + distance(along: direction) * direction
    }

    /// The edge at so many equal angles, a closed line without its first point again.
    func places(_ count: Int) -> [Point] { (0..<count).map { place(2 * .pi * Double($0) / Double(count)) } }
}
