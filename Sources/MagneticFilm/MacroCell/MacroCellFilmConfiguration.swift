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

    /// - Throws: ``FilmError`` naming the first value that is out of range.
    func check() throws(FilmError) {
        func require(_ name: String, _ value: Double, _ isGood: Bool, _ expected: String) throws(FilmError) {
            guard isGood, value.isFinite else {
                throw FilmError(.outOfRange(name: name, value: value, expected: expected))
            }
        }
        try require("rows", Double(rows), (1...1000).contains(rows), "1 to 1000")
        try require("columns", Double(columns), (1...1000).contains(columns), "1 to 1000")
        try require("cells", Double(cells), cells <= 4096, "at most 4096 cells")
        try require("cell size", cellSize_m, cellSize_m >= material.latticeConstant_m && cellSize_m <= 1e-6, "one atom to 1 µm")
        try require("damping", damping, damping > 0 && damping <= 10, "above 0, at most 10")
        try require("time step", timeStep_s, timeStep_s > 0, "above 0 s")
        try require("steps per input", Double(stepsPerInput), (1...1_000_000).contains(stepsPerInput), "1 to 10⁶")
        try require("moment", material.moment_muB, material.moment_muB > 0, "above 0 μB")
        try require("exchange", material.exchange_J, material.exchange_J >= 0, "0 J or more")
        try require("anisotropy", material.anisotropy_J, abs(material.anisotropy_J) < 1e-20, "below 10⁻²⁰ J")
        try require("gyromagnetic ratio", gyromagneticRatio, gyromagneticRatio > 0, "above 0")
    }
}
