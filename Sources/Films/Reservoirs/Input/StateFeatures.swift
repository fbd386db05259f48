public import LinearAlgebra

/// What a readout sees of a reservoir's states.
public struct StateFeatures: Sendable, Equatable, Codable {
    /// a of s(t) = (1 − a) s(t−1) + a x(t); 1 for the states themselves.
    public var leak: Double
    /// Whether the task's inputs stand beside the states.
    public var hasInputs: Bool
    /// Whether the squares of the states stand beside them.
    public var hasSquares: Bool
    /// States of so many steps ago stand beside those of now.
    public var delays: [Int]
    /// Frames for which an input is held, each with a mask of its own; the states of all of them are read. 1 for one.
    public var virtualNodes: Int

    public init(
        leak: Double = 1, hasInputs: Bool = true, hasSquares: Bool = false, delays: [Int] = [], virtualNodes: Int = 1
    ) {
        (self.leak, self.hasInputs, self.hasSquares) = (leak, hasInputs, hasSquares)
        (self.delays, self.virtualNodes) = (delays, virtualNodes)
    }

    /// Columns for so many values of a state.
    public func width(nodes: Int, inputs: Int) -> Int {
        nodes * virtualNodes * (hasSquares ? 2 : 1) * (1 + delays.count) + (hasInputs ? inputs : 0)
    }

    /// - Parameters:
    ///   - states: shape `[steps, nodes]`; with virtual nodes those of a step one behind the other.
    ///   - inputs: shape `[steps, inputs]`.
    /// - Returns: shape `[steps, width]`; before the beginning delayed states are 0.
    public func columns(_ states: Matrix<Double>, inputs: Matrix<Double>) -> Matrix<Double> {
        precondition(states.rows == inputs.rows, "a state for each input")
        let nodes = states.columns
        let base = hasSquares ? 2 * nodes : nodes
        let width = base * (1 + delays.count) + (hasInputs ? inputs.columns : 0)
        var result = Matrix<Double>(rows: states.rows, columns: width)
        result.values.withUnsafeMutableBufferPointer { result in
            states.values.withUnsafeBufferPointer { states in
                for step in 0..<inputs.rows {
                    let row = step * width
                    for node in 0..<nodes {
                        let value = states[step * nodes + node]
                        let before = step > 0 ? result[row - width + node] : 0
                        let kept = step > 0 ? (1 - leak) * before + leak * value : value
                        result[row + node] = kept
                        if hasSquares { result[row + nodes + node] = kept * kept }
                    }
                    for (place, delay) in delays.enumerated() where step >= delay {
                        for column in 0..<base {
                            result[row + base * (1 + place) + column] = result[row - delay * width + column]
                        }
                    }
                    guard hasInputs else { continue }
                    for input in 0..<inputs.columns {
                        result[row + width - inputs.columns + input] = inputs[step, input]
                    }
                }
            }
        }
        return result
    }

    /// The frames of a drive with virtual nodes: each step `virtualNodes` times, with the sign that its turn and channel draw.
    func frames(_ drive: Matrix<Double>) -> Matrix<Double> {
        guard virtualNodes > 1 else { return drive }
        var frames = Matrix<Double>(rows: drive.rows * virtualNodes, columns: drive.columns)
        for step in 0..<drive.rows {
            for turn in 0..<virtualNodes {
                for channel in 0..<drive.columns {
                    frames[step * virtualNodes + turn, channel] = Self.sign(turn, channel) * drive[step, channel]
                }
            }
        }
        return frames
    }

    /// One of the frames for which a drive is held: the drive with the signs of the turn.
    /// - Parameter frame: as many values as the drive has, overwritten.
    package static func setFrame(
        _ turn: Int, of drive: UnsafeBufferPointer<Float>, into frame: UnsafeMutableBufferPointer<Float>
    ) {
        for channel in drive.indices { frame[channel] = Float(sign(turn, channel)) * drive[channel] }
    }

    /// A fixed mask of signs.
    private static func sign(_ turn: Int, _ channel: Int) -> Double {
        guard turn > 0 else { return 1 }
        let mixed = (UInt64(turn) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(channel)) &* 0xBF58_476D_1CE4_E5B9
        return mixed >> 63 == 0 ? 1 : -1
    }
}
