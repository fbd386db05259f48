import Glibc

/// The place on a likelihood contour where the recalibrated probabilities spread most.
struct BoldestPlace {
    let fit: LogOddsFit
    /// Nats below the largest log-likelihood.
    let drop: Double

    /// Rows of the condensed sample that the edge is walked on.
    private static let condensed = 128
    private static let angles = 32

    func place() -> Point {
        // Of exactly the least number of rows nothing is left but the best map.
        guard drop > 1e-10 else { return fit.place }
        let full = LikelihoodContour(
            fit.sample, centre: fit.place, information: fit.information, maximum: fit.logLikelihood, drop: drop)
        let few = fit.condensed(to: Self.condensed)
        let coarse = LikelihoodContour(
            few, centre: fit.place, information: fit.information, maximum: few.logLikelihood(fit.place.a, fit.place.g),
            drop: drop, precision: 1e-6)
        func spread(_ angle: Double) -> Double {
            let place = coarse.place(angle)
            return few.spread(place.a, place.g).value
        }
        let step = 2 * .pi / Double(Self.angles)
        let values = (0..<Self.angles).map { spread(Double($0) * step) }
        let best = values.max() ?? 0
        // Where the edge reaches across γ = 0 there are two such places.
        let peaks = values.indices.filter { index in
            let (before, after) = ((index + Self.angles - 1) % Self.angles, (index + 1) % Self.angles)
            return values[index] >= values[before] && values[index] >= values[after] && values[index] > 0.8 * best
        }
        let places = peaks.map { index -> Point in
            let angle = Self.maximum(spread, around: Double(index) * step, within: step, tolerance: 1e-3)
            return refined(from: coarse.place(angle), angle: angle, on: full)
        }
        return places.max { value($0) < value($1) } ?? fit.place
    }

    private func value(_ place: Point) -> Double { fit.sample.spread(place.a, place.g).value }

    /// Newton's method on ∇V + μ ∇l = 0, l = level; the angle's own search where it does not arrive.
    private func refined(from start: Point, angle: Double, on contour: LikelihoodContour) -> Point {
        var place = start
        for _ in 0..<12 {
            let l = fit.sample.likelihood(place.a, place.g)
            let v = fit.sample.spread(place.a, place.g)
            let length = l.first.dot(l.first)
            guard length > 0 else { break }
            let multiplier = -v.first.dot(l.first) / length
            let h = Symmetric(
                aa: v.second.aa + multiplier * l.second.aa, ag: v.second.ag + multiplier * l.second.ag,
                gg: v.second.gg + multiplier * l.second.gg)
            let rest = v.first + multiplier * l.first
            // A step back to the contour, and along it as far as the curvature says.
            let along = Point(a: -l.first.g, g: l.first.a)
            let back = ((contour.level - l.value) / length) * l.first
            let curvature = along.dot(h.times(along))
            guard curvature < 0 else { break }
            let forward = (-(along.dot(rest) + along.dot(h.times(back))) / curvature) * along
            let step = back + forward
            place = place + step
            let size =
                fit.information.aa * step.a * step.a + 2 * fit.information.ag * step.a * step.g
                + fit.information.gg * step.g * step.g
            guard size.isFinite, size < 4 * drop else { break }
            // Newton's next step would be the square of this one.
            guard size < 1e-16 * drop else { continue }
            // Onto the edge exactly, along the ray from the best map.
            let outward = place - contour.centre
            let onEdge = contour.centre + contour.distance(along: outward, from: 1) * outward
            // Another peak than the one that the walk found is no refinement of it.
            if value(onEdge) > 0.98 * value(start) { return onEdge }
            break
        }
        let half = 2 * .pi / Double(Self.angles)
        var centre = angle
        for _ in 0..<Self.angles {
            let best = Self.maximum(
                { angle in value(contour.place(angle)) }, around: centre, within: half,
                // Below this the value's rounding decides.
                tolerance: 1e-8)
            // At the end of the range it may still grow.
            if abs(best - centre) < 0.95 * half { return contour.place(best) }
            centre = best
        }
        return contour.place(centre)
    }

    /// The largest value near an angle, by golden section.
    private static func maximum(_ f: (Double) -> Double, around centre: Double, within half: Double, tolerance: Double)
        -> Double
    {
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (centre - half, centre + half)
        var (x1, x2) = (high - ratio * (high - low), low + ratio * (high - low))
        var (f1, f2) = (f(x1), f(x2))
        while high - low > tolerance {
            if f1 < f2 {
                (low, x1, f1) = (x1, x2, f2)
                x2 = low + ratio * (high - low)
                f2 = f(x2)
            } else {
                (high, x2, f2) = (x2, x1, f1)
                x1 = high - ratio * (high - low)
                f1 = f(x1)
            }
        }
        return (low + high) / 2
    }
}
