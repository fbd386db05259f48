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
        var settings = settings
        let (reservoir, map, features) = try made(genes, inputs: data.inputs.columns, settings.features)
        (settings.features, settings.nodesPerGroup) = (features, reservoir.inputs)
        return try TaskEvaluation(task, data, reservoir: reservoir, map: map, settings: settings)
    }

    public func behaviour(_ genes: [Double], features: StateFeatures, seed: UInt64) throws -> ReservoirBehaviour {
        let (reservoir, map, features) = try made(genes, inputs: 1, features)
        return try ReservoirBehaviour(reservoir, map: map, features: features, group: reservoir.inputs, seed: seed)
    }

    private func made(
        _ genes: [Double], inputs: Int, _ features: StateFeatures
    ) throws -> (reservoir: ContactFilmReservoir, map: InputMap, features: StateFeatures) {
        let values = values(genes)
        var features = features
        features.leak = values[3]
        let reservoir = ContactFilmReservoir(try film())
        return (reservoir, FilmFamily.map(values, inputs: inputs, channels: reservoir.inputs), features)
    }
}
