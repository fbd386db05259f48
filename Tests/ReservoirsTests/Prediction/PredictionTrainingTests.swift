import Foundation
import LinearAlgebra
import Reservoirs
import Testing

struct PredictionTrainingTests {
    private static let settings = PredictionSettings(
        horizon: 3, washout: 20, scale_T: 0.5, density: 1, bias: 0, seed: 7, features: StateFeatures(hasInputs: false))

    /// Two stretches, the second one with holes among its targets: the target of a step is the input of two steps before.
    private static func series() -> [StepSeries] {
        let inputs = uniform(700, seed: 11).map { 5 + 2 * $0 }
        func stretch(_ range: Range<Int>, holes: Bool) -> StepSeries {
            StepSeries(
                inputs: Array(inputs[range]),
                targets: range.map { step in holes && step % 50 == 0 ? nil : step >= 2 ? inputs[step - 2] * 1e-6 : nil })
        }
        return [stretch(0..<400, holes: false), stretch(400..<700, holes: true)]
    }

    @Test func `the readout is ridge regression on the states of the standardised drive`() throws {
        let series = Self.series()
        let result = try #require(
            try PredictionTraining(Self.settings, inputs: 1).run(series, on: RingReservoir(nodes: 6), seed: 0) { _ in true })
        // By hand: mean and deviation of all inputs, the map's one weight, exact regression.
        let all = series.flatMap(\.inputs)
        let mean = all.reduce(0, +) / 700
        let deviation = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 700).squareRoot()
        #expect(abs(result.mean[0] - mean) < 1e-12 && abs(result.deviation[0] - deviation) < 1e-12)
        let weight = InputMap(inputs: 1, channels: 1, scale: 0.5, density: 1, bias: 0, seed: 7).drive(
            Matrix(rows: 1, columns: 1, values: [1]))[0, 0]
        var batch = QRAccumulator(nodes: 6, outputs: 1)
        var pairs = 0
        for stretch in series {
            let drive = stretch.inputs.map { Double(Float(weight * (($0 - mean) / deviation))) }
            let states = RingReservoir(nodes: 6).states(drive)
            for step in 20..<stretch.targets.count - 3 {
                guard let target = stretch.targets[step + 3] else { continue }
                try batch.add(
                    states: Matrix(rows: 1, columns: 6, values: states.row(step).map { Double(Float($0)) }),
                    targets: Matrix(rows: 1, columns: 1, values: [target]))
                pairs += 1
            }
        }
        #expect(result.steps == pairs)
        let expected = try batch.path(lambdas: [result.lambda * Double(pairs)]).readouts[0]
        for (a, b) in zip(result.readout.weights.values, expected.weights.values) { #expect(abs(a - b) < 1e-12) }
        #expect(abs(result.readout.intercept[0] - expected.intercept[0]) < 1e-12)
        #expect(result.heldBackNRMSE > 0 && result.heldBackNRMSE < 1.1)
    }

    @Test func `too little to learn from is told with what is needed`() throws {
        let short = [StepSeries(inputs: uniform(60, seed: 1), targets: uniform(60, seed: 2))]
        let error = #expect(throws: PredictionError.self) {
            try PredictionTraining(Self.settings, inputs: 1).run(short, on: RingReservoir(nodes: 6), seed: 0) { _ in true }
        }
        #expect(error == .tooFewSteps(found: 37, needed: 100))
    }

    @Test func `a readout on the disk comes back as it was, and what is damaged is named`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-prediction-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let width = Self.settings.features.width(nodes: 4, inputs: 2)
        let readout = PredictionReadout(
            card: .init(
                settings: Self.settings, inputs: ["a", "b"], target: "x.y z", rate: 250, mean: [0, 1], deviation: [1, 2],
                nodes: 4,
                channels: 3, reservoir: "ring", lambda: 1e-3, trainingSteps: 100, heldBackNRMSE: 0.5),
            readout: LinearReadout(
                weights: Matrix(rows: width, columns: 1, values: uniform(width, seed: 5)), intercept: [0.1], lambda: 1e-3))
        try readout.write(folder: folder)
        #expect(try PredictionReadout(folder: folder) == readout)
        #expect(throws: FilmReadout.FileError.self) { try FilmReadout(folder: folder) }
        let card = folder + "/readout.json"
        let text = try String(contentsOfFile: card, encoding: .utf8)
        for (old, new, words) in [
            ("\"kind\" : \"prediction\"", "\"kind\" : \"words\"", "kind"), ("\"leak\" : 1", "\"leak\" : 0", "features"),
            ("\"nodes\" : 4", "\"nodes\" : 5", "weights"), ("\"rate\" : 250", "\"rate\" : 0", "rate"),
        ] {
            #expect(text.contains(old))
            try text.replacing(old, with: new).write(toFile: card, atomically: true, encoding: .utf8)
            let error = #expect(throws: FilmReadout.FileError.self) { try PredictionReadout(folder: folder) }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
        #expect(throws: FilmReadout.FileError.self) { try PredictionReadout(folder: folder + "/none") }
    }
}
