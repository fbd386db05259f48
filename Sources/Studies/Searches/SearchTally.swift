import Foundation
import Reservoirs

/// What a search has come to, individual by individual.
public struct SearchTally: Sendable {
    /// Edge of a cell of the space of behaviours, as in CHARC.
    public static let usualCell = 10.0

    public let cell: Double
    public private(set) var ended = 0
    public private(set) var failed = 0
    public private(set) var archived = 0
    /// With the smallest objective; of equals the first.
    public private(set) var best: SearchIndividual?
    private var cells: Set<[Double]> = []

    /// - Parameter cell: edge of a cell, in ranks and steps of memory.
    public init(cell: Double = usualCell) {
        precondition(cell > 0, "cells have a size")
        self.cell = cell
    }

    /// Cells of the space of behaviours that were reached.
    public var coverage: Int { cells.count }

    /// - Parameter individual: the next by number.
    public mutating func add(_ individual: SearchIndividual) {
        ended += 1
        if individual.result.isFailed { failed += 1 }
        if individual.isArchived { archived += 1 }
        if let objective = individual.result.objective, objective < best?.result.objective ?? .infinity { best = individual }
        if let behaviour = individual.result.behaviour { cells.insert(behaviour.point.map { floor($0 / cell) }) }
    }
}
