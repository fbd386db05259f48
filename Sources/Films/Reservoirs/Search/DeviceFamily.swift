import LinearAlgebra
import Synchronization
public import Transports

/// One reservoir that is there once, for example a film on the bench: the search chooses its input map. One individual at a time has it.
public final class DeviceFamily: ReservoirFamily {
    private let device: Mutex<any Reservoir>
    public let description: String
    public let nodes: Int
    private let channels: Int
    /// Largest drive that the device takes, tesla.
    public let most: Double
    private let input: SearchedInput
    private let lost = Mutex<TransportError?>(nil)

    /// - Parameters:
    ///   - most: largest drive that the device takes, tesla.
    ///   - input: which input maps are searched.
    public init(_ reservoir: sending any Reservoir, most: Double = 1, input: SearchedInput = .free) {
        self.input = input
        (description, nodes, channels) = (reservoir.description, reservoir.nodes, reservoir.inputs)
        self.most = most
        device = Mutex(reservoir)
    }

    public var genes: [SearchGene] { input.genes(scale: most / 300...most, edge: nil) }

    public func evaluate(
        _ genes: [Double], _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings
    ) throws -> TaskEvaluation {
        let values = values(genes)
        var settings = settings
        settings.nodesPerGroup = channels
        let (map, leak) = input.map(values, inputs: data.inputs.columns, cells: channels, films: 1, edge: nil)
        settings.features.leak = leak
        return try asked { [settings] reservoir in
            try TaskEvaluation(task, data, reservoir: reservoir, map: map, settings: settings)
        }
    }

    public func behaviour(_ genes: [Double], features: StateFeatures, seed: UInt64) throws -> ReservoirBehaviour {
        var features = features
        let (map, leak) = input.map(values(genes), inputs: 1, cells: channels, films: 1, edge: nil)
        features.leak = leak
        return try asked { [features, channels] reservoir in
            try ReservoirBehaviour(reservoir, map: map, features: features, group: channels, seed: seed)
        }
    }

    /// - Throws: what `body` throws; after a lost frame that error again, for nobody knows what the device would have said.
    private func asked<Result>(_ body: (any Reservoir) throws -> sending Result) throws -> sending Result {
        try device.withLock { reservoir in
            if let failure { throw failure }
            do {
                return try body(reservoir)
            } catch let failure as TransportError {
                lost.withLock { $0 = failure }
                throw failure
            }
        }
    }

    /// Why the device can be asked no more: it is lost, or forgot a frame. Individuals of a search fail one by one; this ends the search.
    public var failure: TransportError? { lost.withLock(\.self) }

    /// The reservoir, once nothing is asked of it.
    public func withReservoir<Result>(_ body: (any Reservoir) throws -> sending Result) rethrows -> sending Result {
        try device.withLock { reservoir in try body(reservoir) }
    }
}
