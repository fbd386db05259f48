public import LinearAlgebra
public import TensorFiles

/// States of a reservoir that somebody measured, and its inputs where they are known.
public struct MeasuredStates: Sendable, Equatable {
    /// Of the reservoir, one line.
    public var description: String
    /// Shape `[steps, inputs]`; nil where the files do not say them.
    public var inputs: Matrix<Double>?
    /// Shape `[steps, nodes]`; all values are finite.
    public var states: Matrix<Double>
    /// Steps that were left out because a value of theirs was missing or not finite.
    public var dropped: Int

    public init(description: String, inputs: Matrix<Double>?, states: Matrix<Double>, dropped: Int = 0) {
        precondition((inputs?.rows ?? states.rows) == states.rows, "inputs for each state")
        self.description = description
        self.inputs = inputs
        self.states = states
        self.dropped = dropped
    }

    public var steps: Int { states.rows }
    public var nodes: Int { states.columns }

    /// Leaves out each step with a value that is not finite, and counts it.
    mutating func dropIncomplete() {
        let (states, inputs) = (states, inputs)
        let kept = (0..<steps).filter { step in
            states.row(step).allSatisfy(\.isFinite) && (inputs?.row(step).allSatisfy(\.isFinite) ?? true)
        }
        guard kept.count < steps else { return }
        dropped += steps - kept.count
        func pick(_ matrix: Matrix<Double>) -> Matrix<Double> {
            Matrix(rows: kept.count, columns: matrix.columns, values: kept.flatMap { matrix.row($0) })
        }
        (self.states, self.inputs) = (pick(states), inputs.map(pick))
    }

    /// As a recording, which answers its inputs as the device did; nil without inputs. Values become 32-bit.
    public var recording: ReservoirRecording? {
        guard let inputs, inputs.columns > 0, nodes > 0 else { return nil }
        return ReservoirRecording(
            description: description, inputs: inputs.columns, nodes: nodes,
            runs: [.init(seed: 1, inputs: inputs.values.map { Float($0) }, states: states.values.map { Float($0) })])
    }

    /// The first run of a recording.
    public init(_ recording: ReservoirRecording) {
        precondition(!recording.runs.isEmpty, "a recording without a run")
        let run = recording.runs[0]
        let steps = run.inputs.count / recording.inputs
        self.init(
            description: recording.description,
            inputs: Matrix(rows: steps, columns: recording.inputs, values: run.inputs.map { Double($0) }),
            states: Matrix(rows: steps, columns: recording.nodes, values: run.states.map { Double($0) }))
    }

    /// An array `[steps, nodes]`, or `[steps]` of a single node.
    /// - Throws: `NumPyArray.FileError`.
    public init(numPy file: String) throws(NumPyArray.FileError) {
        let matrix = try Self.matrix(numPy: file)
        self.init(description: Self.name(file), inputs: nil, states: matrix)
        dropIncomplete()
        guard steps > 0 else { throw NumPyArray.FileError(file: file, problem: .unusable("no step has finite values only")) }
    }

    /// Gives the inputs, one row for each step: an array `[steps, inputs]`, or `[steps]`. Of a longer array the first ones are taken.
    /// - Throws: `NumPyArray.FileError` where there are fewer inputs than states, or some are not finite.
    public mutating func setInputs(numPy file: String) throws(NumPyArray.FileError) {
        let matrix = try Self.matrix(numPy: file)
        // A step that was dropped has an input, too, and nobody knows which.
        guard dropped == 0 || matrix.rows == steps else {
            throw NumPyArray.FileError(
                file: file,
                problem: .unusable("\(dropped) steps of the states were left out, and it has \(matrix.rows) rows, not \(steps)")
            )
        }
        guard matrix.rows >= steps, matrix.columns > 0 else {
            throw NumPyArray.FileError(
                file: file, problem: .unusable("it has \(matrix.rows) rows of inputs, the states have \(steps) steps"))
        }
        let taken = matrix.rows(0..<steps)
        guard taken.values.allSatisfy(\.isFinite) else {
            throw NumPyArray.FileError(file: file, problem: .unusable("an input is not a finite number"))
        }
        inputs = taken
    }

    private static func matrix(numPy file: String) throws(NumPyArray.FileError) -> Matrix<Double> {
        let array = try NumPyArray(file: file)
        guard (1...2).contains(array.shape.count), !array.values.isEmpty else {
            throw NumPyArray.FileError(
                file: file, problem: .unusable("its shape is \(array.shape); expected [steps, values], or [steps]"))
        }
        return Matrix(rows: array.shape[0], columns: array.shape.count == 2 ? array.shape[1] : 1, values: array.values)
    }

    static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
