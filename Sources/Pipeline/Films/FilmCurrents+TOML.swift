import MagneticFilm

/// When a current flows; always by default.
private struct CurrentTimes {
    let start_s: Double
    let end_s: Double

    static let keys = ["start_ps", "duration_ps"]

    init(_ table: RigTable) throws(RigError) {
        start_s = try (table.number("start_ps") ?? -.infinity) * 1e-12
        end_s = try start_s + (table.number("duration_ps") ?? .infinity) * 1e-12
        guard end_s > start_s || !start_s.isFinite else {
            throw table.invalid("duration_ps", "\(end_s - start_s)", expected: "above 0")
        }
        if table.settings["duration_ps"] != nil, table.settings["start_ps"] == nil {
            throw RigError(file: table.file, line: table.line, reason: .missingKey("start_ps", inTable: table.path))
        }
    }

    func isOn(_ time_s: Double) -> Bool { time_s >= start_s && time_s < end_s }
}

/// `[current_in_plane]` of a ``FilmDescription``: Zhang and Li's torque.
struct CurrentInPlane {
    static let keys = ["density_Apm2", "polarisation", "non_adiabaticity", "start_ps", "duration_ps"]
    private let table: RigTable
    private let density: SIMD3<Double>
    private let polarisation: Double
    private let nonAdiabaticity: Double
    private let times: CurrentTimes

    init(_ table: RigTable) throws(RigError) {
        try table.allow(Self.keys)
        self.table = table
        guard let density = try table.vector("density_Apm2") else {
            throw RigError(file: table.file, line: table.line, reason: .missingKey("density_Apm2", inTable: table.path))
        }
        self.density = density
        polarisation = try table.number("polarisation") ?? 1
        guard (-1...1).contains(polarisation) else {
            throw table.invalid("polarisation", "\(polarisation)", expected: "-1 to 1")
        }
        nonAdiabaticity = try table.number("non_adiabaticity") ?? 0
        times = try CurrentTimes(table)
    }

    func add(to film: ContinuumFilm) throws(RigError) {
        // One current for all cells: its drift velocity is that of the first region's saturation.
        let velocity = ZhangLiTerm.velocity_mps(
            current_Apm2: density, polarisation: polarisation, saturation_Apm: film.material.saturation_Apm)
        try table.within("density_Apm2") { () throws(FilmError) in
            _ = try film.addCurrentInPlane(nonAdiabaticity: nonAdiabaticity) { [times] in times.isOn($0) ? velocity : .zero }
        }
    }
}

/// `[current_across]` of a ``FilmDescription``: Slonczewski's torque.
struct CurrentAcross {
    static let keys = [
        "density_Apm2", "polarisation", "direction", "asymmetry", "field_like", "thickness_nm", "start_ps", "duration_ps",
    ]
    private let table: RigTable
    private let density: Double
    private let polarisation: Double
    private let direction: SIMD3<Double>
    private let asymmetry: Double
    private let fieldLike: Double
    private let thickness_nm: Double?
    private let times: CurrentTimes

    init(_ table: RigTable) throws(RigError) {
        try table.allow(Self.keys)
        self.table = table
        guard let density = try table.number("density_Apm2"), let direction = try table.vector("direction") else {
            let key = table.settings["density_Apm2"] == nil ? "density_Apm2" : "direction"
            throw RigError(file: table.file, line: table.line, reason: .missingKey(key, inTable: table.path))
        }
        (self.density, self.direction) = (density, direction)
        polarisation = try table.number("polarisation") ?? 1
        asymmetry = try table.number("asymmetry") ?? 1
        fieldLike = try table.number("field_like") ?? 0
        thickness_nm = try table.number("thickness_nm")
        times = try CurrentTimes(table)
    }

    func add(to film: ContinuumFilm) throws(RigError) {
        let whole = Double(film.mesh.nz) * film.mesh.cellSize_m.z
        try table.within("density_Apm2") { () throws(FilmError) in
            _ = try film.addCurrentAcross(
                .init(
                    polarisation: polarisation, direction: direction, asymmetry: asymmetry, fieldLike: fieldLike,
                    thickness_m: thickness_nm.map { $0 * 1e-9 } ?? whole)
            ) { [times, density] in times.isOn($0) ? density : 0 }
        }
    }
}
