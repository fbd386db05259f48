import RecordedRig
import Replay
import Reservoirs
import Rigs
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

    @Test func `a session is read in its unbroken stretches, and a stop is looked for with every block`() throws {
        let scratch = ScratchFolder()
        try RecordedRig().write(scratch("s"))
        let text = """
            [[device]]
            name = "film"
            driver = "riglink"
            port = "127.0.0.1:1"
            [[device]]
            name = "headset"
            driver = "cyton"
            port = "/dev/ttyUSB0"
            [[readout]]
            device = "film"
            input = "headset.eeg"
            input_channels = ["1", "2"]
            target = "headset.eeg"
            target_channel = "3"
            method = "ridge"
            """
        let rig = try Rig(text: text, file: "rig.toml")
        let whole = try #require(try SessionSteps(session: scratch("s"), rig: rig, predictor: rig.predictors[0]))
        #expect(whole.inputs == ["1", "2"] && whole.target == "headset.eeg 3" && whole.rate == 250)
        // Frames 200 to 239 are a hole.
        #expect(whole.series.count >= 2 && whole.series[0].targets.count == 200)
        #expect(whole.series.allSatisfy { $0.inputs.count == 2 * $0.targets.count })
        var asked = 0
        let stopped = try SessionSteps(session: scratch("s"), rig: rig, predictor: rig.predictors[0]) {
            asked += 1
            return asked < 5
        }
        #expect(stopped.map(\.rate) == nil && asked == 5)
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
