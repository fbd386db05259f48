public import LinearAlgebra

/// Several films in parallel as one reservoir: each takes its part of the fields of every step, and their nodes stand one behind
/// the other in a row of states.
///
/// With cross-talk each film also sees a share of what drives its neighbours in the row: u_i + c (u_{i−1} + u_{i+1}).
public final class ReservoirArray: Reservoir {
    private let members: [any Reservoir]
    /// The share c of a neighbour's drive.
    public let crossTalk: Double

    /// - Precondition: there is at least one member.
    public init(_ members: [any Reservoir]) {
        precondition(!members.isEmpty, "an array of films has one film at least")
        self.members = members
        crossTalk = 0
    }

    /// - Parameters:
    ///   - members: at least one; all with the same number of inputs, unless there is no cross-talk.
    ///   - crossTalk: the share of a neighbour's drive that is added; 0: none.
    /// - Throws: ``NetworkError``.
    public init(_ members: [any Reservoir], crossTalk: Double) throws(NetworkError) {
        guard let first = members.first else { throw .setting(name: "reservoirs in parallel", expected: "1 or more", found: 0) }
        guard crossTalk.isFinite else {
            throw .setting(name: "cross-talk", expected: "a finite number", found: crossTalk)
        }
        if crossTalk != 0, let other = members.first(where: { $0.inputs != first.inputs }) {
            throw .shape(what: "inputs of every film, for cross-talk", expected: first.inputs, found: other.inputs)
        }
        self.members = members
        self.crossTalk = crossTalk
    }

    public var description: String {
        members.map(\.description).joined(separator: " + ") + (crossTalk == 0 ? "" : ", cross-talk \(crossTalk)")
    }
    public var inputs: Int { members.reduce(0) { $0 + $1.inputs } }
    public var nodes: Int { members.reduce(0) { $0 + $1.nodes } }

    public func reset(seed: UInt64) throws { for member in members { try member.reset(seed: seed) } }

    public func run(_ drive: [Float]) throws -> [Float] {
        let drive = Matrix(
            rows: drive.count / inputs, columns: inputs, values: Array(drive[..<(drive.count / inputs * inputs)]))
        let parts = try drives(drive).map { part, member in
            Matrix(rows: part.rows, columns: member.nodes, values: try member.run(part.values))
        }
        return Self.sideBySide(parts).values
    }

    public func states(_ drive: Matrix<Double>) throws -> Matrix<Double> {
        precondition(drive.columns == inputs, "a row has one value for each input")
        return Self.sideBySide(try drives(drive).map { part, member in try member.states(part) })
    }

    /// What each member is driven with.
    private func drives<Scalar>(_ drive: Matrix<Scalar>) -> [(Matrix<Scalar>, any Reservoir)] {
        var first = 0
        return members.enumerated().map { place, member in
            let begin = first
            first += member.inputs
            var part = Matrix<Scalar>(rows: drive.rows, columns: member.inputs)
            for step in 0..<drive.rows {
                for k in 0..<member.inputs {
                    var value = drive[step, begin + k]
                    if crossTalk != 0 {
                        var neighbours: Scalar = 0
                        if place > 0 { neighbours += drive[step, begin + k - member.inputs] }
                        if place + 1 < members.count { neighbours += drive[step, begin + k + member.inputs] }
                        value += Scalar(crossTalk) * neighbours
                    }
                    part[step, k] = value
                }
            }
            return (part, member)
        }
    }

    /// Matrices of equally many rows, beside each other.
    static func sideBySide<Scalar>(_ parts: [Matrix<Scalar>]) -> Matrix<Scalar> {
        var result = Matrix<Scalar>(rows: parts[0].rows, columns: parts.reduce(0) { $0 + $1.columns })
        var first = 0
        for part in parts {
            for row in 0..<part.rows { for k in 0..<part.columns { result[row, first + k] = part[row, k] } }
            first += part.columns
        }
        return result
    }
}
