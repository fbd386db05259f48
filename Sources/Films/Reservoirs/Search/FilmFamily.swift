import LinearAlgebra
public import MagneticFilm

/// Macro-cell films of one size and material, alone or several side by side. The search chooses the damping and the input map.
public struct FilmFamily: ReservoirFamily {
    /// Of each film; a square number.
    public let cells: Int
    public let films: Int
    public let material: FilmMaterial
    /// Which input maps are searched.
    public var input = SearchedInput.free

    /// - Throws: `FilmError` for a film that cannot be made.
    public init(cells: Int, films: Int = 1, material: FilmMaterial) throws(FilmError) {
        (self.cells, self.films, self.material) = (cells, films, material)
        try Self.check(cells: cells, films: films)
        _ = try FilmReservoir([configuration(damping: 0.1)])
    }

    /// - Throws: `FilmError` for a number of cells or films that no family has.
    public static func check(cells: Int, films: Int) throws(FilmError) {
        let edge = Int(Double(max(0, cells)).squareRoot())
        guard cells > 0, edge * edge == cells, edge <= 64 else {
            throw FilmError(
                .outOfRange(name: "cells", value: Double(cells), expected: "a square number, as 25, 49 or 100, up to 4,096"))
        }
        guard (1...64).contains(films) else {
            throw FilmError(.outOfRange(name: "films", value: Double(films), expected: "1 to 64"))
        }
    }

    public var description: String {
        films == 1
            ? "macro-cell film of \(cells) cells, \(material.name)"
            : "\(films) macro-cell films of \(cells) cells, \(material.name)"
    }
    public var nodes: Int { 3 * cells * films }
    public var genes: [SearchGene] { [SearchGene("damping", 0.01...1, .logarithmic)] + input.genes(edge: edge) }
    private var edge: Int { Int(Double(cells).squareRoot().rounded()) }

    /// Genes of an input map and of the leak.
    static let mapGenes = [
        SearchGene("scale_T", 0.003...1, .logarithmic), SearchGene("density", 0.02...1, .logarithmic),
        SearchGene("bias", 0...3), SearchGene("leak", 0.1...1), SearchGene("mask", 0...1),
    ]

    /// - Parameter values: of ``mapGenes``.
    static func map(_ values: some RandomAccessCollection<Double>, inputs: Int, channels: Int) -> InputMap {
        let values = Array(values)
        return InputMap(
            inputs: inputs, channels: channels, scale: values[0], density: values[1], bias: values[2],
            seed: values[4].bitPattern)
    }

    /// All its films, of one damping.
    /// - Throws: `FilmError`.
    public func reservoir(damping: Double) throws(FilmError) -> FilmReservoir {
        try FilmReservoir([MacroCellFilmConfiguration](repeating: configuration(damping: damping), count: films))
    }

    private func configuration(damping: Double) -> MacroCellFilmConfiguration {
        MacroCellFilmConfiguration(rows: edge, columns: edge, material: material, damping: damping)
    }

    /// - Returns: the films, their input map, and the features with the leak of the genes.
    private func made(
        _ genes: [Double], inputs: Int, _ features: StateFeatures
    ) throws(FilmError) -> (reservoir: FilmReservoir, map: InputMap, features: StateFeatures) {
        let values = values(genes)
        var features = features
        let reservoir = try reservoir(damping: values[0])
        let (map, leak) = input.map(values.dropFirst(), inputs: inputs, cells: cells, films: films, edge: edge)
        features.leak = leak
        return (reservoir, map, features)
    }

    public func evaluate(
        _ genes: [Double], _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings
    ) throws -> TaskEvaluation {
        var settings = settings
        let (reservoir, map, features) = try made(genes, inputs: data.inputs.columns, settings.features)
        (settings.features, settings.nodesPerGroup) = (features, cells)
        return try TaskEvaluation(task, data, reservoir: reservoir, map: map, settings: settings)
    }

    public func behaviour(_ genes: [Double], features: StateFeatures, seed: UInt64) throws -> ReservoirBehaviour {
        let (reservoir, map, features) = try made(genes, inputs: 1, features)
        return try ReservoirBehaviour(reservoir, map: map, features: features, group: cells, seed: seed)
    }
}
