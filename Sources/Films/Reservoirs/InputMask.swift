import Signals

/// How features become the fields of a film array: a sparse random matrix and a bias for each film, times the film's field.
///
///     field(film, cell) = B(film) · (Σ_k W(film, cell, k) · feature(k) + b(film, cell))
///
/// W is normal with the given density, divided by √(inputs · density); b is normal with the same spread. The matrix
/// follows from the seed alone.
///
/// - Source: M. Dale et al., "Reservoir computing with thin-film ferromagnetic devices", arXiv:2101.12700 (sparse normal
///   input weights per cell).
public struct InputMask: Codable, Sendable, Equatable {
    public var inputs: Int
    public var cells: Int
    /// Largest typical field of each film, tesla.
    public var fields_T: [Float]
    public var density: Double
    public var seed: UInt64

    public init(inputs: Int, cells: Int, fields_T: [Float], density: Double = 0.3, seed: UInt64) {
        self.inputs = inputs
        self.cells = cells
        self.fields_T = fields_T
        self.density = density
        self.seed = seed
    }

    /// Values of one drive frame.
    public var channels: Int { fields_T.count * cells }

    /// Whether a matrix of up to a hundred million values can be made: sizes that come from a file are asked first.
    var isPossible: Bool {
        (1...100_000).contains(inputs) && (1...100_000).contains(cells) && (1...1000).contains(fields_T.count)
            && inputs * channels <= 100_000_000 && density > 0 && density <= 1 && fields_T.allSatisfy(\.isFinite)
    }

    /// The matrix and the bias, ready for use.
    public func makeMatrix() -> Matrix {
        var random = SplitMix64(seed: seed)
        let scale = 1 / (Double(inputs) * density).squareRoot()
        var weights: [Float] = []
        var bias: [Float] = []
        for field in fields_T {
            for _ in 0..<cells {
                for _ in 0..<inputs {
                    let isSet = random.uniform() < density
                    let value = random.normal()
                    weights.append(isSet ? field * Float(value * scale) : 0)
                }
                bias.append(field * Float(random.normal() * scale))
            }
        }
        return Matrix(inputs: inputs, weights: weights, bias: bias)
    }

    public struct Matrix: Sendable {
        public let inputs: Int
        let weights: [Float]
        let bias: [Float]

        /// Cells that feel an input; the others feel the bias alone.
        public var drivenCells: Int {
            bias.indices.count { cell in weights[cell * inputs..<(cell + 1) * inputs].contains { $0 != 0 } }
        }

        /// - Parameters:
        ///   - features: `inputs` standardised values.
        ///   - drive: one field per film and cell in tesla, overwritten.
        public func setDrive(_ features: UnsafeBufferPointer<Float>, _ drive: UnsafeMutableBufferPointer<Float>) {
            precondition(features.count == inputs && drive.count == bias.count, "features or drive of wrong length")
            for channel in 0..<bias.count {
                var sum = bias[channel]
                for k in 0..<inputs { sum += weights[channel * inputs + k] * features[k] }
                drive[channel] = sum
            }
        }
    }
}
