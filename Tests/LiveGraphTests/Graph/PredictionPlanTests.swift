import LiveGraph
import Rigs
import Settings
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
        ] as [(String, String, String)])
    func `streams and channels that there are not are named`(_ old: String, _ new: String, _ words: String) throws {
        let rig = try Rig(text: PredictionRig.rig().replacing(old, with: new), file: "rig.toml")
        let error = #expect(throws: SettingsError.self) { try GraphPlan(rig: rig, devices: PredictionRig.devices) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
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
