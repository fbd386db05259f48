/// Passes everything on to another reservoir, for example a film on the bench, and keeps what was given and answered.
public final class RecordingReservoir: Reservoir {
    private let reservoir: any Reservoir
    public private(set) var recording: ReservoirRecording

    public var inputs: Int { reservoir.inputs }
    public var nodes: Int { reservoir.nodes }
    public var description: String { reservoir.description }

    public init(_ reservoir: any Reservoir) {
        self.reservoir = reservoir
        recording = ReservoirRecording(
            description: reservoir.description, inputs: reservoir.inputs, nodes: reservoir.nodes)
    }

    public func reset(seed: UInt64) throws {
        try reservoir.reset(seed: seed)
        recording.runs.append(.init(seed: seed))
    }

    public func run(_ inputs: [Float]) throws -> [Float] {
        let states = try reservoir.run(inputs)
        if recording.runs.isEmpty { recording.runs.append(.init(seed: 0)) }
        recording.runs[recording.runs.count - 1].inputs += inputs
        recording.runs[recording.runs.count - 1].states += states
        return states
    }
}
