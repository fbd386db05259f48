/// How a learning rate and a weight decay follow when data, network or batch grow: the timescale in epochs stays.
///
///     η' = η / width                      µP: hidden weights move by their fan-in
///     λ' = λ · width · batch / data       keeps τ = 1 / (η λ M) in epochs, M = examples / batch
///
/// The learning rate does not follow the batch: below the critical batch size the best λ is linear in it.
///
/// - Source: after X. Wang, L. Aitchison, arXiv:2405.13698; µP: G. Yang et al., arXiv:2203.03466.
public struct TrainingScale: Sendable, Equatable {
    /// Times as many examples.
    public var data = 1.0
    /// Times as many units of each layer.
    public var width = 1.0
    /// Times as many examples per step.
    public var batch = 1.0

    /// - Precondition: factors above 0.
    public init(data: Double = 1, width: Double = 1, batch: Double = 1) {
        precondition(data > 0 && width > 0 && batch > 0, "factors are above 0")
        (self.data, self.width, self.batch) = (data, width, batch)
    }

    /// Of a text as `data=8x,width=4x,batch=2x`; what is not named stays.
    public init(_ text: String) throws(TimescaleError) {
        var factors: [String: Double] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.filter { $0 != " " }.split(separator: "=", omittingEmptySubsequences: false)
            guard words.count == 2, ["data", "width", "batch"].contains(words[0]), factors[String(words[0])] == nil,
                let factor = Double(words[1].last == "x" ? words[1].dropLast() : words[1]), factor > 0, factor.isFinite
            else { throw .scale(text) }
            factors[String(words[0])] = factor
        }
        self.init(data: factors["data"] ?? 1, width: factors["width"] ?? 1, batch: factors["batch"] ?? 1)
    }

    /// The rule, in a line.
    public static let rule = "η ∝ 1 / width (µP); λ ∝ width · batch / data, so that τ in epochs stays"

    public func learningRate(_ old: Double) -> Double { old / width }

    /// - Parameter old: λ in PyTorch's convention.
    public func weightDecay(_ old: Double) -> Double { old * width * batch / data }

    public func extent(_ old: TrainingExtent) -> TrainingExtent {
        TrainingExtent(
            iterationsPerEpoch: old.iterationsPerEpoch * data / batch, epochs: old.epochs,
            minutesPerEpoch: old.minutesPerEpoch.map { $0 * data })
    }
}
