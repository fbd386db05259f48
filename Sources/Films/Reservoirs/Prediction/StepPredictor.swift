import LinearAlgebra

/// Predicts a number from the states of a reservoir, step by step, and learns or only looks at how wrong it was.
///
/// What is predicted at step t for step t + horizon depends on states up to t and on targets up to t, and on nothing that came later, however
/// late the states themselves come. A step takes the target that it is given: one of the input's own stream is always known by then; one of
/// another stream may come too late to be learned from, and which ones do depends on the devices' delays. A replay gives the recorded items in
/// their recorded order, and so the same numbers either way.
public final class StepPredictor {
    public enum Method {
        /// A fitted readout with one output.
        case fitted(LinearReadout)
        /// One that learns with every step.
        case learning(RecursiveLeastSquares)
    }

    /// Of all predictions whose target came.
    public private(set) var error = RunningError()
    public private(set) var predictions: UInt64 = 0
    private let method: Method
    private let horizon: Int
    private let washout: Int
    private var stream: StateFeatureStream
    /// The last steps' features as a ring, shape `[horizon + 1, width]`.
    private var rows: [Double]
    /// What is predicted for a step, as a ring over its number.
    private var open: [(step: UInt64, value: Double)?]
    private var weights: [Double] = []

    /// - Parameters:
    ///   - nodes: values of a state, of one frame.
    ///   - inputs: of a step.
    /// - Precondition: the method has one output, and as many columns as the features have.
    public init(_ method: Method, settings: PredictionSettings, nodes: Int, inputs: Int) {
        self.method = method
        (horizon, washout) = (settings.horizon, settings.washout)
        stream = StateFeatureStream(settings.features, nodes: nodes, inputs: inputs)
        rows = [Double](repeating: 0, count: (settings.horizon + 1) * stream.width)
        open = [(step: UInt64, value: Double)?](repeating: nil, count: settings.horizon + 1)
        switch method {
        case .fitted(let readout):
            precondition(readout.weights.rows == stream.width && readout.weights.columns == 1, "a weight for each column")
            weights = readout.weights.values
        case .learning(let squares):
            precondition(squares.nodes == stream.width && squares.outputs == 1, "a weight for each column")
        }
    }

    /// The next step does not follow the last one. What was predicted for later steps is still compared when they come.
    public func restart() { stream.restart() }

    /// The steps count from anew: nothing that was predicted will be compared.
    public func forgetPredictions() { for place in open.indices { open[place] = nil } }

    /// - Parameters:
    ///   - step: number of the step; within a run they follow each other.
    ///   - state: of the reservoir after the step's inputs; with virtual nodes after each of its frames.
    ///   - inputs: as they drove the reservoir, before the map.
    ///   - target: of this step; nil where nobody knows it.
    ///   - compared: called where a prediction for this step was made before.
    /// - Returns: what is predicted for `step + horizon`; nil after a beginning, and before anything was learned.
    public func take(
        step: UInt64, state: UnsafeBufferPointer<Float>, inputs: UnsafeBufferPointer<Double>, target: Double?,
        compared: (_ target: Double, _ prediction: Double) -> Void = { _, _ in }
    ) -> Double? {
        let (width, position) = (stream.width, stream.steps)
        let place = position % (horizon + 1) * width
        rows.withUnsafeMutableBufferPointer {
            stream.take(state: state, inputs: inputs, into: UnsafeMutableBufferPointer(rebasing: $0[place..<place + width]))
        }
        // With a horizon of 0 a step's prediction is made before its target is looked at.
        if horizon > 0, let target { settle(step, target, position, compared) }
        let value = position >= washout ? predict(place) : nil
        if let value {
            predictions += 1
            let aim = step &+ UInt64(horizon)
            open[Int(aim % UInt64(horizon + 1))] = (aim, value)
        }
        if horizon == 0, let target { settle(step, target, position, compared) }
        return value
    }

    /// Compares and learns.
    private func settle(
        _ step: UInt64, _ target: Double, _ position: Int, _ compared: (_ target: Double, _ prediction: Double) -> Void
    ) {
        let slot = Int(step % UInt64(horizon + 1))
        if let made = open[slot], made.step == step {
            error.add(target: target, prediction: made.value)
            compared(target, made.value)
            open[slot] = nil
        }
        guard case .learning(let squares) = method, position - horizon >= washout else { return }
        let place = (position - horizon) % (horizon + 1) * stream.width
        withUnsafePointer(to: target) { target in
            rows.withUnsafeBufferPointer { rows in
                _ = squares.update(
                    state: UnsafeBufferPointer(rebasing: rows[place..<place + stream.width]),
                    target: UnsafeBufferPointer(start: target, count: 1))
            }
        }
    }

    /// nil where there is nothing to predict with yet, and for what is no number.
    private func predict(_ place: Int) -> Double? {
        var value = 0.0
        switch method {
        case .fitted(let readout):
            value = readout.intercept[0]
            for column in weights.indices { value += weights[column] * rows[place + column] }
        case .learning(let squares):
            guard squares.samples > 0 else { return nil }
            withUnsafeMutablePointer(to: &value) { value in
                rows.withUnsafeBufferPointer { rows in
                    squares.predict(
                        UnsafeBufferPointer(rebasing: rows[place..<place + stream.width]),
                        into: UnsafeMutableBufferPointer(start: value, count: 1))
                }
            }
        }
        return value.isFinite ? value : nil
    }
}
