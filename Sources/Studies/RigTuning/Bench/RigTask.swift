import LinearAlgebra
import Reservoirs
import Signals

/// What a rig is tuned for: each film follows NARMA-10 with a readout of its own, over one window of inputs.
///
/// A window drives all films at once with one sequence, each through its own fixed random map. A film's readout is learned from the first part
/// of the window's steps, its penalty is chosen on the next, and its error is of the held-back rest.
public struct RigTask: Sendable, Equatable, Codable {
    /// Steps of a window.
    public var steps = 600
    /// Steps at the begin that nothing is learned from.
    public var washout = 40
    /// Tesla, or the unit of the drive stream, for the largest input.
    public var scale = 0.2
    public var density = 0.5
    /// Of the input maps.
    public var seed: UInt64 = 1

    public init() {}

    /// Steps that are learned from, chosen on and held back.
    private var parts: (Range<Int>, Range<Int>, Range<Int>) {
        let judged = steps - washout
        let (training, validation) = (washout + judged * 5 / 10, washout + judged * 7 / 10)
        return (washout..<training, training..<validation, validation..<steps)
    }

    /// - Throws: `TaskFailure`.
    func data(_ seed: UInt64) throws -> TaskData {
        var data = try ReservoirTask.narma10.data(seed: seed, length: max(steps, 310))
        data.inputs = data.inputs.rows(0..<steps)
        data.targets = data.targets.rows(0..<steps)
        (data.training, data.validation, data.test) = parts
        data.washout = 0
        return data
    }

    /// Drive frames of a window.
    /// - Parameter channels: of the drive.
    func frames(_ data: TaskData, channels: Int) -> [Float] {
        let map = InputMap(inputs: 1, channels: channels, scale: scale, density: density, seed: seed)
        return map.drive(InputScaling(of: data.inputs.rows(data.training)).apply(data.inputs)).values.map { Float($0) }
    }

    /// Errors (NMSE) of each film on the held-back steps; 1 is as good as saying the mean, and more than ``worst`` counts as that.
    /// - Parameters:
    ///   - states: shape `[steps, films · nodes]`, film after film.
    func errors(_ data: TaskData, states: [Float], films: Int) throws -> [Double] {
        let nodes = states.count / steps / films
        var settings = TaskEvaluation.Settings()
        settings.selection = .validation
        settings.lambdas = [1e-1, 1e-3, 1e-5, 1e-7, 1e-9]
        let inputs = InputScaling(of: data.inputs.rows(data.training)).apply(data.inputs)
        return try (0..<films).map { film in
            var own = Matrix<Double>(rows: steps, columns: nodes)
            for step in 0..<steps {
                for node in 0..<nodes { own[step, node] = Double(states[(step * films + film) * nodes + node]) }
            }
            let columns = StateFeatures().columns(own, inputs: inputs)
            guard columns.values.allSatisfy(\.isFinite) else { return Self.worst }
            let error = try TaskEvaluation(.narma10, data, columns: columns, settings: settings).test
            return error.isFinite ? min(error, Self.worst) : Self.worst
        }
    }

    static let worst = 2.0
}
