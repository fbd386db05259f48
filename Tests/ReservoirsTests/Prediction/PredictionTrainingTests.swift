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

    /// A stretch's rows and targets, by hand.
    private static func rows(_ stretch: StepSeries, mean: Double, deviation: Double) -> [(state: [Double], target: Double)] {
        let weight = InputMap(inputs: 1, channels: 1, scale: 0.5, density: 1, bias: 0, seed: 7).drive(
            Matrix(rows: 1, columns: 1, values: [1]))[0, 0]
        let states = RingReservoir(nodes: 6).states(
            stretch.inputs.map { Double(Float(weight * (($0 - mean) / deviation))) })
        return (20..<stretch.targets.count - 3).compactMap { step in
            stretch.targets[step + 3].map { (states.row(step).map { Double(Float($0)) }, $0) }
        }
    }

    private static func fit(_ rows: some Collection<(state: [Double], target: Double)>, _ lambdas: [Double]) throws -> RidgePath
    {
        var batch = QRAccumulator(nodes: 6, outputs: 1)
        try batch.add(
            states: Matrix(rows: rows.count, columns: 6, values: rows.flatMap(\.state)),
            targets: Matrix(rows: rows.count, columns: 1, values: rows.map(\.target)))
        return try batch.path(lambdas: lambdas)
    }

    @Test(arguments: [false, true])
    func `the readout is ridge regression on the states of the standardised drive, with the λ of the held back fifth`(
        isExact: Bool
    ) throws {
        let series = Self.series()
        let result = try #require(
            try PredictionTraining(Self.settings, inputs: 1, isExact: isExact).run(
                series, on: RingReservoir(nodes: 6), seed: 0
            ) { _ in true })
        // By hand: mean and deviation of the inputs up to the last step that λ is not chosen on, the map's one weight, exact regression.
        let places = series.enumerated().flatMap { place, stretch in
            (20..<stretch.targets.count - 3).filter { stretch.targets[$0 + 3] != nil }.map { (place, $0) }
        }
        let learned = places.count - places.count / 5
        #expect(result.steps == places.count)
        let (place, step) = places[learned - 1]
        let inputs = series[..<place].flatMap(\.inputs) + series[place].inputs[...step]
        let mean = inputs.reduce(0, +) / Double(inputs.count)
        let deviation = (inputs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(inputs.count)).squareRoot()
        #expect(abs(result.mean[0] - mean) < 1e-12 && abs(result.deviation[0] - deviation) < 1e-12)
        let rows = series.flatMap { Self.rows($0, mean: mean, deviation: deviation) }
        let expected = try Self.fit(rows, [result.lambda * Double(rows.count)]).readouts[0]
        for (a, b) in zip(result.readout.weights.values, expected.weights.values) { #expect(abs(a - b) < 1e-12) }
        #expect(abs(result.readout.intercept[0] - expected.intercept[0]) < 1e-12)
        // The error of each λ on the rows that it was not fitted to.
        let held = rows[learned...]
        let middle = held.reduce(0) { $0 + $1.target } / Double(held.count)
        let scatter = held.reduce(0) { $0 + ($1.target - middle) * ($1.target - middle) }
        let path = try Self.fit(rows[..<learned], PredictionTraining.lambdas.map { $0 * Double(learned) })
        let errors = path.readouts.map { readout in
            let squares = held.reduce(0.0) { sum, row in
                let value = zip(readout.weights.values, row.state).reduce(readout.intercept[0]) { $0 + $1.0 * $1.1 }
                return sum + (value - row.target) * (value - row.target)
            }
            return (squares / scatter).squareRoot()
        }
        let best = try #require(errors.min())
        #expect(abs(result.heldBackNRMSE - best) < 1e-9)
        let chosen = try #require(PredictionTraining.lambdas.firstIndex(of: result.lambda))
        #expect(errors[chosen] - best < 1e-9)
    }

    /// A ring that is driven with two frames for each input; its state is that of both.
    private final class Held: Reservoir {
        let (inputs, nodes, description) = (1, 12, "held")
        private let ring = RingReservoir(nodes: 6)

        func reset(seed: UInt64) { ring.reset(seed: seed) }

        func run(_ inputs: [Float]) throws -> [Float] {
            var frames = [Float](repeating: 0, count: 2 * inputs.count)
            for (step, input) in inputs.enumerated() {
                for turn in 0..<2 {
                    withUnsafePointer(to: input) { input in
                        frames.withUnsafeMutableBufferPointer { frames in
                            let place = 2 * step + turn
                            StateFeatures.setFrame(
                                turn, of: UnsafeBufferPointer(start: input, count: 1),
                                into: UnsafeMutableBufferPointer(rebasing: frames[place..<place + 1]))
                        }
                    }
                }
            }
            return try ring.run(frames)
        }
    }

    @Test func `virtual nodes are the states of several frames of each step`() throws {
        var settings = Self.settings
        let expected = try #require(
            try PredictionTraining(settings, inputs: 1).run(Self.series(), on: Held(), seed: 0) { _ in true })
        settings.features.virtualNodes = 2
        let found = try #require(
            try PredictionTraining(settings, inputs: 1).run(Self.series(), on: RingReservoir(nodes: 6), seed: 0) { _ in true })
        #expect(found == expected && found.readout.weights.rows == 12)
    }

    @Test func `a delay that no stretch is long enough for is refused`() throws {
        var settings = Self.settings
        settings.features.delays = [1, 400]
        #expect(throws: PredictionError.delay(400, longest: 400)) {
            _ = try PredictionTraining(settings, inputs: 1).run(Self.series(), on: RingReservoir(nodes: 6), seed: 0) { _ in true
            }
        }
    }

    /// Two nodes that differ in their last bits alone, by a sign that no input tells.
    private final class Twins: Reservoir {
        let (inputs, nodes, description) = (1, 2, "twins")
        let signs: [Double]
        /// Steps of each call, and all states, shape `[steps, 2]`.
        private(set) var calls: [Int] = []
        private(set) var states: [Float] = []

        init(steps: Int) { signs = uniform(steps, seed: 3).map { $0 > 0 ? 1 : -1 } }

        func reset(seed: UInt64) {}

        func run(_ inputs: [Float]) -> [Float] {
            let first = states.count / 2
            let found = inputs.enumerated().flatMap { [$1, $1 + 0x1p-20 * Float(signs[first + $0])] }
            calls.append(inputs.count)
            states += found
            return found
        }
    }

    @Test func `what the last bits of the states say is found to all digits by an exact fit`() throws {
        let settings = PredictionSettings(
            horizon: 0, washout: 0, scale_T: 1, density: 1, bias: 0, seed: 7, features: StateFeatures(hasInputs: false))
        let inputs = uniform(2000, seed: 21)
        /// How far the weights are from those of the triangular factor of all rows at once.
        func deviation(isExact: Bool) throws -> Double {
            let film = Twins(steps: 2000)
            let result = try #require(
                try PredictionTraining(settings, inputs: 1, isExact: isExact).run(
                    [StepSeries(inputs: inputs, targets: film.signs)], on: film, seed: 0
                ) { _ in true })
            #expect(result.lambda == 1e-12 && result.steps == 2000)
            var batch = QRAccumulator(nodes: 2, outputs: 1)
            try batch.add(
                states: Matrix(rows: 2000, columns: 2, values: film.states.map { Double($0) }),
                targets: Matrix(rows: 2000, columns: 1, values: film.signs))
            let expected = try batch.path(lambdas: [1e-12 * 2000]).readouts[0].weights[0, 0]
            return abs(result.readout.weights[0, 0] / expected - 1)
        }
        let (fast, exact) = (try deviation(isExact: false), try deviation(isExact: true))
        #expect(exact < 1e-8 && fast > 1e-7, "\(fast), \(exact)")
    }

    @Test func `the reservoir is driven block by block, and a stop is looked for after each`() throws {
        let inputs = uniform(3000, seed: 21)
        let stretch = StepSeries(inputs: inputs, targets: inputs)
        let film = Twins(steps: 3000)
        var asked = 0
        let result = try PredictionTraining(Self.settings, inputs: 1).run([stretch], on: film, seed: 0) { _ in
            asked += 1
            return asked < 3
        }
        #expect(result == nil && film.calls == [Int](repeating: PredictionTraining.block, count: 3))
        // As one reservoir that is driven at once.
        let whole = try #require(
            try PredictionTraining(Self.settings, inputs: 1).run([stretch], on: RingReservoir(nodes: 6), seed: 0) { _ in true })
        let rows = Self.rows(stretch, mean: whole.mean[0], deviation: whole.deviation[0])
        let expected = try Self.fit(rows, [whole.lambda * Double(rows.count)]).readouts[0]
        for (a, b) in zip(whole.readout.weights.values, expected.weights.values) { #expect(abs(a - b) < 1e-9) }
    }

    @Test func `stretches of other channels, targets that stand still and readouts that no memory holds are refused`() throws {
        let narrow = StepSeries(inputs: uniform(300, seed: 1), targets: uniform(300, seed: 2))
        let differing = #expect(throws: PredictionError.self) {
            try PredictionTraining(Self.settings, inputs: 2).run([narrow], on: RingReservoir(nodes: 6), seed: 0) { _ in true }
        }
        #expect(differing == .inputs(found: 300, steps: 300, each: 2))
        let still = StepSeries(inputs: narrow.inputs, targets: [Double?](repeating: 1, count: 300))
        let constant = #expect(throws: ReadoutError.self) {
            try PredictionTraining(Self.settings, inputs: 1).run([still], on: RingReservoir(nodes: 6), seed: 0) { _ in true }
        }
        #expect(constant == .constantTargets(output: 0))
        let wide = PredictionSettings(seed: 7, features: StateFeatures(hasInputs: false, delays: Array(1...99)))
        let tooMany = #expect(throws: PredictionError.self) {
            try PredictionTraining(wide, inputs: 1).run([narrow], on: RingReservoir(nodes: 400), seed: 0) { _ in true }
        }
        #expect(tooMany == .tooManyColumns(found: 40_000, most: 32_768))
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
