import LinearAlgebra
public import MagneticFilm

/// A continuum film with contacts. The search chooses the input map; the film's own numbers stay as they are.
public struct ContactFilmFamily: ReservoirFamily {
    private let film: @Sendable () throws -> ContactFilm<Double>
    public let description: String
    public let nodes: Int
    public let genes: [SearchGene]

    /// - Parameter film: makes the film anew, always the same one; called from several threads.
    /// - Throws: what `film` throws.
    public init(_ film: @escaping @Sendable () throws -> ContactFilm<Double>) throws {
        let first = try film()
        self.film = film
        description = ContactFilmReservoir(first).description
        nodes = first.nodes
        genes =
            switch first.drive {
            case .field: FilmFamily.mapGenes
            case .current: [SearchGene("scale_Apm2", 1e9...1e13, .logarithmic)] + FilmFamily.mapGenes.dropFirst()
            }
    }

    public func evaluate(
        _ genes: [Double], _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings
    ) throws -> TaskEvaluation {
        let values = values(genes)
        var settings = settings
        settings.features.leak = values[3]
        let reservoir = ContactFilmReservoir(try film())
        settings.nodesPerGroup = reservoir.inputs
        let map = FilmFamily.map(values, inputs: data.inputs.columns, channels: reservoir.inputs)
        return try TaskEvaluation(task, data, reservoir: reservoir, map: map, settings: settings)
    }
}
