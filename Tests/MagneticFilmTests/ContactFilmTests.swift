import MagneticFilm
import Testing

struct ContactFilmTests {
    private static let across = SlonczewskiParameters(polarisation: 0.4, direction: SIMD3(0, 0, 1), thickness_m: 5e-9)

    private func mesh() throws -> FilmMesh { try FilmMesh(nx: 6, ny: 4, cellSize_m: SIMD3(5e-9, 5e-9, 5e-9)) }

    private func film(demagnetises: Bool = true, exchange_Jpm: Double = 1.3e-11) throws -> ContinuumFilm<Double> {
        var material = ContinuumMaterial.permalloy
        (material.damping, material.exchange_Jpm) = (0.1, exchange_Jpm)
        let film = try ContinuumFilm<Double>(mesh: mesh(), material: material, includesDemagnetisation: demagnetises)
        film.setMagnetisation { _ in SIMD3(1, 0.2, 0.1) }
        return film
    }

    private func contactFilm(
        _ film: ContinuumFilm<Double>, _ columns: Int, _ rows: Int, _ drive: ContactFilm<Double>.Drive, readings: Int = 1
    ) throws -> ContactFilm<Double> {
        try ContactFilm(
            film, contacts: FilmContacts(film.regions, columns: columns, rows: rows), drive: drive, timeStep_s: 1e-13,
            stepsPerInput: 20, readings: readings)
    }

    private func means(_ film: ContactFilm<Double>, _ inputs: [[Double]]) throws -> [[Double]] {
        try inputs.map { drive in
            var means = [Double](repeating: .nan, count: film.nodes)
            try drive.withUnsafeBufferPointer { drive in
                try means.withUnsafeMutableBufferPointer { try film.step(drive: drive, into: $0) }
            }
            return means
        }
    }

    @Test func `a contact's value drives its cells and the reading is their mean`() throws {
        let own = try contactFilm(film(), 3, 2, .field(direction: SIMD3(0, 0, 1)))
        let drive = [0.01, -0.02, 0.03, 0, 0.05, -0.04]
        let found = try means(own, [drive, drive.reversed()])
        // The same field given cell by cell; cells of contact (i, j) are 2 × 2.
        let other = try DrivenContinuumFilm(film(), timeStep_s: 1e-13, stepsPerInput: 20)
        for (step, values) in [drive, drive.reversed()].enumerated() {
            let fields = (0..<24).map { Float(values[$0 / 6 / 2 * 3 + $0 % 6 / 2]) }
            var states = [Float](repeating: 0, count: 72)
            try fields.withUnsafeBufferPointer { fields in
                try states.withUnsafeMutableBufferPointer { try other.step(drive: fields, into: $0) }
            }
            for axis in 0..<3 {
                for contact in 0..<6 {
                    let cells = (0..<24).filter { $0 / 6 / 2 * 3 + $0 % 6 / 2 == contact }
                    let mean = cells.reduce(0) { $0 + Double(states[axis * 24 + $1]) } / Double(cells.count)
                    #expect(abs(found[step][axis * 6 + contact] - mean) < 1e-7)
                }
            }
        }
    }

    @Test(arguments: [SIMD3(1.0, 0, 0), SIMD3(0, 3, 4)])
    func `the same field at all contacts is an applied field`(direction: SIMD3<Double>) throws {
        let own = try contactFilm(film(), 2, 2, .field(direction: direction))
        let found = try means(own, [[0.05, 0.05, 0.05, 0.05]])
        let other = try film()
        let length = (direction * direction).sum().squareRoot()
        other.applied.set(FieldDrive(constant_T: 0.05 * direction / length))
        try other.advance(steps: 20, timeStep_s: 1e-13, method: .heun)
        let mean = (0..<4).reduce(SIMD3<Double>.zero) { $0 + SIMD3(found[0][$1], found[0][4 + $1], found[0][8 + $1]) / 4 }
        let difference = mean - other.mean
        #expect((difference * difference).sum() < 1e-24, "\(mean), \(other.mean)")
    }

    @Test func `the same current at all contacts is a current across the film`() throws {
        let own = try contactFilm(film(), 2, 2, .current(Self.across))
        let found = try means(own, [[2e11, 2e11, 2e11, 2e11]])
        let other = try film()
        try other.addCurrentAcross(Self.across) { _ in 2e11 }
        try other.advance(steps: 20, timeStep_s: 1e-13, method: .heun)
        let mean = (0..<4).reduce(SIMD3<Double>.zero) { $0 + SIMD3(found[0][$1], found[0][4 + $1], found[0][8 + $1]) / 4 }
        let difference = mean - other.mean
        #expect((difference * difference).sum() < 1e-24, "\(mean), \(other.mean)")
    }

    @Test(arguments: [ContactFilm<Double>.Drive.field(direction: SIMD3(0, 0, 1)), .current(across)])
    func `without exchange and dipoles a contact moves nothing beside it`(drive: ContactFilm<Double>.Drive) throws {
        let film = try film(demagnetises: false, exchange_Jpm: 0)
        let own = try contactFilm(film, 3, 1, drive)
        let strength = if case .field = drive { 0.1 } else { 1e12 }
        let still = try means(own, [[0, 0, 0]])[0]
        let driven = try means(own, [[0, strength, 0]])[0]
        for axis in 0..<3 {
            #expect(driven[axis * 3] == still[axis * 3] && driven[axis * 3 + 2] == still[axis * 3 + 2])
        }
        #expect(abs(driven[7] - still[7]) > 1e-5)
        // And it comes back to its start.
        own.reset(seed: 1)
        #expect(try means(own, [[0, 0, 0]])[0] == still)
    }

    @Test func `readings lie evenly in the time of an input and the last one is at its end`() throws {
        let whole = try means(contactFilm(film(), 2, 1, .field(direction: SIMD3(0, 0, 1)), readings: 4), [[0.1, -0.1]])[0]
        let parts = try ContactFilm(
            film(), contacts: FilmContacts(film().regions, columns: 2, rows: 1), drive: .field(direction: SIMD3(0, 0, 1)),
            timeStep_s: 1e-13, stepsPerInput: 5)
        let single = try means(parts, [[Double]](repeating: [0.1, -0.1], count: 4))
        #expect(whole == single.flatMap(\.self))
    }

    @Test func `contacts and readings that cannot be are refused`() throws {
        let film = try film()
        #expect(throws: FilmError.self) { try FilmContacts(film.regions, columns: 7, rows: 1) }
        #expect(throws: FilmError.self) { try FilmContacts(film.regions, columns: 1, rows: 0) }
        // Only the left half is filled: a contact on the right has no cell.
        let half = try FilmRegions(mesh: mesh(), cells: (0..<24).map { $0 % 6 < 3 ? 0 : -1 }, materials: [.permalloy])
        #expect(throws: FilmError.self) { try FilmContacts(half, columns: 2, rows: 1) }
        #expect(throws: FilmError.self) { try contactFilm(film, 2, 2, .field(direction: .zero)) }
        #expect(throws: FilmError.self) { try contactFilm(film, 2, 2, .field(direction: SIMD3(1, 0, 0)), readings: 3) }
        let own = try contactFilm(film, 1, 1, .field(direction: SIMD3(1, 0, 0)))
        #expect(throws: FilmError(.notFinite(name: "drive", at: 0))) { try means(own, [[.nan]]) }
        #expect(throws: FilmError.self) { try means(own, [[1e6]]) }
    }
}
