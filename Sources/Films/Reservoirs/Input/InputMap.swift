public import LinearAlgebra
import Signals

/// How the inputs of a task become the drive of a reservoir: sparse random weights and a bias, times a scale.
///
///     drive(t, k) = scale · (Σ_i W(k, i) · u(t, i) + b(k))
///
/// A weight is normal with the chance `density`, and 0 otherwise; so is a bias. The map follows from the seed alone.
///
/// - Source: preset ``dale(inputs:cells:scale:width:seed:)``: M. Dale et al., "Reservoir computing with thin-film ferromagnetic devices",
///   arXiv:2101.12700, and its program (createMM.m).
public struct InputMap: Sendable, Equatable {
    public let inputs: Int
    /// Values of one drive frame.
    public let channels: Int
    /// Shape `[inputs + 1, channels]`; the last row is the bias. Scaled.
    let weights: Matrix<Double>
    /// What a drive value is rounded to; nil for none. The study writes its fields in steps of 0.1 mT.
    let resolution: Double?

    /// - Parameters:
    ///   - scale: of the drive, for films in tesla; may be negative.
    ///   - bias: how much larger the biases are than the weights; 0 for none.
    public init(
        inputs: Int, channels: Int, scale: Double, density: Double = 0.1, bias: Double = 1, resolution: Double? = nil,
        seed: UInt64
    ) {
        precondition(inputs > 0 && channels > 0, "a map has inputs and channels")
        (self.inputs, self.channels, self.resolution) = (inputs, channels, resolution)
        var random = SplitMix64(seed: seed)
        var weights = Matrix<Double>(rows: inputs + 1, columns: channels)
        for channel in 0..<channels {
            for input in 0...inputs {
                let isSet = random.uniform() < density
                let value = random.normal()
                if isSet { weights[input, channel] = scale * value * (input < inputs ? 1 : bias) }
            }
        }
        self.weights = weights
    }

    private init(inputs: Int, weights: Matrix<Double>, resolution: Double?) {
        (self.inputs, self.weights, self.resolution) = (inputs, weights, resolution)
        channels = weights.columns
    }

    /// The study's map: density 0.1, a bias, fields in steps of 0.1 mT.
    /// - Parameters:
    ///   - cells: of each film, a square number; channels are those of `films` films one behind the other.
    ///   - scale: tesla, in the study from −2 to 2.
    ///   - width: how far a weight reaches into the rows and columns around its cell; at most a quarter of the film's edge.
    public static func dale(
        inputs: Int, cells: Int, films: Int = 1, scale: Double, width: Int = 0, seed: UInt64
    ) -> InputMap {
        let map = InputMap(inputs: inputs, channels: films * cells, scale: scale, resolution: 1e-4, seed: seed)
        let edge = Int(Double(cells).squareRoot().rounded())
        let reach = min(width, edge / 4)
        guard reach > 0, edge * edge == cells else { return map }
        var wide = Matrix<Double>(rows: inputs + 1, columns: films * cells)
        for input in 0...inputs {
            for channel in 0..<films * cells where map.weights[input, channel] != 0 {
                let (film, row, column) = (channel / cells, channel % cells / edge, channel % edge)
                for y in max(0, row - reach)...min(edge - 1, row + reach) {
                    for x in max(0, column - reach)...min(edge - 1, column + reach) {
                        wide[input, film * cells + y * edge + x] += map.weights[input, channel]
                    }
                }
            }
        }
        return InputMap(inputs: inputs, weights: wide, resolution: map.resolution)
    }

    /// Whether a channel feels an input.
    public func reaches(input: Int) -> Bool { (0..<channels).contains { weights[input, $0] != 0 } }

    /// - Parameter inputs: shape `[steps, inputs]`.
    /// - Returns: shape `[steps, channels]`.
    public func drive(_ inputs: Matrix<Double>) -> Matrix<Double> {
        precondition(inputs.columns == self.inputs, "a row has one value for each input")
        var drive = inputs.times(weights.rows(0..<self.inputs))
        for step in 0..<drive.rows {
            for channel in 0..<channels {
                var value = drive[step, channel] + weights[self.inputs, channel]
                if let resolution { value = (value / resolution).rounded() * resolution }
                drive[step, channel] = value
            }
        }
        return drive
    }

    /// The drive of one step, for a rig that runs; it allocates nothing, and sums in the order of the inputs.
    /// - Parameters:
    ///   - inputs: as many as the map has.
    ///   - drive: one value for each channel, overwritten.
    public func setDrive(_ inputs: UnsafeBufferPointer<Double>, _ drive: UnsafeMutableBufferPointer<Float>) {
        precondition(inputs.count == self.inputs && drive.count == channels, "inputs or drive of wrong length")
        for channel in 0..<channels {
            var value = weights[self.inputs, channel]
            for input in 0..<self.inputs { value += weights[input, channel] * inputs[input] }
            if let resolution { value = (value / resolution).rounded() * resolution }
            drive[channel] = Float(value)
        }
    }
}
