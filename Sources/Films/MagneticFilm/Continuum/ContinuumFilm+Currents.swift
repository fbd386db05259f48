extension ContinuumFilm {
    /// Adds the torque of a current in the film's plane.
    /// - Parameters:
    ///   - nonAdiabaticity: ξ, finite.
    ///   - times: when the velocity jumps or bends, and how long steps may be where it moves.
    ///   - velocity_mps: u at a time in seconds; ``ZhangLiTerm/velocity_mps(current_Apm2:polarisation:saturation_Apm:)``
    ///     makes one from a current density.
    /// - Returns: the term, whose parameters can be changed later.
    /// - Throws: `FilmError` for a number that is not finite.
    @discardableResult
    public func addCurrentInPlane(
        nonAdiabaticity: Double, times: DriveTimes = .constant, velocity_mps: @escaping (Double) -> SIMD3<Double>
    ) throws(FilmError) -> ZhangLiTerm<Scalar> {
        guard nonAdiabaticity.isFinite else { throw FilmError(.notFinite(name: "non-adiabaticity", at: 0)) }
        let term = ZhangLiTerm<Scalar>(
            mesh: mesh, moment: moment, nonAdiabaticity: nonAdiabaticity, times: times, velocity_mps: velocity_mps)
        terms.append(term)
        return term
    }

    /// Adds the torque of a current through the film.
    /// - Parameters:
    ///   - parameters: polarisation, its direction and the torque's asymmetry.
    ///   - times: when the current jumps or bends, and how long steps may be where it moves.
    ///   - current_Apm2: J at a time in seconds.
    /// - Throws: `FilmError` for parameters out of range.
    @discardableResult
    public func addCurrentAcross(
        _ parameters: SlonczewskiParameters, times: DriveTimes = .constant, current_Apm2: @escaping (Double) -> Double
    ) throws(FilmError) -> SlonczewskiTerm<Scalar> {
        try parameters.check()
        let term = SlonczewskiTerm<Scalar>(
            moment: moment, parameters: parameters, times: times, current_Apm2: current_Apm2)
        terms.append(term)
        return term
    }

    /// Adds the torque of a current through the film that is another one in each cell, nought at first.
    /// - Throws: `FilmError` for parameters out of range.
    public func addCurrentPerCell(_ parameters: SlonczewskiParameters) throws(FilmError) -> SlonczewskiTerm<Scalar> {
        try parameters.check()
        let term = SlonczewskiTerm<Scalar>(
            moment: moment, parameters: parameters, times: .constant, shares: ScalarField(mesh)
        ) { _ in 1 }
        terms.append(term)
        return term
    }
}

extension SlonczewskiParameters {
    /// - Throws: `FilmError` for a number out of range.
    func check() throws(FilmError) {
        let length = (direction * direction).sum().squareRoot()
        let ranges: [(String, Double, ClosedRange<Double>, String)] = [
            ("polarisation", polarisation, -1...1, "-1 to 1"),
            ("length of the fixed layer's direction", length, 1e-6...1e6, "above 0"),
            ("asymmetry", asymmetry, 1...1e3, "1 to 1000"),
            ("field-like torque", fieldLike, -10...10, "-10 to 10"),
            ("thickness of the free layer", thickness_m, 1e-11...1e-3, "1e-11 to 1e-3 m"),
        ]
        for (name, value, range, expected) in ranges where !range.contains(value) {
            throw FilmError(.outOfRange(name: name, value: value, expected: expected))
        }
    }
}
