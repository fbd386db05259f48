extension ContinuumFilm {
    /// Puts the film at a temperature; 0 takes the thermal field away. Steps are then of fixed length.
    /// - Parameters:
    ///   - temperature_K: at least 0.
    ///   - seed: of the random numbers, whose sequence starts again.
    /// - Throws: `FilmError` for a temperature out of range.
    public func setTemperature(_ temperature_K: Double, seed: UInt64) throws(FilmError) {
        try setTemperature([Double](repeating: temperature_K, count: mesh.cells), seed: seed)
    }

    /// - Parameters:
    ///   - temperature_K: per cell, x fastest.
    ///   - seed: of the thermal field's random numbers.
    /// - Throws: `FilmError` for a temperature out of range and another number of cells.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func setTemperature(_ temperature_K: [Double], seed: UInt64) throws(FilmError) {
        guard temperature_K.count == mesh.cells else {
            throw FilmError(.shape(name: "temperature per cell", expected: mesh.cells, found: temperature_K.count))
        }
        for (i, value) in temperature_K.enumerated() where !(0...1e5).contains(value) {
            throw FilmError(.outOfRange(name: "temperature of cell \(i)", value: value, expected: "0 to 100000 K"))
        }
        terms.removeAll { $0 is ThermalTerm<Scalar> }
        noiseStep = 0
        guard temperature_K.contains(where: { $0 > 0 }) else { return }
        terms.append(
            ThermalTerm<Scalar>(mesh: mesh, moment: moment, damping: damping, temperature_K: temperature_K, seed: seed))
    }

    /// Begins the sequence of a thermal field's random numbers anew, with another seed. Without one nothing changes.
    public func reseed(_ seed: UInt64) {
        noiseStep = 0
        for case let term as ThermalTerm<Scalar> in terms { term.seed = seed }
    }

    /// Lets random terms draw the fields of the next step.
    func drawNoise(timeStep_s: Double) {
        guard terms.contains(where: { $0 is ThermalTerm<Scalar> }) else { return }
        threads.run { part in
            let cells = threads.range(mesh.cells, part: part)
            for term in terms { term.beginStep(noiseStep, timeStep_s: timeStep_s, cells: cells) }
        }
        noiseStep += 1
    }
}
