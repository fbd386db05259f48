public import LinearAlgebra

/// A standard task of reservoir computing: a sequence to be read, what is to be said at each step, and how an answer is judged.
///
/// A new task is one file with a value of this type, and its line in ``all``.
public struct ReservoirTask: Sendable {
    /// Shares of the sequence, in its order.
    public struct Split: Sendable, Equatable {
        public var training: Double
        public var validation: Double
        /// The rest.
        public var test: Double { 1 - training - validation }

        public init(training: Double, validation: Double) {
            (self.training, self.validation) = (training, validation)
        }

        static let mostTraining = Split(training: 0.6, validation: 0.2)
        static let quarterTraining = Split(training: 0.25, validation: 0.375)
    }

    /// As the command line has it: "narma10".
    public let name: String
    /// One line.
    public let summary: String
    public let measure: TaskMeasure
    /// Steps, unless others are asked for.
    public let length: Int
    public let split: Split
    /// Steps at the beginning of each part that are not judged.
    public let washout: Int
    /// Whether the series comes from a file of the user's.
    public let needsSeries: Bool
    private let make: @Sendable (inout TaskSource) throws(TaskFailure) -> (inputs: Matrix<Double>, targets: Matrix<Double>)

    init(
        name: String, summary: String, measure: TaskMeasure, length: Int, split: Split = .mostTraining, washout: Int = 50,
        needsSeries: Bool = false,
        make: @escaping @Sendable (inout TaskSource) throws(TaskFailure) -> (inputs: Matrix<Double>, targets: Matrix<Double>)
    ) {
        (self.name, self.summary, self.measure, self.length) = (name, summary, measure, length)
        (self.split, self.washout, self.needsSeries, self.make) = (split, washout, needsSeries, make)
    }

    public static let all: [ReservoirTask] = [
        .narma10, .narma20, .narma30, .laser, .henon, .channelEqualisation, .mackeyGlass, .lorenz, .waveforms, .parity,
    ]

    /// - Parameters:
    ///   - seed: of what is random in it.
    ///   - length: steps; nil for the usual number.
    ///   - series: of a task that needs one.
    /// - Throws: ``TaskFailure`` for a length that leaves a part too short, and for a series that is missing or too short.
    public func data(seed: UInt64, length: Int? = nil, series: [Double] = []) throws(TaskFailure) -> TaskData {
        let length = length ?? self.length
        let most = 10_000_000
        guard length <= most else { throw TaskFailure(task: name, reason: .tooLong(length, most: most)) }
        let shortest = min(split.training, split.validation, split.test)
        let least = Int((Double(washout + 10) / shortest).rounded(.up)) + 2
        guard length >= least else { throw TaskFailure(task: name, reason: .length(length, least: least)) }
        var source = TaskSource(task: name, seed: seed, length: length, series: series)
        let (inputs, targets) = try make(&source)
        let training = Int((split.training * Double(length)).rounded())
        let validation = training + Int((split.validation * Double(length)).rounded())
        return TaskData(
            inputs: inputs, targets: targets, training: 0..<training, validation: training..<validation,
            test: validation..<length, washout: washout)
    }
}

extension ReservoirTask {
    /// Looks whether the delays that a readout sees are ever there.
    /// - Parameter length: steps; nil for the usual number.
    /// - Throws: ``TaskFailure`` for a delay that reaches behind all steps of training and validation.
    public func check(_ features: StateFeatures, length: Int? = nil) throws(TaskFailure) {
        let steps = Int(((split.training + split.validation) * Double(length ?? self.length)).rounded())
        guard let longest = features.delays.max(), longest >= steps else { return }
        throw TaskFailure(task: name, reason: .delay(longest, steps: steps))
    }
}

/// What a task's sequence is made from.
struct TaskSource {
    let task: String
    let seed: UInt64
    /// Steps that are wanted.
    let length: Int
    /// Of the user's file; empty without one.
    let series: [Double]
}

/// The sequence of a task, and its parts.
public struct TaskData: Sendable, Equatable {
    /// Shape `[steps, inputs]`.
    public var inputs: Matrix<Double>
    /// What is to be said once the input of a step has arrived, shape `[steps, outputs]`.
    public var targets: Matrix<Double>
    public var training: Range<Int>
    public var validation: Range<Int>
    public var test: Range<Int>
    /// Steps at the beginning of each part that are not judged.
    public var washout: Int

    public init(
        inputs: Matrix<Double>, targets: Matrix<Double>, training: Range<Int>, validation: Range<Int>, test: Range<Int>,
        washout: Int
    ) {
        (self.inputs, self.targets) = (inputs, targets)
        (self.training, self.validation, self.test, self.washout) = (training, validation, test, washout)
    }

    /// A part without its washout.
    func judged(_ part: Range<Int>) -> Range<Int> { min(part.lowerBound + washout, part.upperBound)..<part.upperBound }
}
