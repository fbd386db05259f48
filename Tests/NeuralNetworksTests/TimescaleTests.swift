import Foundation
import NeuralNetworks
import Signals
import Testing

/// AdamW in 64-bit arithmetic, by the rule that trains networks.
private struct ScalarAdamW {
    var weight: Double
    var decay: Double
    private var (first, second, step) = (0.0, 0.0, 0)
    /// m̂ / (√v̂ + ε) of the last step.
    private(set) var direction = 0.0

    init(_ weight: Double, decay: Double) { (self.weight, self.decay) = (weight, decay) }

    mutating func update(_ gradient: Double, rate: Double) {
        step += 1
        let corrections = (1 - pow(0.9, Double(step)), 1 - pow(0.999, Double(step)))
        let rule = AdamWRule(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, corrections: corrections, learningRate: rate)
        var means = (first, second)
        direction = rule.direction(first: &means.0, second: &means.1, gradient: gradient)
        rule.advance(&weight, first: &first, second: &second, gradient: gradient, weightDecay: decay)
    }
}

@Suite struct TimescaleTests {
    @Test(
        arguments: [
            (0.1, 0.1, [0.8900000100, 0.9177103603, 0.8742091502, 0.8887211070, 0.8575509584]),
            (1e-3, 1e-2, [0.998990000100, 0.999346113704, 0.998992879178, 0.999215429732, 0.998982608203]),
        ])
    func `a scalar walks as in the reference sequences`(rate: Double, decay: Double, expected: [Double]) {
        var scalar = ScalarAdamW(1, decay: decay)
        for (gradient, weight) in zip([0.1, -0.2, 0.3, -0.4, 0.5], expected) {
            scalar.update(gradient, rate: rate)
            #expect(abs(scalar.weight - weight) < 1e-10)
        }
    }

    @Test(arguments: [false, true])
    func `the weights are the moving average of the updates, with the shares of any schedule`(isCosine: Bool) {
        let (decay, steps) = (1.0, 400)
        let rates = (0..<steps).map { 0.01 * (isCosine ? 0.5 * (1 + cos(.pi * Double($0) / Double(steps))) : 1) }
        let shares = UpdateWeights(rates: rates, weightDecay: decay)
        var random = SplitMix64(seed: 3)
        var scalar = ScalarAdamW(1, decay: decay)
        var (average, sum) = (1.0, shares.initial)
        for (step, rate) in rates.enumerated() {
            scalar.update(random.normal(), rate: rate)
            let q = -scalar.direction / decay
            average = (1 - rate * decay) * average + rate * decay * q
            sum += shares.updates[step] * q
        }
        #expect(abs(average - scalar.weight) < 1e-15)
        #expect(abs(sum - scalar.weight) < 1e-14)
        #expect(abs(shares.initial + shares.updates.reduce(0, +) - 1) < 1e-14)
    }

    @Test func `what is left of the beginning, and the age of what came after, are those of the reference`() {
        let constant = UpdateWeights(rates: [Double](repeating: 0.01, count: 400), weightDecay: 1)
        #expect(abs(constant.initial - 0.017951) < 1e-6)
        #expect(abs(constant.effectiveCount - 193) < 3)  // 2 τ − 1 updates without an end, less what lies before the first
        let cosine = UpdateWeights(
            rates: (0..<400).map { 0.01 * 0.5 * (1 + cos(.pi * Double($0) / 400)) }, weightDecay: 1)
        #expect(abs(cosine.initial - 0.133645) < 1e-3)
        #expect(abs((cosine.meanAge ?? 0) - 234.4) < 0.5)
    }

    @Test(arguments: [2.0, 0.125, 3.0])
    func `a smaller rate, a larger decay and a smaller beginning give the same walk, scaled`(c: Double) {
        var random = SplitMix64(seed: 5)
        var (plain, scaled) = (ScalarAdamW(1, decay: 0.2), ScalarAdamW(1 / c, decay: 0.2 * c))
        for _ in 0..<300 {
            let gradient = random.normal()
            plain.update(gradient, rate: 0.02)
            scaled.update(gradient, rate: 0.02 / c)
            #expect(abs(scaled.weight - plain.weight / c) < 1e-15)
        }
    }

    @Test func `a thousand steps equal PyTorch's AdamW, in 64 bits and as networks are trained`() {
        func values(_ count: Int, seed: Int) -> [Float] {
            (0..<count).map { Float(($0 * 37 + seed * 53 + 11) % 101 - 50) / 50 }
        }
        let layout = Network(LayerSequence([.init("a", Dense(inputs: 2, outputs: 1))]), seed: 1).layout
        var optimiser = AdamW(layout, weightDecay: 0.2)
        var parameters: [Float] = [1, -0.5, 0.25]
        var scalars = [ScalarAdamW(1, decay: 0.2), ScalarAdamW(-0.5, decay: 0.2), ScalarAdamW(0.25, decay: 0)]
        for step in 0..<1000 {
            let rate = 0.004 * Double(1 + step % 250) / 250
            let gradient = values(3, seed: 20 + step)
            optimiser.update(&parameters, gradient: gradient, learningRate: Float(rate))
            for k in 0..<3 { scalars[k].update(Double(gradient[k]), rate: rate) }
            guard step % 100 == 99 else { continue }
            for k in 0..<3 {
                let expected = PyTorchValues.adamWLong[step / 100 * 3 + k]
                #expect(abs(scalars[k].weight - expected) < 1e-10)
                #expect(abs(Double(parameters[k]) - expected) < 1e-6)
            }
        }
    }

    @Test(
        arguments: [
            (50_000.0, 100.0, 1e-3, 10.0, 0.2), (1_281_167, 256, 1e-3, 10, 0.01998), (2_000, 16, 1e-3, 5, 1.6),
        ])
    func `a timescale in epochs becomes the decay`(examples: Double, batch: Double, rate: Double, epochs: Double, decay: Double)
        throws
    {
        let extent = TrainingExtent(iterationsPerEpoch: examples / batch, epochs: 90, minutesPerEpoch: 30)
        let found = try Timescale(epochs, .epochs).weightDecay(learningRate: rate, extent)
        #expect(abs(found - decay) < 1e-5)
        let iterations = try Timescale(epochs * examples / batch, .iterations).weightDecay(learningRate: rate, extent)
        #expect(abs(iterations - found) < 1e-12)
        #expect(abs(try Timescale(epochs * 30, .minutes).weightDecay(learningRate: rate, extent) - found) < 1e-12)
        let told = DecayExplanation(weightDecay: found, learningRate: rate, extent)
        #expect(abs((told.timescale.epochs ?? 0) - epochs) < 1e-9)
        #expect(abs((told.timescale.minutes ?? 0) - 30 * epochs) < 1e-9)
        #expect(told.conventions.torch == found && told.conventions.optax == found)
        #expect(told.conventions.decoupled == rate * found)
        #expect(told.warnings.isEmpty)
    }

    @Test func `timescales outside of one epoch and the whole training are warned of`() throws {
        let extent = TrainingExtent(iterationsPerEpoch: 100, epochs: 20)
        func warnings(_ epochs: Double) throws -> [String] {
            let decay = try Timescale(epochs, .epochs).weightDecay(learningRate: 0.01, extent)
            return DecayExplanation(weightDecay: decay, learningRate: 0.01, extent).warnings
        }
        #expect(try warnings(0.5).count == 1 && warnings(40).count == 1)
        #expect(try warnings(1).isEmpty && warnings(20).isEmpty)
        let none = DecayExplanation(weightDecay: 0, learningRate: 0.01, extent)
        #expect(none.timescale.iterations == nil && none.initialShareLeft == 1 && none.warnings.count == 1)
    }

    @Test(
        arguments: [
            ("8", 8.0, Timescale.Unit.epochs), ("8 epochs", 8, .epochs), ("8epochs", 8, .epochs), ("1 epoch", 1, .epochs),
            ("4e3 iterations", 4000, .iterations), ("30 minutes", 30, .minutes), (" 30min ", 30, .minutes),
        ])
    func `timescales are read`(text: String, value: Double, unit: Timescale.Unit) throws {
        #expect(try Timescale(text) == Timescale(value, unit))
    }

    @Test(arguments: ["0", "-1 epochs", "nan", "nan epochs", "inf minutes"])
    func `timescales that are no number above 0 are refused as such`(text: String) {
        let error = #expect(throws: TimescaleError.self) { try Timescale(text) }
        guard case .notPositive = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["", "epochs", "8 weeks", "eight epochs"])
    func `texts that are no timescale are refused`(text: String) {
        #expect(throws: TimescaleError.unreadable(text)) { try Timescale(text) }
    }

    @Test func `timescales of less than an iteration, and minutes of nothing, are refused`() throws {
        let extent = TrainingExtent(iterationsPerEpoch: 10, epochs: 20)
        let short = try Timescale(0.05, .epochs)
        #expect(throws: TimescaleError.underOneIteration(short, 0.5)) { try short.iterations(extent) }
        #expect(throws: TimescaleError.noMinutes) { try Timescale(3, .minutes).iterations(extent) }
        #expect(throws: TimescaleError.learningRate(0)) {
            try Timescale(3, .epochs).weightDecay(learningRate: 0, extent)
        }
    }

    @Test func `a larger training keeps its timescale in epochs`() throws {
        let scale = try TrainingScale("data=8x, width=4x,batch=2x")
        #expect(scale == TrainingScale(data: 8, width: 4, batch: 2))
        let extent = TrainingExtent(iterationsPerEpoch: 50, epochs: 30)
        let (rate, decay) = (scale.learningRate(4e-3), scale.weightDecay(0.5))
        #expect(rate == 1e-3 && decay == 0.5)  // 4 · 2 / 8
        let before = DecayExplanation(weightDecay: 0.5, learningRate: 4e-3, extent)
        let after = DecayExplanation(weightDecay: decay, learningRate: rate, scale.extent(extent))
        #expect(abs((after.timescale.epochs ?? 0) / (before.timescale.epochs ?? 1) - 1) < 1e-12)
        for text in ["", "data=0x", "data=-1x", "depth=2x", "data=2x,data=3x", "data", "width=nanx"] {
            #expect(throws: TimescaleError.scale(text)) { try TrainingScale(text) }
        }
    }

    @Test func `biases, norms and inputs of sessions do not decay; weights do`() {
        let shape = LiveShape(inputs: 8, width: 4, blocks: 1, outputs: 3)
        for tensor in ParameterLayout(shape.sequence()).tensors {
            #expect(tensor.decays == (tensor.shape.count > 1), "\(tensor.name)")
        }
        let session = ParameterLayout(LayerSequence([.init("session", SessionInput(features: 3, sessions: 2))]))
        #expect(session.tensors.allSatisfy { !$0.decays })
    }
}
