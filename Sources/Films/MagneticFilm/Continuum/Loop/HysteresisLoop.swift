/// A sequence of fields along one direction, the film relaxed in each from the state in the one before.
public struct HysteresisLoop: Sendable {
    public struct Point: Equatable, Sendable, Codable {
        /// Along the loop's direction, tesla.
        public var field_T: Double
        /// Mean of m over the filled cells.
        public var mean: SIMD3<Double>
        /// Part of the mean along the loop's direction.
        public var along: Double
        public var iterations: Int
        public var converged: Bool
    }

    /// A unit vector.
    public let direction: SIMD3<Double>
    public let fields_T: [Double]

    /// - Throws: `FilmError` for no direction, no field, and values that are not finite.
    public init(direction: SIMD3<Double>, fields_T: [Double]) throws(FilmError) {
        let length = (direction * direction).sum().squareRoot()
        guard length.isFinite, length > 0 else {
            throw FilmError(.outOfRange(name: "length of the loop's direction", value: length, expected: "above 0"))
        }
        guard !fields_T.isEmpty else { throw FilmError(.shape(name: "fields of a loop (at least)", expected: 1, found: 0)) }
        if let place = fields_T.firstIndex(where: { !$0.isFinite }) {
            throw FilmError(.notFinite(name: "fields of a loop", at: place))
        }
        (self.direction, self.fields_T) = (direction / length, fields_T)
    }

    /// From the largest field down to the opposite one and back, in equal steps.
    /// - Parameter steps: of one branch, at least 1.
    public static func branches(largest_T: Double, steps: Int) throws(FilmError) -> [Double] {
        guard (1...1_000_000).contains(steps) else {
            throw FilmError(.outOfRange(name: "steps of a branch", value: Double(steps), expected: "1 to 1000000"))
        }
        let down = (0...steps).map { largest_T * (1 - 2 * Double($0) / Double(steps)) }
        return down + down.dropLast().reversed()
    }

    /// Runs the loop from the film's present state; the film ends in the last field's state, its uniform field replaced.
    ///
    /// Before each field every cell is turned by about a thousandth of a radian, by random numbers of a fixed seed: a film
    /// that lies exactly on the top of a barrier would stay there for ever.
    /// - Parameters:
    ///   - torque_Apm: relaxed when no cell has a larger |m × H|.
    ///   - isStopped: asked often; true ends early.
    ///   - each: called after each field.
    /// - Returns: a point for each field, fewer when stopped.
    public func run<Scalar>(
        _ film: ContinuumFilm<Scalar>, torque_Apm: Double = 1, iterationsMax: Int = 50_000, isStopped: () -> Bool = { false },
        each: (Int, Point) -> Void = { _, _ in }
    ) -> [Point] {
        var points: [Point] = []
        for value in fields_T {
            let field = value / FilmConstants.vacuumPermeability * direction
            film.applied.uniform = { _ in field }
            film.disturb(by: 1e-3, seed: 1, step: UInt64(points.count))
            let report = film.relax(torque_Apm: torque_Apm, iterationsMax: iterationsMax, isStopped: isStopped)
            if isStopped() { break }
            let mean = film.mean
            let point = Point(
                field_T: value, mean: mean, along: (mean * direction).sum(), iterations: report.iterations,
                converged: report.converged)
            points.append(point)
            each(points.count, point)
        }
        return points
    }

    /// Fields at which the part along the direction passes through nought, tesla, by linear interpolation; in order.
    public static func coerciveFields_T(_ points: [Point]) -> [Double] { crossings(points, of: \.along, value: \.field_T) }

    /// Parts along the direction at zero field, in order.
    public static func remanences(_ points: [Point]) -> [Double] { crossings(points, of: \.field_T, value: \.along) }

    private static func crossings(
        _ points: [Point], of key: KeyPath<Point, Double>, value: KeyPath<Point, Double>
    ) -> [Double] {
        guard var before = points.first else { return [] }
        var found: [Double] = before[keyPath: key] == 0 ? [before[keyPath: value]] : []
        for point in points.dropFirst() {
            let (a, b) = (before[keyPath: key], point[keyPath: key])
            if b == 0 || (a != 0 && (a < 0) != (b < 0)) {
                let (p, q) = (before[keyPath: value], point[keyPath: value])
                found.append(p + (q - p) * a / (a - b))
            }
            before = point
        }
        return found
    }
}

extension ContinuumFilm {
    /// Adds a random vector of about this length to every m, and makes its length one again: a film that stands exactly on a saddle
    /// of its energy would stay there.
    /// - Parameter step: another one takes other random numbers.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func disturb(by size: Double, seed: UInt64, step: UInt64) {
        for i in 0..<mesh.cells where m[i] != .zero {
            let random = Philox.uniforms(seed: seed, stream: 6, index: UInt32(i), step: step) - 0.5
            let moved = m[i] + size * SIMD3(random.x, random.y, random.z)
            m[i] = moved / (moved * moved).sum().squareRoot()
        }
        integratorMemory.isSlopeValid = false
    }
}
