import LinearAlgebra

/// A reservoir behind an input mask or map: it takes a few numbers a step, and its films get one field for each cell.
public final class MaskedReservoir: Reservoir {
    private let reservoir: any Reservoir
    private let way: Way

    /// A mask computes in 32 bits, as readouts do that were trained with it; a map in 64, as tasks do.
    private enum Way {
        case mask(InputMask.Matrix)
        case map(InputMap)
    }

    public let inputs: Int
    public var nodes: Int { reservoir.nodes }
    public var description: String { reservoir.description }

    /// - Precondition: the mask has as many channels as the reservoir has inputs.
    public init(_ reservoir: any Reservoir, mask: InputMask) {
        precondition(mask.channels == reservoir.inputs, "one channel of the mask for each input")
        self.reservoir = reservoir
        way = .mask(mask.makeMatrix())
        inputs = mask.inputs
    }

    /// - Precondition: the map has as many channels as the reservoir has inputs.
    public init(_ reservoir: any Reservoir, map: InputMap) {
        precondition(map.channels == reservoir.inputs, "one channel of the map for each input")
        self.reservoir = reservoir
        way = .map(map)
        inputs = map.inputs
    }

    public func reset(seed: UInt64) throws { try reservoir.reset(seed: seed) }

    public func run(_ inputs: [Float]) throws -> [Float] {
        precondition(inputs.count.isMultiple(of: self.inputs), "inputs must hold whole steps")
        let (steps, channels) = (inputs.count / self.inputs, reservoir.inputs)
        let mask: InputMask.Matrix
        switch way {
        case .mask(let matrix): mask = matrix
        case .map(let map):
            let rows = Matrix(rows: steps, columns: self.inputs, values: inputs.map { Double($0) })
            return try reservoir.run(map.drive(rows).values.map { Float($0) })
        }
        var drive = [Float](repeating: 0, count: steps * channels)
        inputs.withUnsafeBufferPointer { inputs in
            drive.withUnsafeMutableBufferPointer { drive in
                for step in 0..<steps {
                    mask.setDrive(
                        UnsafeBufferPointer(rebasing: inputs[step * self.inputs..<(step + 1) * self.inputs]),
                        UnsafeMutableBufferPointer(rebasing: drive[step * channels..<(step + 1) * channels]))
                }
            }
        }
        return try reservoir.run(drive)
    }
}
