import LinearAlgebra
import LiveGraph
import Reservoirs
import Rigs
import Settings
import Signals
import Testing

/// What a rig file may say of a continuous readout.
@Suite struct PredictionPlanTests {
    @Test(
        arguments: [
            ("method = \"rls\"\nhorizon = 3", "horizon"), ("method = \"svm\"", "ridge (trained) or rls"),
            ("method = \"rls\"\nreadout = \"x\"", "learns while it runs"),
            ("method = \"ridge\"\nforgetting = 0.9", "forgetting"),
            ("method = \"rls\"\nforgetting = 2", "forgetting"), ("method = \"rls\"\ntarget_band_Hz = [12, 8]", "two edges"),
            ("method = \"rls\"\ndelays = [0]", "delays"), ("method = \"rls\"\nlambda = 1", "lambda"),
            ("method = \"ridge\"\nstandardise_s = 3", "standardise_s"), ("", "method"),
        ] as [(String, String)])
    func `what a rig file cannot say of a readout is refused with its key`(_ more: String, _ words: String) {
        let error = #expect(throws: SettingsError.self) { try Rig(text: PredictionRig.rig(more), file: "rig.toml") }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test(
        arguments: [
            ("input_channels = [\"a\"]", "input_channels = [\"z\"]", "channel of headset.eeg"),
            ("target_channel = \"b\"", "", "target_channel"),
            ("target = \"headset.eeg\"", "target = \"headset.meg\"", "headset.meg"),
            ("input = \"headset.eeg\"", "input = \"film.state\"", "a stream of numbers with a rate"),
            ("washout = 4", "target_band_Hz = [10, 125]", "half the stream's rate"),
            ("washout = 4", "input_band_Hz = [10, 10.0000001]", "a band whose filters settle"),
            ("washout = 4", "input_band_Hz = [1e-300, 10]", "a band whose filters settle"),
        ] as [(String, String, String)])
    func `streams and channels that there are not are named`(_ old: String, _ new: String, _ words: String) throws {
        let rig = try Rig(text: PredictionRig.rig().replacing(old, with: new), file: "rig.toml")
        let error = #expect(throws: SettingsError.self) { try GraphPlan(rig: rig, devices: PredictionRig.devices) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test(
        arguments: [
            ("input = \"headset.eeg\"\ninput_channels = [\"a\"]", "input = \"film.state\"", "input"),
            (
                "target = \"headset.eeg\"\ntarget_channel = \"b\"", "target = \"film.state\"\ntarget_channel = \"m0\"",
                "target"
            ),
        ] as [(String, String, String)])
    func `a stream that its own film answers with is refused, live and in training`(
        _ old: String, _ new: String, _ key: String
    ) throws {
        var devices = PredictionRig.devices
        devices[1].streams[0].nominalRate = 125
        #expect(PredictionRig.rig().contains(old))
        let text = PredictionRig.rig().replacing(old, with: new)
        let rig = try Rig(text: text, file: "rig.toml")
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex(of: "\(key) = \"film.state\"")
        for plan in [
            { _ = try GraphPlan(rig: rig, devices: devices) },
            { _ = try GraphPlan.signals(of: rig.predictors[0], rig: rig, devices: devices) },
        ] as [() throws -> Void] {
            let error = #expect(throws: SettingsError.self) { try plan() }
            #expect(error?.line == line.map { $0 + 1 })
            #expect(error?.description.contains("its own film does not answer with") == true)
        }
        // Of another film they are streams as any.
        var others = devices
        others[1].name = "other"
        others.append(PredictionRig.devices[1])
        others[2].streams[0].name = "film.own"
        #expect(try GraphPlan(rig: rig, devices: others).predictors.count == 1)
    }

    @Test(
        arguments: [
            ("washout = 4", "delays = [1, 100000]", "delays"), ("horizon = 3", "horizon = 20000", "horizon"),
            ("horizon = 3", "horizon = 3\nsquares = true\ndelays = [9999]", "delays"),
        ] as [(String, String, String)])
    func `past steps that no memory holds are refused with the line that asks for them`(
        _ old: String, _ new: String, _ key: String
    ) throws {
        var devices = PredictionRig.devices
        devices[1].streams[0].channels = (0..<2700).map { .init(label: "m\($0)", unit: .dimensionless) }
        let text = PredictionRig.rig("method = \"ridge\"").replacing(old, with: new)
        let rig = try Rig(text: text, file: "rig.toml")
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("\(key) =") }
        let settings = rig.predictors[0].settings
        let width = settings.features.width(nodes: 2700, inputs: 1)
        let readout = PredictionReadout(
            card: .init(
                settings: settings, inputs: ["a"], target: "headset.eeg b", rate: 250, mean: [0], deviation: [1], nodes: 2700,
                channels: 2, reservoir: "test", lambda: 1, trainingSteps: 100, heldBackNRMSE: 1),
            readout: LinearReadout(
                weights: .init(rows: width, columns: 1, values: [Double](repeating: 0, count: width)), intercept: [0], lambda: 1
            ))
        let error = #expect(throws: SettingsError.self) {
            try GraphPlan(rig: rig, devices: devices, predictors: [readout])
        }
        #expect(error?.line == line.map { $0 + 1 } && error?.description.contains(key) == true, "\(String(describing: error))")
        // What a film of four nodes needs is little.
        #expect(throws: Never.self) { try rig.checkMemory(of: rig.predictors[0], nodes: 4, inputs: 1) }
    }

    @Test func `a film has one readout that drives it, and two readouts have names`() {
        let second = PredictionRig.rig() + "\n[[readout]]\nname = \"other\"\ndevice = \"film\"\naudio = \"headset.eeg\"\n"
        let driven = #expect(throws: SettingsError.self) { try Rig(text: second, file: "rig.toml") }
        #expect(driven?.description.contains("no other readout drives") == true)
        let nameless = #expect(throws: SettingsError.self) {
            try Rig(text: second.replacing("name = \"other\"\n", with: ""), file: "rig.toml")
        }
        #expect(nameless?.description.contains("name") == true || nameless?.description.contains("drives") == true)
    }
}
