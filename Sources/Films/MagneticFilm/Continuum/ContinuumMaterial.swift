/// A ferromagnet in the numbers of the continuum model.
public struct ContinuumMaterial: Equatable, Sendable, Codable {
    public var name: String
    /// Ms, A/m; above 0.
    public var saturation_Apm: Double
    /// A, J/m; at least 0.
    public var exchange_Jpm: Double
    /// Uniaxial K, J/m³; positive for an easy axis.
    public var uniaxial_Jpm3: Double
    public var uniaxialAxis: SIMD3<Double>
    /// Cubic K1, J/m³.
    public var cubic_Jpm3: Double
    /// Two axes of the cubic crystal; the second one is made perpendicular to the first, the third one to both.
    public var cubicAxes: [SIMD3<Double>]
    /// D of the interfacial Dzyaloshinskii–Moriya interaction, J/m².
    public var interfacialDMI_Jpm2: Double
    /// Gilbert damping α, 0 … 1.
    public var damping: Double
    public var source: String

    public init(
        name: String, saturation_Apm: Double, exchange_Jpm: Double, uniaxial_Jpm3: Double = 0,
        uniaxialAxis: SIMD3<Double> = SIMD3(0, 0, 1), cubic_Jpm3: Double = 0,
        cubicAxes: [SIMD3<Double>] = [SIMD3(1, 0, 0), SIMD3(0, 1, 0)], interfacialDMI_Jpm2: Double = 0, damping: Double,
        source: String
    ) {
        (self.name, self.saturation_Apm, self.exchange_Jpm) = (name, saturation_Apm, exchange_Jpm)
        (self.uniaxial_Jpm3, self.uniaxialAxis, self.cubic_Jpm3) = (uniaxial_Jpm3, uniaxialAxis, cubic_Jpm3)
        (self.cubicAxes, self.interfacialDMI_Jpm2) = (cubicAxes, interfacialDMI_Jpm2)
        (self.damping, self.source) = (damping, source)
    }

    /// √(2A / μ₀Ms²), metre: cells should not be larger.
    public var exchangeLength_m: Double {
        (2 * exchange_Jpm / (FilmConstants.vacuumPermeability * saturation_Apm * saturation_Apm)).squareRoot()
    }

    /// Permalloy of muMAG standard problem 4.
    public static let permalloy = ContinuumMaterial(
        name: "Py", saturation_Apm: 8e5, exchange_Jpm: 1.3e-11, damping: 0.02, source: "muMAG standard problem 4")

    func checked() throws(FilmError) -> ContinuumMaterial {
        let ranges: [(String, Double, ClosedRange<Double>, String)] = [
            ("saturation magnetisation", saturation_Apm, 1e-3...1e8, "0.001 to 1e8 A/m"),
            ("exchange", exchange_Jpm, 0...1e-8, "0 to 1e-8 J/m"),
            ("uniaxial anisotropy", uniaxial_Jpm3, -1e9...1e9, "at most 1e9 J/m3"),
            ("cubic anisotropy", cubic_Jpm3, -1e9...1e9, "at most 1e9 J/m3"),
            ("interfacial DMI", interfacialDMI_Jpm2, -1...1, "at most 1 J/m2"),
            ("damping", damping, 0...1, "0 to 1"),
            ("number of cubic axes", Double(cubicAxes.count), 2...2, "2"),
            ("length of the anisotropy axis", (uniaxialAxis * uniaxialAxis).sum().squareRoot(), 1e-6...1e6, "above 0"),
        ]
        for (name, value, range, expected) in ranges where !range.contains(value) {
            throw FilmError(.outOfRange(name: name, value: value, expected: expected))
        }
        guard crystal.allSatisfy({ abs(($0 * $0).sum() - 1) < 1e-9 }) else {
            let expected = "two directions, not parallel"
            throw FilmError(.outOfRange(name: "angle between the cubic axes", value: 0, expected: expected))
        }
        return self
    }

    /// The three unit axes of the cubic crystal; not of length one where the two given ones are no axes.
    var crystal: [SIMD3<Double>] {
        func unit(_ v: SIMD3<Double>) -> SIMD3<Double> { v / (v * v).sum().squareRoot() }
        let first = unit(cubicAxes[0])
        let second = unit(cubicAxes[1] - (cubicAxes[1] * first).sum() * first)
        return [first, second, cross(first, second)]
    }
}
