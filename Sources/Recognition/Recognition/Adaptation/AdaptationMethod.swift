/// How a trained recogniser is fitted to one speaker.
public enum AdaptationMethod: String, Sendable, Codable, CaseIterable {
    /// A side network with one cell, shared over depth; nothing goes back through the network.
    case read
    /// The same with a cell for each tap, none of which hears the others.
    case readUntied = "read-untied"
    /// All parameters.
    case full
    /// The layers behind the last tap.
    case head
    /// Biases and norms.
    case biases
    /// An affine layer of the session in front.
    case input
    /// Low-rank updates of the recurrent layers' matrices.
    case lora

    /// Whether it leaves the network as it is, and makes an adapter.
    public var makesAdapter: Bool { self == .read || self == .readUntied }

    /// Largest of the one-cycle schedule.
    public var learningRate: Float {
        switch self {
        case .full: 1e-3
        case .input: 2e-3
        case .read, .readUntied, .head, .biases, .lora: 4e-3
        }
    }
}

/// All that an adaptation depends on beside model and data.
public struct AdaptationRecipe: Sendable, Equatable {
    public var method: AdaptationMethod
    /// Of a side network, or of low-rank updates.
    public var rank = 16
    public var epochs = 20
    /// Strings per step.
    public var batch = 8
    /// Largest of the one-cycle schedule; nil for the method's own.
    public var learningRate: Float?
    /// λ in PyTorch's convention.
    public var weightDecay: Float = 0.01
    public var seed: UInt64 = 1

    public init(method: AdaptationMethod = .read) { self.method = method }
}
