import LinearAlgebra
import Reservoirs
import Testing

struct RidgePathTests {
    private let lambdas = (-8...4).map { exponent in (0..<abs(exponent)).reduce(1.0) { v, _ in exponent > 0 ? v * 10 : v / 10 }
    }

    /// Noisy targets of many nodes, so that neither end of the grid is the best.
    private func path() throws -> (path: RidgePath, x: Matrix<Double>, y: Matrix<Double>) {
        let (x, noise) = (Draws.uniform(61, 120, 40, -1, 1), Draws.uniform(62, 120, 1, -1.5, 1.5))
        var y = noise
        for row in 0..<120 { y.values[row] += x[row, 0] - 0.5 * x[row, 1] }
        var accumulator = GramAccumulator(nodes: 40, outputs: 1)
        try accumulator.add(states: x.rows(0..<60), targets: y.rows(0..<60))
        return (try accumulator.path(lambdas: lambdas), x.rows(60..<120), y.rows(60..<120))
    }

    @Test func `validation chooses the parameter with the smallest error on new data`() throws {
        let (path, x, y) = try path()
        let choice = try path.choose(states: x, targets: y)
        // By hand: the variance over n − 1, as tasks are judged.
        let mean = y.values.reduce(0, +) / 60
        let errors = try path.readouts.map { readout in
            let predicted = try readout.predict(x)
            return zip(predicted.values, y.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                / 60 * 59 / y.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        #expect(largestDifference(choice.errors, errors) < 1e-12)
        #expect(errors[choice.index] == errors.min())
        #expect(choice.readout == path.readouts[choice.index] && choice.readout.lambda == lambdas[choice.index])
        #expect(choice.index > 0 && choice.index < lambdas.count - 1)
    }

    @Test func `another error measure chooses by itself, and one that is not a number is left out`() throws {
        let (path, x, y) = try path()
        var number = 0
        let choice = try path.choose(states: x, targets: y) { _, _ in
            number += 1
            return number == 3 ? .nan : Double(20 - number)
        }
        #expect(choice.index == lambdas.count - 1)
        #expect(choice.errors[2] == .infinity)
        #expect(throws: ReadoutError.nothingToChoose(method: "validation")) {
            try path.choose(states: x, targets: y) { _, _ in .nan }
        }
    }

    @Test func `cross-validation chooses about as well as new data do`() throws {
        let (path, x, y) = try path()
        let (byData, byFormula) = (try path.choose(states: x, targets: y), try path.chooseByCrossValidation())
        #expect(byData.errors[byFormula.index] < 1.1 * byData.errors[byData.index])
    }

    @Test func `generalised cross-validation is near the leave-one-out error`() throws {
        let (x, y) = Draws.offsetProblem(0)
        var accumulator = QRAccumulator(nodes: 6, outputs: 2)
        try accumulator.add(states: x, targets: y)
        let path = try accumulator.path(lambdas: [0.1, 10])
        let left = try [0.1, 10].map { try DirectRidge.leaveOneOut(x, y, lambda: $0) }
        for (a, b) in zip(path.generalisedCrossValidation, left) { #expect(abs(a / b - 1) < 0.1) }
    }
}
