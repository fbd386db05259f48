import Foundation
import NeuralNetworks
import Signals
import Testing

@Suite struct RecurrentPathsTests {
    @Test func `an ensemble of recurrent paths is their sum over √m, frame by frame, too`() {
        let block = CollegialBlock(inputs: 5, width: 4, paths: 3, depth: 2, outputs: 5, cell: .recurrent)
        let network = Network(block.sequence(), seed: 8)
        let features = Probe.numbers(7 * 5, seed: 9)
        let whole = Probe.run(network, features, frames: 7, slope: [Float](repeating: 0, count: 7 * 5)).output
        let parts = (0..<3).map {
            Probe.run(block.path($0, of: network), features, frames: 7, slope: [Float](repeating: 0, count: 7 * 5)).output
        }
        for i in whole.indices {
            #expect(abs(whole[i] - parts.reduce(0) { $0 + $1[i] } / Float(3).squareRoot()) < 1e-5)
        }
        var state = network.initialState()
        var output = [Float](repeating: 0, count: 5)
        for frame in 0..<7 {
            var place = output.mutableSpan
            network.step(features[frame * 5..<(frame + 1) * 5].span, state: &state, into: &place)
            for i in 0..<5 { #expect(abs(output[i] - whole[frame * 5 + i]) < 1e-6) }
        }
        let weights = network.layout.tensors.filter { $0.shape.count == 2 }.reduce(0) { $0 + $1.count }
        #expect(weights == 3 * block.cost.parameters(width: 4))
    }

    @Test func `the variance of a recurrent block's kernel falls as 1/m, and with the width`() {
        func variance(_ width: Int, _ paths: Int) -> Double {
            let block = CollegialBlock(inputs: 16, width: width, paths: paths, depth: 1, outputs: 16, cell: .recurrent)
            return KernelVariance(KernelVariance.drawn(block, frames: 12, draws: 1500, seed: 5)).variance
        }
        let points = [1, 2, 4, 8].map { (x: log(Double($0)), y: log(variance(8, $0))) }
        let (x, y) = (points.map(\.x).reduce(0, +) / 4, points.map(\.y).reduce(0, +) / 4)
        let slope =
            points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        #expect(abs(slope + 1) < 0.1, "\(slope)")
        #expect(variance(32, 1) < variance(8, 1) / 2)
    }

    @Test func `a kernel is the squared norm of the gradient that finite differences give`() {
        let block = CollegialBlock(inputs: 3, width: 2, paths: 2, depth: 1, outputs: 2, cell: .recurrent)
        let kernel = KernelVariance.drawn(block, frames: 4, draws: 1, seed: 11)[0]
        // The same sequence and signs, drawn again.
        var random = SplitMix64(seed: 11)
        let x = (0..<12).map { _ in Float(random.normal()) }
        let signs = (0..<2).map { _ in random.uniform() < 0.5 ? -1.0 : 1 }
        func f(_ parameters: [Float]) -> Double {
            let output = Probe.run(
                Network(block.sequence(), parameters: parameters), x, frames: 4, slope: [Float](repeating: 0, count: 8)
            ).output
            return (Double(output[6]) * signs[0] + Double(output[7]) * signs[1]) / 2.0.squareRoot()
        }
        let parameters = Network(block.sequence(), seed: 12).parameters
        let square = parameters.indices.reduce(0.0) { sum, i in
            var (more, less) = (parameters, parameters)
            more[i] += 1e-2
            less[i] -= 1e-2
            let slope = (f(more) - f(less)) / Double(more[i] - less[i])
            return sum + slope * slope
        }
        #expect(abs(kernel - square) < 1e-3 * square, "\(kernel) \(square)")
    }

    @Test func `a measured law goes through its points, and on like the nearest two`() throws {
        let law = VarianceLaw.measured([
            .init(width: 8, variance: 0.4), .init(width: 16, variance: 0.1), .init(width: 64, variance: 0.05),
        ])
        #expect(abs(law.variance(width: 8) - 0.4) < 1e-12 && abs(law.variance(width: 16) - 0.1) < 1e-12)
        #expect(abs(law.variance(width: 4) - 1.6) < 1e-12 && abs(law.variance(width: 32) - 0.1 / 2.0.squareRoot()) < 1e-12)
        #expect(abs(law.variance(width: 256) - 0.025) < 1e-12)
        for points in [[], [(8, 0.1)], [(8, 0.1), (8, 0.2)], [(8, 0.1), (16, .nan)], [(8, 0), (16, 0.1)]] as [[(Int, Double)]] {
            #expect(throws: CollegialPlanner.PlanError.self) {
                try CollegialPlanner(
                    .measured(points.map { VarianceLaw.Point(width: $0.0, variance: $0.1) }),
                    cost: .recurrent(inputs: 8, outputs: 8, depth: 1))
            }
        }
    }

    @Test func `a live network of paths has their layers, streams as it trains, and old shapes keep their bytes`() throws {
        var shape = LiveShape(inputs: 13, width: 16, blocks: 2, outputs: 5)
        let plain = try JSONEncoder().encode(RecognizerShape.live(shape))
        #expect(!String(decoding: plain, as: UTF8.self).contains("ensemble"))
        shape.ensemble = RecurrentPaths(paths: 3, width: 4)
        let again = try JSONDecoder().decode(RecognizerShape.self, from: JSONEncoder().encode(RecognizerShape.live(shape)))
        #expect(again == .live(shape) && again.isPossible)
        let names = shape.sequence().parameters.map(\.name)
        #expect(
            names.contains { $0.contains("block.1.gru.0.weight_hh") } && names.contains { $0.contains("block.0.out.weight") })
        shape.ensemble = RecurrentPaths(paths: 5000, width: 4)
        #expect(!RecognizerShape.live(shape).isPossible)
    }
}
