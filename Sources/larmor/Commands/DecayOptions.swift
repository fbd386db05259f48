import ArgumentParser
import NeuralNetworks

/// How long a training remembers, and what that means.
struct DecayOptions: ParsableArguments {
    @Option(
        help:
            "How long the training remembers its updates, in place of a weight decay: “8 epochs”, “4000 iterations”, “30 minutes”."
    )
    var timescale: String?

    @Option(help: "Weight decay as in PyTorch's AdamW, times the learning rate (default: 0.01).")
    var weightDecay: Double?

    @Flag(help: "Print what the weight decay means for this training, and do not train.")
    var explain = false

    @Option(
        help: "With --explain: learning rate and decay for more data, wider layers, larger batches: data=8x,width=4x,batch=2x")
    var scale: String?

    /// What was asked for; nil for the recipe's own decay.
    func asked() throws -> Timescale? { try timescale.map { try Timescale($0) } }

    func validate() throws {
        if timescale != nil, weightDecay != nil { throw ValidationError("give either --timescale or --weight-decay") }
        guard (0...1000).contains(weightDecay ?? 0) else { throw ValidationError("--weight-decay is a number from 0 to 1000") }
        if scale != nil, !explain { throw ValidationError("--scale needs --explain") }
        do {
            _ = try asked()
            _ = try scale.map { try TrainingScale($0) }
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
