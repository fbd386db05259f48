/// A ferromagnet, in the atomistic numbers that the macro-cell model starts from.
public struct FilmMaterial: Sendable, Equatable, Codable {
    public var name: String
    /// Magnetic moment per atom, in Bohr magnetons; above 0.
    public var moment_muB: Double
    /// Uniaxial anisotropy per atom, easy axis along the film's normal, in joule.
    public var anisotropy_J: Double
    /// Exchange energy per link between nearest neighbours, in joule.
    public var exchange_J: Double
    /// Lattice constant of the simple cubic lattice, in metre.
    public var latticeConstant_m: Double
    /// Where the numbers come from.
    public var source: String

    public init(
        name: String, moment_muB: Double, anisotropy_J: Double, exchange_J: Double, latticeConstant_m: Double = 3.47e-10,
        source: String
    ) {
        self.name = name
        self.moment_muB = moment_muB
        self.anisotropy_J = anisotropy_J
        self.exchange_J = exchange_J
        self.latticeConstant_m = latticeConstant_m
        self.source = source
    }

    private static let study = "MaterialMan/Spinspired, getAdditionalParameters.m"

    /// Cobalt as in the founding study of film reservoirs (simple cubic, not bulk cobalt's structure).
    public static let cobalt = FilmMaterial(
        name: "Co", moment_muB: 1.72, anisotropy_J: 6.69e-24, exchange_J: 6.064e-21, source: study)

    /// Nickel as in the founding study; its weak anisotropy makes it the better reservoir for speech.
    public static let nickel = FilmMaterial(
        name: "Ni", moment_muB: 0.606, anisotropy_J: 5.47e-26, exchange_J: 2.757e-21, source: study)

    /// Iron with the moment and anisotropy of the study's material file, whose exchange is not published; the exchange is that of bulk iron
    /// from the literature. The combination is ours.
    public static let iron = FilmMaterial(
        name: "Fe", moment_muB: 1.92, anisotropy_J: -8.07246e-24, exchange_J: 7.05e-21,
        source:
            "MaterialMan/Spinspired, Fe.mat; exchange: R. F. L. Evans et al., J. Phys. Condens. Matter 26 (2014) 103202, table 2"
    )

    /// The materials that can be named in a rig file.
    public static let known: [String: FilmMaterial] = ["Co": .cobalt, "Ni": .nickel, "Fe": .iron]
}
