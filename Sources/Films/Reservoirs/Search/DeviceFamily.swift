import LinearAlgebra
import Synchronization

/// One reservoir that is there once, for example a film on the bench: the search chooses its input map. One individual at a time has it.
public final class DeviceFamily: ReservoirFamily {
    private let device: Mutex<any Reservoir>
    public let description: String
    public let nodes: Int
    private let channels: Int
    private let most: Double

    /// - Parameter most: largest drive that the device takes, tesla.
    public init(_ reservoir: sending any Reservoir, most: Double = 1) {
        (description, nodes, channels) = (reservoir.description, reservoir.nodes, reservoir.inputs)
        self.most = most
        device = Mutex(reservoir)
    }

    public var genes: [SearchGene] {
        [SearchGene("scale_T", most / 300...most, .logarithmic)] + FilmFamily.mapGenes.dropFirst()
    }

    public func evaluate(
        _ genes: [Double], _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings
    ) throws -> TaskEvaluation {
        let values = values(genes)
        var settings = settings
        settings.features.leak = values[3]
        settings.nodesPerGroup = channels
        let map = FilmFamily.map(values, inputs: data.inputs.columns, channels: channels)
        return try device.withLock { [settings] reservoir in
            try TaskEvaluation(task, data, reservoir: reservoir, map: map, settings: settings)
        }
    }

    public func behaviour(_ genes: [Double], features: StateFeatures, seed: UInt64) throws -> ReservoirBehaviour {
        let values = values(genes)
        var features = features
        features.leak = values[3]
        let map = FilmFamily.map(values, inputs: 1, channels: channels)
        return try device.withLock { [features] reservoir in
            try ReservoirBehaviour(reservoir, map: map, features: features, group: channels, seed: seed)
        }
    }

    /// The reservoir, once nothing is asked of it.
    public func withReservoir<Result>(_ body: (any Reservoir) throws -> sending Result) rethrows -> sending Result {
        try device.withLock { reservoir in try body(reservoir) }
    }
}
