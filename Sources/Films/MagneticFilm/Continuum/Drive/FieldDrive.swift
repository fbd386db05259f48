/// A uniform field over time: a constant, pulses, tables and functions that add up, and when they change.
///
///     var drive = FieldDrive(constant_T: SIMD3(0.1, 0, 0))
///     drive.add(try FieldPulse(.gauss, amplitude_T: SIMD3(0, 0, 0.1), start_s: 5e-10, width_s: 1e-11))
///     film.applied.set(drive)
public struct FieldDrive: Sendable {
    public private(set) var times = DriveTimes.constant
    private let constant_T: SIMD3<Double>
    private var parts: [@Sendable (Double) -> SIMD3<Double>] = []

    public init(constant_T: SIMD3<Double> = .zero) { self.constant_T = constant_T }

    public mutating func add(_ pulse: FieldPulse) { add(times: pulse.times) { pulse.field_T(at: $0) } }

    public mutating func add(_ table: FieldTable) { add(times: table.times) { table.field_T(at: $0) } }

    /// Adds any function.
    /// - Parameters:
    ///   - times: where it jumps or bends, and how long steps may be where it moves.
    ///   - field_T: tesla at a time in seconds; at an edge the value of what follows.
    public mutating func add(times: DriveTimes, _ field_T: @escaping @Sendable (Double) -> SIMD3<Double>) {
        self.times = self.times.merged(with: times)
        parts.append(field_T)
    }

    /// Tesla at a time in seconds.
    public func field_T(at time_s: Double) -> SIMD3<Double> { parts.reduce(constant_T) { $0 + $1(time_s) } }
}

extension AppliedFieldTerm {
    /// Replaces the uniform field.
    public func set(_ drive: FieldDrive) {
        uniform = { drive.field_T(at: $0) / FilmConstants.vacuumPermeability }
        uniformTimes = drive.times
    }
}
