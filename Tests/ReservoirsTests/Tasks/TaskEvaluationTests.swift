import LinearAlgebra
import Reservoirs
import Signals
import Testing

struct TaskEvaluationTests {
    /// What was given `delay` steps ago.
    private func data(delay: Int, steps: Int = 1000, seed: UInt64 = 1) -> TaskData {
        var random = SplitMix64(seed: seed)
        let u = (0..<steps).map { _ in 2 * random.uniform() - 1 }
        return TaskData(
            inputs: Matrix(rows: steps, columns: 1, values: u),
            targets: Matrix(rows: steps, columns: 1, values: (0..<steps).map { $0 >= delay ? u[$0 - delay] : 0 }),
            training: 0..<600, validation: 600..<800, test: 800..<steps, washout: 50)
    }

    @Test(arguments: [TaskEvaluation.Selection.validation, .blocks(4)])
    func `a shift register tells what it remembers, and nothing older`(_ selection: TaskEvaluation.Selection) throws {
        var settings = TaskEvaluation.Settings()
        settings.selection = selection
        func test(_ delay: Int) throws -> Double {
            try TaskEvaluation(
                .narma10, data(delay: delay), reservoir: ShiftRegister(nodes: 6), map: nil, settings: settings
            ).test
        }
        #expect(try test(5) < 1e-12)
        #expect(try test(6) > 0.9)
    }

    @Test func `what is chosen does not depend on the test`() throws {
        let own = data(delay: 3)
        var other = own
        for step in other.test {
            other.inputs[step, 0] *= -7
            other.targets[step, 0] += 3
        }
        func evaluate(_ data: TaskData) throws -> TaskEvaluation {
            try TaskEvaluation(.narma10, data, reservoir: ShiftRegister(nodes: 3), map: nil)
        }
        let (a, b) = (try evaluate(own), try evaluate(other))
        #expect(a.training == b.training && a.validation == b.validation && a.lambda == b.lambda)
        #expect(a.test != b.test)
    }

    @Test func `the study's normalisation sees the test, and says so by its numbers`() throws {
        var settings = TaskEvaluation.Settings()
        (settings.normalisation, settings.selection) = (.study, .validation)
        let own = data(delay: 2)
        var other = own
        other.inputs[950, 0] = 40
        func columns(_ data: TaskData) throws -> Matrix<Double> {
            try TaskEvaluation.features(
                .narma10, data, reservoir: ShiftRegister(nodes: 3), map: nil, settings: settings, seed: 0)
        }
        // The input column of the training is smaller because of one value of the test.
        let (a, b) = (try columns(own), try columns(other))
        #expect(abs(a[10, 3]) > 10 * abs(b[10, 3]))
    }

    @Test func `constant targets, states that are no numbers and wrong shapes are typed errors`() throws {
        var flat = data(delay: 1)
        flat.targets = Matrix(rows: 1000, columns: 1, repeating: 2)
        #expect(throws: TaskFailure(task: "narma10", reason: .constantTargets)) {
            try TaskEvaluation(.narma10, flat, reservoir: ShiftRegister(nodes: 3), map: nil)
        }
        var broken = data(delay: 1)
        broken.inputs[700, 0] = .nan
        #expect(
            throws: TaskFailure(task: "narma10", reason: .notFinite("a state of shift register", step: 700))
        ) { try TaskEvaluation(.narma10, broken, reservoir: ShiftRegister(nodes: 3), map: nil) }
        #expect(throws: TaskFailure.self) {
            try TaskEvaluation(
                .narma10, data(delay: 1), reservoir: ShiftRegister(nodes: 3),
                map: InputMap(inputs: 1, channels: 4, scale: 1, seed: 1))
        }
    }

    @Test func `features are leaky states, squares, delays and inputs, in this order`() {
        let states = Matrix<Double>(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 6])
        let inputs = Matrix<Double>(rows: 3, columns: 1, values: [7, 8, 9])
        let features = StateFeatures(leak: 0.5, hasSquares: true, delays: [1])
        let columns = features.columns(states, inputs: inputs)
        #expect(columns.columns == features.width(nodes: 2, inputs: 1) && columns.columns == 9)
        #expect(Array(columns.row(0)) == [1, 2, 1, 4, 0, 0, 0, 0, 7])
        #expect(Array(columns.row(1)) == [2, 3, 4, 9, 1, 2, 1, 4, 8])
        #expect(Array(columns.row(2)) == [3.5, 4.5, 12.25, 20.25, 2, 3, 4, 9, 9])
    }

    @Test func `a map is as sparse as asked, repeats by its seed, and the study's rounds to 0.1 mT and reaches its neighbours`()
    {
        let input = Matrix<Double>(rows: 1, columns: 1, values: [1])
        let map = InputMap(inputs: 1, channels: 10_000, scale: 2, density: 0.1, bias: 0, seed: 4)
        let drive = map.drive(input).values
        let set = drive.filter { $0 != 0 }
        #expect(abs(Double(set.count) / 10_000 - 0.1) < 0.01)
        #expect(abs((set.reduce(0) { $0 + $1 * $1 } / Double(set.count)).squareRoot() - 2) < 0.1)
        #expect(InputMap(inputs: 1, channels: 10_000, scale: 2, density: 0.1, bias: 0, seed: 4) == map)

        let narrow = InputMap.dale(inputs: 1, cells: 100, scale: 0.5, seed: 9)
        let wide = InputMap.dale(inputs: 1, cells: 100, scale: 0.5, width: 1, seed: 9)
        let (a, b) = (narrow.drive(input).values, wide.drive(input).values)
        #expect(a.allSatisfy { abs($0 * 1e4 - ($0 * 1e4).rounded()) < 1e-6 })
        #expect(b.count { $0 != 0 } > 2 * a.count { $0 != 0 })
        // A cell inside has the sum of its nine neighbours' weights.
        var sum = 0.0
        for cell in [44, 45, 46, 54, 55, 56, 64, 65, 66] { sum += a[cell] }
        #expect(abs(b[55] - sum) < 5e-4)
    }
}
