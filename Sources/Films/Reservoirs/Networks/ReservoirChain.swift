public import LinearAlgebra

/// Reservoirs in series: the states of one, through a fixed linear map, drive the next.
///
///     u₁ = u,   u_{i+1}(t) = M_i x_i(t) + c_i
///
/// Within a step all of them advance, the first one first, so a later one sees the earlier one's state of the same step.
public final class ReservoirChain: Reservoir {
    /// From the states of one reservoir to the inputs of the next.
    public struct Link: Sendable, Equatable {
        /// M, shape `[inputs of the next, nodes of this]`.
        public var map: Matrix<Double>
        /// c, one value per input of the next.
        public var offset: [Double]

        /// - Parameter offset: nil: zeros.
        public init(map: Matrix<Double>, offset: [Double]? = nil) {
            self.map = map
            self.offset = offset ?? [Double](repeating: 0, count: map.rows)
        }
    }

    private let members: [any Reservoir]
    private let links: [Link]
    /// Whether a state holds the nodes of all members, in their order; otherwise those of the last.
    public let showsAll: Bool

    /// - Parameters:
    ///   - members: at least one.
    ///   - links: one fewer than members.
    ///   - showsAll: whether the readout sees all members or the last one only.
    /// - Throws: ``NetworkError`` when numbers do not fit or a weight is not finite.
    public init(_ members: [any Reservoir], links: [Link], showsAll: Bool = true) throws(NetworkError) {
        guard !members.isEmpty else { throw .setting(name: "reservoirs in series", expected: "1 or more", found: 0) }
        guard links.count == members.count - 1 else {
            throw .shape(what: "links between reservoirs", expected: members.count - 1, found: links.count)
        }
        for (place, link) in links.enumerated() {
            guard link.map.columns == members[place].nodes else {
                throw .shape(what: "columns of link \(place)", expected: members[place].nodes, found: link.map.columns)
            }
            guard link.map.rows == members[place + 1].inputs, link.offset.count == link.map.rows else {
                throw .shape(
                    what: "rows and offsets of link \(place)", expected: members[place + 1].inputs, found: link.map.rows)
            }
            if let wrong = (link.map.values + link.offset).firstIndex(where: { !$0.isFinite }) {
                throw .weight(what: "link \(place)", place: wrong)
            }
        }
        (self.members, self.links, self.showsAll) = (members, links, showsAll)
    }

    public var description: String { members.map(\.description).joined(separator: " → ") }
    public var inputs: Int { members[0].inputs }
    public var nodes: Int { showsAll ? members.reduce(0) { $0 + $1.nodes } : members[members.count - 1].nodes }

    public func reset(seed: UInt64) throws { for member in members { try member.reset(seed: seed) } }

    public func run(_ drive: [Float]) throws -> [Float] {
        let steps = drive.count / inputs
        guard steps * inputs == drive.count else {
            throw NetworkError.shape(what: "inputs of whole steps", expected: steps * inputs, found: drive.count)
        }
        return try states(Matrix(rows: steps, columns: inputs, values: drive.map { Double($0) })).values.map { Float($0) }
    }

    public func states(_ drive: Matrix<Double>) throws -> Matrix<Double> {
        guard drive.columns == inputs else {
            throw NetworkError.shape(what: "inputs per step", expected: inputs, found: drive.columns)
        }
        var (input, parts): (Matrix<Double>, [Matrix<Double>]) = (drive, [])
        for (place, member) in members.enumerated() {
            let states = try member.states(input)
            if showsAll || place == members.count - 1 { parts.append(states) }
            guard place < links.count else { break }
            let link = links[place]
            input = states.times(link.map.transposed)
            for row in 0..<input.rows { for k in 0..<input.columns { input[row, k] += link.offset[k] } }
        }
        return ReservoirArray.sideBySide(parts)
    }
}
