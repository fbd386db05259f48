import Glibc

/// A part of space, in metre from the film's corner; a cell belongs to it when its centre does.
public struct FilmShape: Sendable {
    let contains: @Sendable (SIMD3<Double>) -> Bool

    /// Any shape that can be said in code.
    public init(_ contains: @escaping @Sendable (SIMD3<Double>) -> Bool) { self.contains = contains }

    public static let all = FilmShape { _ in true }

    /// An upright cylinder on an ellipse.
    /// - Throws: `FilmError` for radii that are not positive.
    public static func ellipse(centre_m: SIMD2<Double>, radii_m: SIMD2<Double>) throws(FilmError) -> FilmShape {
        try check("centre", centre_m)
        try check("radius", radii_m, positive: true)
        return FilmShape { point in
            let d = (SIMD2(point.x, point.y) - centre_m) / radii_m
            return (d * d).sum() <= 1
        }
    }

    /// - Throws: `FilmError` when an upper corner is not above the lower one.
    public static func rectangle(from_m: SIMD2<Double>, to_m: SIMD2<Double>) throws(FilmError) -> FilmShape {
        try check("corner", from_m)
        try check("edge", to_m - from_m, positive: true)
        return FilmShape { $0.x >= from_m.x && $0.x < to_m.x && $0.y >= from_m.y && $0.y < to_m.y }
    }

    /// A prism on a polygon; where edges cross, the inside is where a ray meets an odd number of them.
    /// - Throws: `FilmError` for fewer than three corners or one that is not finite.
    public static func polygon(_ corners_m: [SIMD2<Double>]) throws(FilmError) -> FilmShape {
        guard corners_m.count >= 3 else {
            throw FilmError(.shape(name: "corners of a polygon (at least)", expected: 3, found: corners_m.count))
        }
        for corner in corners_m { try check("corner", corner) }
        return FilmShape { point in
            var isInside = false
            for i in corners_m.indices {
                let (a, b) = (corners_m[i], corners_m[(i + 1) % corners_m.count])
                guard (a.y > point.y) != (b.y > point.y) else { continue }
                if point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x) { isInside.toggle() }
            }
            return isInside
        }
    }

    /// What lies between two heights.
    /// - Throws: `FilmError` when the upper one is not above the lower one.
    public static func layer(from_m: Double, to_m: Double) throws(FilmError) -> FilmShape {
        try check("layer", SIMD2(to_m - from_m, 1), positive: true)
        return FilmShape { $0.z >= from_m && $0.z < to_m }
    }

    /// Copies of a shape's part around the origin, at all multiples of a period.
    /// - Throws: `FilmError` for a period that is not positive.
    public func repeated(period_m: SIMD2<Double>) throws(FilmError) -> FilmShape {
        try Self.check("period", period_m, positive: true)
        return FilmShape { point in
            let x = point.x - (point.x / period_m.x).rounded() * period_m.x
            let y = point.y - (point.y / period_m.y).rounded() * period_m.y
            return self.contains(SIMD3(x, y, point.z))
        }
    }

    /// - Throws: `FilmError` for an angle that is not finite.
    public func turned(by_rad angle: Double, around_m centre: SIMD2<Double>) throws(FilmError) -> FilmShape {
        try Self.check("angle", SIMD2(angle, 0))
        try Self.check("centre", centre)
        let (c, s) = (cos(angle), sin(angle))
        return FilmShape { point in
            let d = SIMD2(point.x, point.y) - centre
            return self.contains(SIMD3(centre.x + c * d.x + s * d.y, centre.y - s * d.x + c * d.y, point.z))
        }
    }

    public func union(_ other: FilmShape) -> FilmShape { FilmShape { self.contains($0) || other.contains($0) } }
    public func intersection(_ other: FilmShape) -> FilmShape { FilmShape { self.contains($0) && other.contains($0) } }
    public func subtracting(_ other: FilmShape) -> FilmShape { FilmShape { self.contains($0) && !other.contains($0) } }

    private static func check(_ name: String, _ value: SIMD2<Double>, positive: Bool = false) throws(FilmError) {
        for axis in 0..<2 {
            guard value[axis].isFinite else { throw FilmError(.notFinite(name: name, at: axis)) }
            guard !positive || value[axis] > 0 else {
                throw FilmError(.outOfRange(name: name, value: value[axis], expected: "above 0 m"))
            }
        }
    }
}
