/// Several films in parallel as one reservoir: each takes its part of the fields of every step, and their nodes stand one behind
/// the other in a row of states.
public final class ReservoirArray: Reservoir {
    private let members: [any Reservoir]

    /// - Precondition: there is at least one member.
    public init(_ members: [any Reservoir]) {
        precondition(!members.isEmpty, "an array of films has one film at least")
        self.members = members
    }

    public var description: String { members.map(\.description).joined(separator: " + ") }
    public var inputs: Int { members.reduce(0) { $0 + $1.inputs } }
    public var nodes: Int { members.reduce(0) { $0 + $1.nodes } }

    public func reset(seed: UInt64) throws { for member in members { try member.reset(seed: seed) } }

    public func run(_ drive: [Float]) throws -> [Float] {
        let (inputs, nodes) = (inputs, nodes)
        let steps = drive.count / inputs
        var states = [Float](repeating: 0, count: steps * nodes)
        var (firstInput, firstNode) = (0, 0)
        for member in members {
            var part: [Float] = []
            part.reserveCapacity(steps * member.inputs)
            for step in 0..<steps { part += drive[step * inputs + firstInput..<step * inputs + firstInput + member.inputs] }
            let answers = try member.run(part)
            for step in 0..<steps {
                for node in 0..<member.nodes {
                    states[step * nodes + firstNode + node] = answers[step * member.nodes + node]
                }
            }
            firstInput += member.inputs
            firstNode += member.nodes
        }
        return states
    }
}
