import NeuralNetworks

/// What `train recognizer --explain` prints.
struct DecayReport: Encodable {
    /// The training after it grew.
    struct Scaled: Encodable {
        var data: Double
        var width: Double
        var batch: Double
        var learningRate: Double
        var weightDecay: Double
        var timescale: DecayExplanation.Time
        var rule: String
    }

    let learningRate: Double
    let weightDecay: Double
    let timescale: DecayExplanation.Time
    let epochs: Double
    let iterationsPerEpoch: Double
    let timescales: Double
    let initialShareLeft: Double
    let effectiveUpdates: Double
    let meanAge: Double?
    let conventions: DecayExplanation.Conventions
    let warnings: [String]
    let scaled: Scaled?

    init(_ told: DecayExplanation, _ extent: TrainingExtent, scale: TrainingScale?) {
        (learningRate, weightDecay, timescale) = (told.learningRate, told.weightDecay, told.timescale)
        (epochs, iterationsPerEpoch, timescales) = (told.epochs, told.iterationsPerEpoch, told.timescales)
        (initialShareLeft, effectiveUpdates, meanAge) = (told.initialShareLeft, told.effectiveUpdates, told.meanAge)
        (conventions, warnings) = (told.conventions, told.warnings)
        scaled = scale.map { scale in
            let (rate, decay) = (scale.learningRate(told.learningRate), scale.weightDecay(told.weightDecay))
            let after = DecayExplanation(weightDecay: decay, learningRate: rate, scale.extent(extent))
            return Scaled(
                data: scale.data, width: scale.width, batch: scale.batch, learningRate: rate, weightDecay: decay,
                timescale: after.timescale, rule: TrainingScale.rule)
        }
    }

    func show() {
        func short(_ value: Double) -> String { Console.number(value, significant: 4) }
        func time(_ time: DecayExplanation.Time) -> String {
            guard let iterations = time.iterations, let epochs = time.epochs else { return "without end" }
            let minutes = time.minutes.map { ", \(short($0)) minutes of recordings" } ?? ""
            return "\(short(iterations)) iterations, \(short(epochs)) epochs\(minutes)"
        }
        Console.result("learning rate \(short(learningRate)) at its largest, weight decay \(short(weightDecay))")
        Console.result("timescale: \(time(timescale))")
        Console.result(
            "training: \(short(epochs)) epochs of \(short(iterationsPerEpoch)) iterations, \(short(timescales)) timescales; left of the "
                + "beginning \(Console.number(initialShareLeft * 100, significant: 3)) %")
        let age = meanAge.map { ", of a mean age of \(short($0)) iterations" } ?? ""
        Console.result("the weights average as \(Console.number(effectiveUpdates, digits: 0)) updates of equal weight do\(age)")
        Console.result(
            "the same elsewhere: torch.optim.AdamW \(short(conventions.torch)), optax.adamw \(short(conventions.optax)) (with a mask for "
                + "biases and norms), fully decoupled \(short(conventions.decoupled))")
        if let scaled {
            Console.result(
                "with \(short(scaled.data)) × data, \(short(scaled.width)) × width, \(short(scaled.batch)) × batch: learning rate "
                    + "\(short(scaled.learningRate)), weight decay \(short(scaled.weightDecay)); timescale \(time(scaled.timescale))"
            )
            Console.result("     rule: \(scaled.rule)")
        }
        for warning in warnings { Console.result("warning: \(warning)") }
    }
}
