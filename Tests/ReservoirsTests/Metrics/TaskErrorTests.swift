import LinearAlgebra
import Reservoirs
import Testing

struct TaskErrorTests {
    private let target: [Double]
    private let prediction: [Double]

    init() {
        let inputs = uniform(MetricValues.steps, seed: 3)
        target = Array(inputs.prefix(200))
        let states = RingReservoir().states(target)
        prediction = (0..<200).map { states[$0, 0] }
    }

    @Test func `the four norms of ReservoirPy give its numbers`() {
        for (norm, value) in zip([TaskError.Norm.variance, .range, .mean, .quartiles], MetricValues.nrmseReservoirPy) {
            #expect(abs(TaskError.nrmse(target, prediction, norm: norm) / value - 1) < 1e-6)
        }
    }

    /// Of 1, 2, 3, 4 with the variance 5/3 (n − 1) or 5/4 (n); the squared errors are 0, 1, 0, 4.
    @Test func `NMSE takes n − 1 and NRMSE takes n, as the study`() {
        let (y, p) = ([1.0, 2, 3, 4], [1.0, 3, 3, 2])
        #expect(abs(TaskError.nmse(y, p) - 1.25 / (5.0 / 3)) < 1e-15)
        #expect(abs(TaskError.nrmse(y, p) - 1.0) < 1e-15)
        #expect(TaskError.mse(y, p) == 1.25)
    }

    @Test func `a symbol is wrong when another one is nearer`() {
        let rate = TaskError.symbolErrorRate([-3, -1, 1, 3], [-2.9, 0.1, 1.9, 7], symbols: [-3, -1, 1, 3])
        #expect(rate == 0.25)
    }
}
