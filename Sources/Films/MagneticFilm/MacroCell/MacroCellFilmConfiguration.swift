/// A film of square macro-cells, each one a single moment.
///
/// The model is that of the founding study of film reservoirs (VAMPIRE's micromagnetic mode): its exchange and
/// anisotropy conventions differ from continuum micromagnetics by stated factors, see ``MacroCellFilm``.
public struct MacroCellFilmConfiguration: Sendable, Equatable, Codable {
    public var rows: Int
    public var columns: Int
    /// Edge of a cell, in metre.
    public var cellSize_m: Double
    public var material: FilmMaterial
    /// Gilbert damping α, above 0.
    public var damping: Double
    /// Seconds per Heun step.
    public var timeStep_s: Double
    /// Steps during which one input's field is held.
    public var stepsPerInput: Int
    /// Gyromagnetic ratio in rad/(s T).
    public var gyromagneticRatio: Double
    /// Whether cells feel each other's and their own stray field; refreshed once per input.
    public var includesDipoles: Bool
    /// Size of the film where it is not the usual one.
    public var extent: Extent?
    /// Dipole couplings of cells whose centres are up to this many cell sizes apart are averaged over atoms.
    public var nearDistance_cells: Double?
    /// A temperature above 0 K; nil is 0 K.
    public var temperature: Temperature?

    /// Heat as in the study's program, see `MacroCellTemperature`.
    public struct Temperature: Sendable, Equatable, Codable {
        public var kelvin: Double
        /// Of the film's random numbers.
        public var seed: UInt64

        public init(kelvin: Double, seed: UInt64) {
            self.kelvin = kelvin
            self.seed = seed
        }
    }

    /// The size of a film: a lattice site holds an atom when its position is below these, in metre.
    ///
    /// A size that is not slightly below a whole number of cells leaves the last cells with few atoms or none.
    public struct Extent: Sendable, Equatable, Codable {
        public var x_m: Double
        public var y_m: Double
        /// Thickness; all layers belong to the same cells.
        public var z_m: Double

        public init(x_m: Double, y_m: Double, z_m: Double) {
            self.x_m = x_m
            self.y_m = y_m
            self.z_m = z_m
        }
    }

    public init(
        rows: Int = 10, columns: Int = 10, cellSize_m: Double = 5e-9, material: FilmMaterial, damping: Double,
        timeStep_s: Double = 1e-13, stepsPerInput: Int = 100, gyromagneticRatio: Double = 1.76e11,
        includesDipoles: Bool = true
    ) {
        self.rows = rows
        self.columns = columns
        self.cellSize_m = cellSize_m
        self.material = material
        self.damping = damping
        self.timeStep_s = timeStep_s
        self.stepsPerInput = stepsPerInput
        self.gyromagneticRatio = gyromagneticRatio
        self.includesDipoles = includesDipoles
    }

    public var cells: Int { rows * columns }

    /// The film's size; by default one layer of atoms, and 1 nm (at most half a cell) less than the cells, as in the study.
    public var actualExtent: Extent {
        let margin = min(1e-9, cellSize_m / 2)
        return extent
            ?? Extent(
                x_m: Double(columns) * cellSize_m - margin, y_m: Double(rows) * cellSize_m - margin,
                z_m: 1e-11)
    }

    /// A decimal number of ångström as somebody would write it, free of the rounding of metres.
    private static func angstrom(_ metres: Double) -> Double { (metres * 1e18).rounded() / 1e8 }

    func lattice() -> MacroCellLattice {
        let size = actualExtent
        return MacroCellLattice(
            extentX: Self.angstrom(size.x_m), extentY: Self.angstrom(size.y_m),
            extentZ: Self.angstrom(size.z_m),
            cellSize: Self.angstrom(cellSize_m), spacing: Self.angstrom(material.latticeConstant_m),
            nearDistance: nearDistance_cells ?? 2)
    }

    /// - Throws: ``FilmError`` naming the first value that is out of range.
    func check() throws(FilmError) {
        func require(_ name: String, _ value: Double, _ isGood: Bool, _ expected: String) throws(FilmError) {
            guard isGood, value.isFinite else {
                throw FilmError(.outOfRange(name: name, value: value, expected: expected))
            }
        }
        try require("rows", Double(rows), (1...2000).contains(rows), "1 to 2000")
        try require("columns", Double(columns), (1...2000).contains(columns), "1 to 2000")
        let lattice = material.latticeConstant_m
        try require("lattice constant", lattice, lattice >= 1e-10 && lattice <= 1e-8, "0.1 to 10 nm")
        try require("cell size", cellSize_m, cellSize_m >= lattice && cellSize_m <= 1e-6, "one atom to 1 µm")
        try require(
            "atoms across a cell", cellSize_m / lattice, cellSize_m / lattice <= 200,
            "at most 200 lattice constants")
        try require("damping", damping, damping > 0 && damping <= 10, "above 0, at most 10")
        try require("time step", timeStep_s, timeStep_s > 0, "above 0 s")
        try require(
            "steps per input", Double(stepsPerInput), (1...1_000_000).contains(stepsPerInput), "1 to 10⁶")
        try require("moment", material.moment_muB, material.moment_muB > 0, "above 0 μB")
        try require("exchange", material.exchange_J, material.exchange_J >= 0, "0 J or more")
        try require("anisotropy", material.anisotropy_J, abs(material.anisotropy_J) < 1e-20, "below 10⁻²⁰ J")
        try require("gyromagnetic ratio", gyromagneticRatio, gyromagneticRatio > 0, "above 0")
        let near = nearDistance_cells ?? 2
        try require("near distance", near, near >= 1 && near <= 20, "1 to 20 cells")
        if let temperature {
            try require("temperature", temperature.kelvin, (0...1e5).contains(temperature.kelvin), "0 to 100000 K")
            try require("exchange of a warm film", material.exchange_J, material.exchange_J > 0, "above 0 J")
        }
        let size = actualExtent
        try require(
            "thickness", size.z_m, size.z_m > 0 && size.z_m <= cellSize_m, "above 0, at most one cell")
        for (name, length, count) in [("width", size.x_m, columns), ("height", size.y_m, rows)] {
            let isLength = length > 0 && length <= 1e-2
            let found =
                isLength
                ? MacroCellAxis.cells(extent: Self.angstrom(length), cellSize: Self.angstrom(cellSize_m)) : 0
            try require(name, length, found == count, "\(count) cells of \(cellSize_m) m, found \(found)")
        }
    }
}
