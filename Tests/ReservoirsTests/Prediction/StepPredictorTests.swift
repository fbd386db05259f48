import LinearAlgebra
import Reservoirs
import Signals
import Testing

struct StepPredictorTests {
    private static let nodes = 5

    /// Steps of a state that remembers, its inputs and a target that follows from both.
    private static func problem(_ steps: Int) -> (inputs: [Double], states: [[Float]], targets: [Double]) {
        let inputs = uniform(steps, seed: 3)
        let states = RingReservoir(nodes: nodes).states(inputs)
        let rows = (0..<steps).map { step in states.row(step).map { Float($0) } }
        let targets = (0..<steps).map { step -> Double in
            let before: Double = step > 1 ? inputs[step - 2] : 0
            return 3 + 2 * inputs[step] + before
        }
        return (inputs, rows, targets)
    }

    private static func settings(horizon: Int, washout: Int = 4) -> PredictionSettings {
        PredictionSettings(
            horizon: horizon, washout: washout, seed: 1,
            features: StateFeatures(leak: 0.75, hasInputs: true, hasSquares: true, delays: [1, 3]))
    }

    private static func learner(_ settings: PredictionSettings, forgetting: Double = 0.995) throws -> RecursiveLeastSquares {
        try RecursiveLeastSquares(
            nodes: settings.features.width(nodes: nodes, inputs: 1), outputs: 1, ridge: 0.01, forgetting: forgetting)
    }

    private func take(
        _ predictor: StepPredictor, _ step: Int, _ state: [Float], _ input: Double, _ target: Double?
    ) -> Double? {
        state.withUnsafeBufferPointer { state in
            [input].withUnsafeBufferPointer {
                predictor.take(step: UInt64(step), state: state, inputs: $0, target: target)
            }
        }
    }

    @Test(arguments: [
        StateFeatures(), StateFeatures(leak: 0.3), StateFeatures(hasInputs: false, hasSquares: true),
        StateFeatures(leak: 0.5, hasSquares: true, delays: [2, 1, 7]), StateFeatures(hasInputs: false, delays: [4]),
    ])
    func `features step by step are the features of the whole, to the bit`(features: StateFeatures) {
        let (inputs, states, _) = Self.problem(40)
        let whole = features.columns(
            Matrix(rows: 40, columns: Self.nodes, values: states.flatMap { $0.map { Double($0) } }),
            inputs: Matrix(rows: 40, columns: 1, values: inputs))
        var stream = StateFeatureStream(features, nodes: Self.nodes, inputs: 1)
        for round in 0..<2 {
            var row = [Double](repeating: .nan, count: stream.width)
            for step in 0..<40 {
                states[step].withUnsafeBufferPointer { state in
                    [inputs[step]].withUnsafeBufferPointer { input in
                        row.withUnsafeMutableBufferPointer { stream.take(state: state, inputs: input, into: $0) }
                    }
                }
                #expect(row == Array(whole.row(step)), "round \(round), step \(step)")
            }
            stream.restart()
        }
    }

    @Test func `with virtual nodes the states of all frames of a step stand beside each other`() {
        let features = StateFeatures(leak: 0.5, hasSquares: true, delays: [2], virtualNodes: 3)
        let (inputs, _, _) = Self.problem(30)
        let states = RingReservoir(nodes: 3 * Self.nodes).states(Matrix(rows: 30, columns: 1, values: inputs))
        let rounded = states.values.map { Float($0) }
        let whole = features.columns(
            Matrix(rows: 30, columns: 3 * Self.nodes, values: rounded.map { Double($0) }),
            inputs: Matrix(rows: 30, columns: 1, values: inputs))
        var stream = StateFeatureStream(features, nodes: Self.nodes, inputs: 1)
        #expect(stream.width == whole.columns)
        var row = [Double](repeating: .nan, count: stream.width)
        for step in 0..<30 {
            Array(rounded[step * 3 * Self.nodes..<(step + 1) * 3 * Self.nodes]).withUnsafeBufferPointer { state in
                [inputs[step]].withUnsafeBufferPointer { input in
                    row.withUnsafeMutableBufferPointer { stream.take(state: state, inputs: input, into: $0) }
                }
            }
            #expect(row == Array(whole.row(step)), "step \(step)")
        }
    }

    @Test(arguments: [0, 1, 6])
    func `what is predicted depends on targets up to its step and on none that comes later`(horizon: Int) throws {
        let settings = Self.settings(horizon: horizon)
        let (inputs, states, targets) = Self.problem(120)
        let width = settings.features.width(nodes: Self.nodes, inputs: 1)
        let rows = settings.features.columns(
            Matrix(rows: 120, columns: Self.nodes, values: states.flatMap { $0.map { Double($0) } }),
            inputs: Matrix(rows: 120, columns: 1, values: inputs))
        let predictor = StepPredictor(.learning(try Self.learner(settings)), settings: settings, nodes: Self.nodes, inputs: 1)
        // The same by the definition: at step t, learn from all pairs (s, s + horizon) with s + horizon ≤ t that are not learned yet.
        let restated = try Self.learner(settings)
        var expectedErrors = (targets: [Double](), predictions: [Double]())
        var made: [Int: Double] = [:]
        for step in 0..<120 {
            let found = take(predictor, step, states[step], inputs[step], targets[step])
            func learn() throws {
                if let old = made[step] {
                    expectedErrors.targets.append(targets[step])
                    expectedErrors.predictions.append(old)
                }
                let from = step - horizon
                if from >= settings.washout {
                    try restated.update(state: Array(rows.row(from)), target: [targets[step]])
                }
            }
            if horizon > 0 { try learn() }
            var expected: Double?
            if step >= settings.washout, restated.samples > 0 {
                var output = [0.0]
                Array(rows.row(step)).withUnsafeBufferPointer { state in
                    output.withUnsafeMutableBufferPointer { restated.predict(state, into: $0) }
                }
                expected = output[0]
                made[step + horizon] = output[0]
            }
            #expect(found == expected, "step \(step)")
            if horizon == 0 { try learn() }
        }
        #expect(width == rows.columns)
        let nrmse = TaskError.nrmse(expectedErrors.targets, expectedErrors.predictions)
        #expect(abs(try #require(predictor.error.nrmse) / nrmse - 1) < 1e-12)
        #expect(predictor.error.count == UInt64(expectedErrors.targets.count))
    }

    @Test func `a target that is a sum of what the states hold is learned, and a film that changes is followed`() throws {
        let settings = Self.settings(horizon: 0)
        let (inputs, states, targets) = Self.problem(1200)
        func error(forgetting: Double) throws -> Double {
            let learner = try Self.learner(settings, forgetting: forgetting)
            let predictor = StepPredictor(.learning(learner), settings: settings, nodes: Self.nodes, inputs: 1)
            var window = RunningError()
            for step in 0..<1200 {
                // From the middle on the target has another sign.
                let target = step < 600 ? targets[step] : -targets[step]
                let found = take(predictor, step, states[step], inputs[step], target)
                if let found, (400..<600).contains(step) || step >= 1000 { window.add(target: target, prediction: found) }
            }
            return try #require(window.nrmse)
        }
        let (forgets, keeps) = (try error(forgetting: 0.98), try error(forgetting: 1))
        #expect(forgets < 0.05 && keeps > 0.3, "\(forgets), \(keeps)")
    }

    @Test func `behind a restart nothing is learned or predicted until the washout is over, and no pair spans it`() throws {
        let settings = Self.settings(horizon: 2, washout: 3)
        let squares = try Self.learner(settings)
        let predictor = StepPredictor(.learning(squares), settings: settings, nodes: Self.nodes, inputs: 1)
        let (inputs, states, targets) = Self.problem(60)
        var predicted: [Int] = []
        for step in 0..<30 {
            if take(predictor, step, states[step], inputs[step], targets[step]) != nil { predicted.append(step) }
        }
        #expect(predicted == Array(5..<30) && squares.samples == 25)
        predictor.restart()
        for step in 40..<60 {
            if take(predictor, step, states[step], inputs[step], targets[step]) != nil { predicted.append(step) }
        }
        #expect(predicted == Array(5..<30) + Array(43..<60))
        // Pairs (43, 45) … (57, 59).
        #expect(squares.samples == 25 + 15)
        #expect(predictor.error.count == 23 + 15)
    }

    @Test func `a step without a target is neither learned from nor compared, and what is no number changes nothing`() throws {
        let settings = Self.settings(horizon: 1, washout: 0)
        let squares = try Self.learner(settings)
        let predictor = StepPredictor(.learning(squares), settings: settings, nodes: Self.nodes, inputs: 1)
        let (inputs, states, targets) = Self.problem(20)
        for step in 0..<20 {
            var state = states[step]
            if step == 7 { state[0] = .nan }
            _ = take(predictor, step, state, inputs[step], step == 4 ? nil : targets[step])
        }
        #expect(squares.rejected > 0 && squares.samples + squares.rejected == 18)
        #expect(predictor.error.nrmse?.isFinite == true)
    }

    @Test func `an error over equal targets is none`() {
        var error = RunningError()
        #expect(error.nrmse == nil)
        for _ in 0..<3 { error.add(target: 0.1, prediction: 0.2) }
        #expect(error.nrmse == nil && error.count == 3)
    }
}
