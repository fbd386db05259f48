import Replay
import Reservoirs
import Testing

/// Steps of several sessions, for one training.
struct SessionStepsTests {
    private static func steps(_ count: Int = 3, inputs: [String] = ["a", "b"], target: String = "x.y z", rate: Double = 250)
        -> SessionSteps
    {
        SessionSteps(
            series: [
                StepSeries(
                    inputs: [Double](repeating: 1, count: count * inputs.count), targets: [Double?](repeating: 2, count: count))
            ], inputs: inputs, target: target, rate: rate)
    }

    @Test func `sessions of the same streams stand one behind the other`() throws {
        var all = Self.steps(3)
        try all.append(Self.steps(4), session: "second")
        #expect(all.series.map(\.targets.count) == [3, 4])
    }

    @Test(
        arguments: [
            (steps(inputs: ["a"]), "channels of its input: 1: a; expected 2: a, b"),
            (steps(inputs: ["a", "c"]), "channels of its input: 2: a, c; expected 2: a, b"),
            (steps(inputs: ["b", "a"]), "channels of its input: 2: b, a; expected 2: a, b"),
            (steps(target: "x.y w"), "target: x.y w; expected x.y z"), (steps(rate: 500), "500.0; expected 250.0"),
        ])
    func `sessions of other channels, labels, targets or rates are refused, and the difference is named`(
        _ other: SessionSteps, _ words: String
    ) {
        var all = Self.steps()
        let error = #expect(throws: SessionsDiffer.self) { try all.append(other, session: "second") }
        #expect(error?.description.hasPrefix("second: ") == true && error?.description.contains(words) == true)
        #expect(all.series.count == 1)
    }
}
