import LinearAlgebra
public import MagneticFilm

/// A macro-cell film as a reservoir for a task, with its input map and what is read of it: all that a search may change.
public struct FilmIndividual: Sendable, Equatable, Codable {
    /// A square number.
    public var cells: Int
    public var material: FilmMaterial
    public var damping: Double
    /// Of the input map, tesla.
    public var scale_T: Double
    public var density: Double
    /// Of the input map's weights.
    public var seed: UInt64
    public var features: StateFeatures

    /// What is searched: damping, field, density and leak, and which of many input maps it is.
    public static let genes = [
        SearchGene("damping", 0.01...1, .logarithmic), SearchGene("scale_T", 0.003...1, .logarithmic),
        SearchGene("density", 0.02...1, .logarithmic), SearchGene("leak", 0.1...1), SearchGene("mask", 0...1),
    ]

    /// - Parameters:
    ///   - genes: as many as ``genes``.
    ///   - features: of which the leak is a gene.
    public init(_ genes: [Double], cells: Int, material: FilmMaterial, features: StateFeatures) {
        precondition(genes.count == Self.genes.count, "one value for each gene")
        let values = zip(Self.genes, genes).map { $0.value($1) }
        (self.cells, self.material) = (cells, material)
        (damping, scale_T, density) = (values[0], values[1], values[2])
        self.features = features
        self.features.leak = values[3]
        seed = values[4].bitPattern
    }

    public var configuration: MacroCellFilmConfiguration {
        let edge = Int(Double(cells).squareRoot().rounded())
        return MacroCellFilmConfiguration(rows: edge, columns: edge, material: material, damping: damping)
    }

    public func map(inputs: Int) -> InputMap {
        InputMap(inputs: inputs, channels: cells, scale: scale_T, density: density, seed: seed)
    }

    /// - Throws: `FilmError` for a film that cannot be, and what an evaluation throws.
    public func evaluate(
        _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings = .init()
    ) throws -> TaskEvaluation {
        var settings = settings
        settings.features = features
        settings.nodesPerGroup = cells
        return try TaskEvaluation(
            task, data, reservoir: FilmReservoir([configuration]), map: map(inputs: data.inputs.columns), settings: settings)
    }
}
