import BoardStand
import Devices
import Foundation
import LinearAlgebra
import Reservoirs
import Signals
import Testing
import Transports

/// The example board of the reference firmware, in C99 on a serial line, as a reservoir.
@Suite(.serialized)
struct BoardTaskTests {
    /// example_board.h: each of eight cells' t follows its drive h as t ← t / 2 + h / 2, and its state is the unit vector
    /// ((1 − t t) / (1 + t t), 0, 2 t / (1 + t t)).
    private final class BoardFormula: Reservoir {
        let inputs = 8
        let nodes = 24
        let description = "the board's formula"
        private var t = [Float](repeating: 0, count: 8)

        func reset(seed: UInt64) { t = [Float](repeating: 0, count: 8) }

        func run(_ inputs: [Float]) -> [Float] {
            var states: [Float] = []
            for step in 0..<inputs.count / 8 {
                for cell in 0..<8 { t[cell] = t[cell] / 2 + max(-1, min(1, inputs[8 * step + cell])) / 2 }
                let squares = t.map { $0 * $0 }
                states += squares.map { (1 - $0) / (1 + $0) }
                states += [Float](repeating: 0, count: 8)
                states += zip(t, squares).map { 2 * $0 / (1 + $1) }
            }
            return states
        }
    }

    private func open(_ board: ExampleBoard) throws -> RigLinkReservoir {
        let waker = try Waker()
        let driver = RigLinkDriver(name: "board", port: board.path, waker: waker)
        let runner = DeviceRunner(name: "board", driver: driver, waker: waker)
        return try RigLinkReservoir(name: "board", driver: driver, runner: runner)
    }

    @Test func `every state that the board answers is that of its formula, to the bit`() throws {
        let board = try ExampleBoard(rate: 250)
        let reservoir = try open(board)
        let formula = BoardFormula()
        var random = SplitMix64(seed: 12)
        #expect(reservoir.inputs == 8 && reservoir.nodes == 24)
        for (seed, size) in [(0, 1.0), (1, 0.01), (2, 1e-30)] as [(UInt64, Double)] {
            let drive = (0..<8 * 400).map { _ in Float(size * (2 * random.uniform() - 1)) }
            try reservoir.reset(seed: seed)
            formula.reset(seed: seed)
            let (found, expected) = (try reservoir.run(drive), formula.run(drive))
            #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "\(size)")
            // In pieces it goes on where it was.
            let (second, more) = (try reservoir.run(Array(drive[..<80])), formula.run(Array(drive[..<80])))
            #expect(second.map(\.bitPattern) == more.map(\.bitPattern))
        }
        #expect(reservoir.limitedFrames == 0)
    }

    @Test func `a task on the board has the errors of the task on its formula`() throws {
        let board = try ExampleBoard(rate: 250)
        let folder = try temporaryFolder("board")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "[[device]]\nname = \"board\"\ndriver = \"riglink\"\nport = \"\(board.path)\"\n".write(
            toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        struct Result: Decodable {
            struct Spread: Decodable { var median: Double }
            struct Device: Decodable {
                var steps: Int, lostFrames: Int, limitedFrames: Int, drift: Double, secondsToAnswer: Double
            }
            struct Chosen: Decodable { var seed: UInt64, test: Double, validation: Double, lambda: Double }
            var nodes: Int
            var test: Spread
            var baseline: [String: Part]
            var chosen: [Chosen]
            var device: Device
            struct Part: Decodable { var test: Spread }
        }
        for input in SearchedInput.allCases {
            let output = try RunningLarmor([
                "reservoir", "task", "narma10", "--rig", folder + "/rig.toml", "--length", "1200", "--seeds", "2",
                "--evaluations", "4", "--input", input.rawValue, "--json",
            ]).wait()
            #expect(output.status == 0, "\(output.messages)")
            let result = try output.json(Result.self)
            #expect(result.nodes == 24 && result.device.steps == 2 * 4 * 1200 && result.device.lostFrames == 0)
            #expect(result.device.drift == 0 && result.device.secondsToAnswer > 0)
            #expect(result.test.median < (result.baseline["inputs_alone"]?.test.median ?? 0))
            // The same study on the formula, in this process.
            var study = TaskStudy(.narma10, length: 1200)
            (study.search.evaluations, study.search.threads) = (4, 1)
            for (index, seed) in [UInt64(1), 2].enumerated() {
                let family = DeviceFamily(BoardFormula(), most: 1, input: input)
                let expected = try #require(try study.run(family, seed: seed) { _ in true })
                let found = result.chosen[index]
                #expect(found.seed == seed && found.test == expected.evaluation.test)
                #expect(found.validation == expected.evaluation.validation && found.lambda == expected.evaluation.lambda)
            }
        }
    }
}
