import Glibc
import Signals

/// The normalised variance of a network's tangent kernel at the beginning of training, by drawing networks.
///
///     K(x, x) = Σ_θ (∂f/∂θ)²,       V = Var K / (E K)²
///
/// - Source: B. Hanin, M. Nica, "Finite depth and width corrections to the neural tangent kernel", arXiv:1909.05989.
public struct KernelVariance: Sendable, Equatable {
    /// Draws.
    public var count: Int
    public var mean: Double
    /// V, of the draws.
    public var variance: Double

    public init(_ kernels: [Double]) {
        let count = Double(kernels.count)
        let mean = kernels.reduce(0, +) / max(1, count)
        let square = kernels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
        (self.count, self.mean, variance) = (kernels.count, mean, mean > 0 ? square / (mean * mean) : .nan)
    }

    /// α of V = exp(α L / n) − 1.
    public func alpha(width: Int, depth: Int) -> Double { log1p(variance) * Double(width) / Double(depth) }

    /// Kernels of plain networks in NTK parameterisation: rectifiers, no biases, one output, L hidden layers of width n, an input of norm
    /// √(its size).
    ///
    ///     h₀ = x,   h_l = √(2 / n_(l−1)) W_l relu(h_(l−1)),   f = w · relu(h_L) √(2 / n)       all weights from N(0, 1)
    public static func plain(width n: Int, depth: Int, draws: Int, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<draws).map { _ in plainKernel(n, depth, &random) }
    }

    /// Kernels of a block as training begins with it: its layers, biases, and initial weights. f is a fixed mean of the outputs at the last
    /// frame, x a fixed sequence of normal numbers, as a norm's outputs are.
    ///
    ///     f = Σ_i s_i y_i(T) / √d_out,       s_i = ±1
    ///
    /// - Parameters:
    ///   - frames: T, of x.
    ///   - seed: of x and s; draw k has weights of the seed `seed + k`.
    public static func drawn(_ block: CollegialBlock, frames: Int, draws: Int, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        let x = (0..<frames * block.inputs).map { _ in Float(random.normal()) }
        var slope = [Float](repeating: 0, count: frames * block.outputs)
        for i in 0..<block.outputs {
            let sign: Float = random.uniform() < 0.5 ? -1 : 1
            slope[(frames - 1) * block.outputs + i] = sign / Float(block.outputs).squareRoot()
        }
        let layers = block.sequence()
        let pass = NetworkPass(layers)
        return (0..<draws).map { draw in
            let parameters = Network(layers, seed: seed &+ 1 &+ UInt64(draw)).parameters
            pass.forward(
                SequenceBatch(lengths: [frames]), parameters: parameters, context: ForwardContext(isTraining: false)
            ) { rows in for i in 0..<rows.count { rows[i] = x[i] } }
            var gradient = [Float](repeating: 0, count: parameters.count)
            pass.backward(slope, parameters: parameters, addingTo: &gradient)
            return gradient.reduce(0.0) { $0 + Double($1) * Double($1) }
        }
    }

    /// Kernels of ensembles of m such networks, whose sum is divided by √m: the mean of the members' kernels.
    public static func ensembles(_ members: [Double], of m: Int) -> [Double] {
        stride(from: 0, through: members.count - m, by: m).map { members[$0..<$0 + m].reduce(0, +) / Double(m) }
    }

    private static func plainKernel(_ n: Int, _ depth: Int, _ random: inout SplitMix64) -> Double {
        let gain = (2 / Double(n)).squareRoot()
        // The first layer's values are independent normal numbers, whatever the size of the input.
        var layers = [(0..<n).map { _ in random.normal() }]
        var weights: [[Double]] = []
        for _ in 1..<max(1, depth) {
            let own = (0..<n * n).map { _ in random.normal() }
            let below = layers[layers.count - 1]
            layers.append(
                (0..<n).map { i in
                    var sum = 0.0
                    for j in 0..<n where below[j] > 0 { sum += own[i * n + j] * below[j] }
                    return gain * sum
                })
            weights.append(own)
        }
        func power(_ layer: [Double]) -> Double { layer.reduce(0) { $0 + ($1 > 0 ? $1 * $1 : 0) } }
        var kernel = gain * gain * power(layers[depth - 1])
        // ∂f/∂ of a layer's values.
        var slope = (0..<n).map { layers[depth - 1][$0] > 0 ? gain * random.normal() : 0 }
        for l in stride(from: depth - 1, through: 1, by: -1) {
            let size = slope.reduce(0) { $0 + $1 * $1 }
            kernel += size * gain * gain * power(layers[l - 1])
            let (above, own) = (slope, weights[l - 1])
            slope = (0..<n).map { j in
                guard layers[l - 1][j] > 0 else { return 0 }
                var sum = 0.0
                for i in 0..<n { sum += own[i * n + j] * above[i] }
                return gain * sum
            }
        }
        // The input's norm squared over its size is 1.
        return kernel + slope.reduce(0) { $0 + $1 * $1 }
    }
}
