/// Parameters of one path of an ensemble, as a function of its width; biases are not counted. A path of linear or recurrent layers takes as
/// many multiply-adds a frame.
public enum EnsembleCost: Sendable, Equatable {
    /// d_in n + (L − 1) n² + n d_out
    case connected(inputs: Int, outputs: Int, depth: Int)
    /// A bottleneck: 1 × 1 to n channels, k × k among them, 1 × 1 back. (d_in + d_out) n + k² n²
    case bottleneck(inputs: Int, outputs: Int, kernel: Int)
    /// A linear layer, L gated recurrent ones, a linear layer. (d_in + d_out) n + 6 L n²
    case recurrent(inputs: Int, outputs: Int, depth: Int)

    public func parameters(width n: Double) -> Double {
        switch self {
        case .connected(let inputs, let outputs, let depth): n * Double(inputs + outputs) + Double(depth - 1) * n * n
        case .bottleneck(let inputs, let outputs, let kernel): n * Double(inputs + outputs) + Double(kernel * kernel) * n * n
        case .recurrent(let inputs, let outputs, let depth): n * Double(inputs + outputs) + 6 * Double(depth) * n * n
        }
    }

    public func parameters(width: Int) -> Int { Int(parameters(width: Double(width))) }
}
