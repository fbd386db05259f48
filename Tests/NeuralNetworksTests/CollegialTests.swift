import Foundation
import NeuralNetworks
import Signals
import Testing

@Suite struct CollegialBlockTests {
    @Test(arguments: [(3, 5, 7), (4, 16, 1), (2, 33, 9), (37, 10, 8), (5, 8, 64)])
    func `one grouped product gives the bits of each member alone`(
        members: Int, width: Int, rows: Int
    ) {
        let all = members * width
        let input = Probe.numbers(rows * all, seed: 2)
        let grouped = Network(
            LayerSequence([.init("a", Dense(inputs: all, outputs: all, groups: members))]), seed: 1)
        let whole = Probe.run(grouped, input, frames: rows, slope: [Float](repeating: 0, count: rows * all))
            .output
        // The members of a grouped layer of two are the kernel, too: a pair of equal members is one member twice.
        for g in 0..<members {
            let weight = Array(grouped.parameters[g * width * width..<(g + 1) * width * width])
            let bias = Array(
                grouped.parameters[
                    members * width * width + g * width..<members * width * width + (g + 1) * width])
            let pair = Network(
                LayerSequence([.init("a", Dense(inputs: 2 * width, outputs: 2 * width, groups: 2))]),
                parameters: weight + weight + bias + bias)
            var own: [Float] = []
            for row in 0..<rows {
                let part = Array(input[row * all + g * width..<row * all + (g + 1) * width])
                own += part + part
            }
            let found = Probe.run(
                pair, own, frames: rows, slope: [Float](repeating: 0, count: rows * 2 * width)
            ).output
            for row in 0..<rows {
                let expected = whole[row * all + g * width..<row * all + (g + 1) * width].map(\.bitPattern)
                #expect(found[row * 2 * width..<row * 2 * width + width].map(\.bitPattern) == expected)
                #expect(
                    found[row * 2 * width + width..<(row + 1) * 2 * width].map(\.bitPattern) == expected)
            }
        }
    }

    @Test func `an ensemble is the sum of its paths over √m, and its gradients are theirs over √m`() {
        let block = CollegialBlock(inputs: 4, width: 6, paths: 5, depth: 3, outputs: 3)
        let network = Network(block.sequence(), seed: 3)
        let (frames, root) = (9, Float(5).squareRoot())
        let (features, slope) = (Probe.numbers(frames * 4, seed: 4), Probe.numbers(frames * 3, seed: 5))
        let whole = Probe.run(network, features, frames: frames, slope: slope)
        let parts = (0..<5).map {
            Probe.run(block.path($0, of: network), features, frames: frames, slope: slope)
        }
        for i in whole.output.indices {
            #expect(abs(whole.output[i] - parts.reduce(0) { $0 + $1.output[i] } / root) < 1e-5)
        }
        for tensor in network.layout.tensors {
            let share = tensor.count / 5
            let start = network.layout.tensors.filter { $0.offset < tensor.offset }.reduce(0) {
                $0 + $1.count / 5
            }
            for j in 0..<5 {
                for k in 0..<share {
                    let (found, own) = (
                        whole.gradient[tensor.offset + j * share + k], parts[j].gradient[start + k]
                    )
                    #expect(abs(found - own / root) < 1e-4 * max(1, abs(own)), "\(tensor.name)")
                }
            }
        }
        let weights = network.layout.tensors.filter { $0.shape.count == 2 }.reduce(0) { $0 + $1.count }
        #expect(
            weights == 5 * EnsembleCost.connected(inputs: 4, outputs: 3, depth: 3).parameters(width: 6))
    }
}

@Suite struct CollegialPlannerTests {
    @Test func `where parameters grow as the square of the width, α L / n is 1,593624`() throws {
        #expect(abs(CollegialPlanner.squareRoot - 1.593624) < 1e-6)
        let planner = try CollegialPlanner(
            alpha: 3.3, depth: 4, cost: .connected(inputs: 0, outputs: 0, depth: 2))
        #expect(abs(planner.bestWidth - 0.627500 * 13.2) < 1e-4)
    }

    @Test(arguments: [(1.0, 5.67), (2, 8.23), (3, 10.28), (4, 12.06), (5, 13.68)])
    func `a bottleneck's best width is that of the reference`(alpha: Double, width: Double) throws {
        let planner = try CollegialPlanner(
            alpha: alpha, depth: 1, cost: .bottleneck(inputs: 256, outputs: 256, kernel: 3))
        #expect(abs(planner.bestWidth - width) < 0.005)
    }

    @Test func `the published primal width of 10 goes with 35 paths`() throws {
        let cost = EnsembleCost.bottleneck(inputs: 256, outputs: 256, kernel: 3)
        let planner = try CollegialPlanner(alpha: 2.87, depth: 1, cost: cost)
        #expect(abs(planner.bestWidth - 10) < 0.05)
        let best = try planner.primal(budget: cost.parameters(width: 128))
        #expect(best.width == 10 && best.paths == 35 && best.parameters <= 212_992)
    }

    @Test(
        arguments: [
            (3, 64, 512, 32, 573_440, 0.01952, 225, 19, 0.00304, 33, 20, 89_760),
            (4, 40, 256, 64, 223_232, 0.05291, 68, 20, 0.01375, 19, 19, 58_121),
            (6, 80, 512, 64, 1_384_448, 0.03943, 218, 24, 0.00588, 29, 26, 206_596),
        ] as [(Int, Int, Int, Int, Int, Double, Int, Int, Double, Int, Int, Int)])
    func `primal and dual are those of the reference tables`(
        depth: Int, inputs: Int, width: Int, outputs: Int, budget: Int, variance: Double, m: Int,
        n: Int, best: Double,
        dualM: Int, dualN: Int, dualParameters: Int
    ) throws {
        let cost = EnsembleCost.connected(inputs: inputs, outputs: outputs, depth: depth)
        #expect(cost.parameters(width: width) == budget)
        let planner = try CollegialPlanner(alpha: 3.3, depth: depth, cost: cost)
        let dense = planner.variance(paths: 1, width: width)
        #expect(abs(dense - variance) < 1e-5)
        let primal = try planner.primal(budget: budget)
        #expect(primal.paths == m && primal.width == n && abs(primal.variance - best) < 1e-5)
        #expect(primal.parameters <= budget)
        let dual = try planner.dual(variance: dense)
        #expect(dual.paths == dualM && dual.width == dualN && dual.parameters == dualParameters)
        #expect(dual.variance <= dense)
    }

    @Test func `plans that cannot be are refused`() throws {
        let cost = EnsembleCost.connected(inputs: 8, outputs: 8, depth: 2)
        for alpha in [0, -1, .nan, .infinity] {
            #expect(throws: CollegialPlanner.PlanError.self) {
                try CollegialPlanner(alpha: alpha, depth: 2, cost: cost)
            }
        }
        #expect(throws: CollegialPlanner.PlanError.self) {
            try CollegialPlanner(alpha: 3, depth: 0, cost: cost)
        }
        #expect(throws: CollegialPlanner.PlanError.self) {
            try CollegialPlanner(alpha: 3, depth: 2, cost: cost, widths: [])
        }
        let planner = try CollegialPlanner(alpha: 3, depth: 2, cost: cost, widths: [4, 8])
        #expect(throws: CollegialPlanner.PlanError.budgetTooSmall(50, smallest: 80)) {
            try planner.primal(budget: 50)
        }
        #expect(throws: CollegialPlanner.PlanError.self) { try planner.primal(budget: 0) }
        #expect(throws: CollegialPlanner.PlanError.self) { try planner.dual(variance: 0) }
    }
}

@Suite struct KernelVarianceTests {
    @Test func `α of plain networks of width 32 and depth 3 is between 3,0 and 3,5`() {
        let found = KernelVariance(KernelVariance.plain(width: 32, depth: 3, draws: 6000, seed: 1))
        #expect((3.0...3.5).contains(found.alpha(width: 32, depth: 3)), "\(found)")
        #expect(abs(found.variance - 0.359) < 0.04, "\(found)")
    }

    @Test func `the variance of an ensemble falls as 1/m`() {
        let kernels = KernelVariance.plain(width: 16, depth: 3, draws: 16_000, seed: 2)
        let points = [1, 2, 4, 8].map { m in
            (x: log(Double(m)), y: log(KernelVariance(KernelVariance.ensembles(kernels, of: m)).variance))
        }
        let (x, y) = (points.map(\.x).reduce(0, +) / 4, points.map(\.y).reduce(0, +) / 4)
        let slope =
            points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
            / points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        #expect(abs(slope + 1) < 0.1, "\(slope)")
    }

    @Test func `one α fits several widths, with an interval`() {
        let kernels = [16, 24, 32, 48].map { width in
            (width: width, kernels: KernelVariance.plain(width: width, depth: 3, draws: 2000, seed: UInt64(width)))
        }
        let fit = VarianceFit(kernels, depth: 3, seed: 1)
        #expect((3.0...3.5).contains(fit.alpha) && fit.low < fit.alpha && fit.high - fit.low < 0.5, "\(fit)")
        #expect(fit.points.map(\.width) == [16, 24, 32, 48])
    }
}
