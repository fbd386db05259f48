/// A reservoir behind an input mask: it takes a few numbers a step, and its films get one field for each cell.
public final class MaskedReservoir: Reservoir {
    private let reservoir: any Reservoir
    private let mask: InputMask.Matrix

    public let inputs: Int
    public var nodes: Int { reservoir.nodes }
    public var description: String { reservoir.description }

    /// - Precondition: the mask has as many channels as the reservoir has inputs.
    public init(_ reservoir: any Reservoir, mask: InputMask) {
        precondition(mask.channels == reservoir.inputs, "one channel of the mask for each input")
        self.reservoir = reservoir
        self.mask = mask.makeMatrix()
        inputs = mask.inputs
    }

    public func reset(seed: UInt64) throws { try reservoir.reset(seed: seed) }

    public func run(_ inputs: [Float]) throws -> [Float] {
        precondition(inputs.count.isMultiple(of: self.inputs), "inputs must hold whole steps")
        let (steps, channels) = (inputs.count / self.inputs, reservoir.inputs)
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
