import Rigs
import Settings
import Testing

@Suite struct RigStagesTests {
    private static let devices = """
        [[device]]
        name = "mic"
        driver = "alsa"
        port = "default"
        [[device]]
        name = "film1"
        driver = "riglink"
        port = "localhost:1"
        [[device]]
        name = "film2"
        driver = "riglink"
        port = "localhost:2"

        """

    private func rig(_ stages: String) throws -> Rig { try Rig(text: Self.devices + stages, file: "r.toml") }

    private func reason(_ stages: String) -> SettingsError.Reason? {
        do {
            _ = try rig(stages)
            return nil
        } catch {
            return (error as? SettingsError)?.reason
        }
    }

    @Test func `a rig lists any number of recognisers, readouts over film arrays, and monitors`() throws {
        let rig = try rig(
            """
            [[recognizer]]
            name = "digits"
            model = "models/digits"
            adapter = "anna"
            audio = "mic.audio"
            [[recognizer]]
            name = "yesno"
            audio = "mic.audio"
            [[readout]]
            devices = ["film1", "film2"]
            audio = "mic.audio"
            [[monitor]]
            stream = "mic.audio"
            measure = "peak_to_peak"
            below = 0.001
            """)
        #expect(rig.recognizers.map(\.adapter) == ["anna", nil])
        #expect(rig.copies(models: ["models/digits", nil], readouts: [nil]).map(\.adapter) == ["anna", nil, nil])
        #expect(rig.recognizers.map(\.name) == ["digits", "yesno"] && rig.recognizers.map(\.model) == ["models/digits", nil])
        #expect(rig.readouts.map(\.devices) == [["film1", "film2"]] && rig.readouts[0].name == nil)
        #expect(
            rig.monitors.map(\.measure) == [.peakToPeak] && rig.monitors[0].window_s == 1 && rig.monitors[0].above == .infinity)
        #expect(rig.hints.isEmpty)
        #expect(rig.modelFolders == ["model-digits", "model-yesno"] && rig.readoutFolders == ["readout"])
        #expect(rig.models(first: "x") == ["x", nil] && rig.readouts(first: nil) == [nil])
    }

    @Test func `a recogniser and a readout may tell alternatives and first guesses`() throws {
        let rig = try rig(
            "[[recognizer]]\naudio = \"mic.audio\"\nalternatives = 3\n"
                + "[[readout]]\ndevice = \"film1\"\naudio = \"mic.audio\"\npartial = true\nevidence = true\n")
        #expect(rig.recognizers.map(\.alternatives) == [3] && rig.recognizers.map(\.tellsPartial) == [false])
        #expect(rig.readouts.map(\.alternatives) == [0] && rig.readouts.map(\.tellsPartial) == [true])
        #expect(rig.recognizers.map(\.tellsEvidence) == [false] && rig.readouts.map(\.tellsEvidence) == [true])
        let one = "[[recognizer]]\naudio = \"mic.audio\"\n"
        guard case .invalidValue("alternatives", "11", _)? = reason(one + "alternatives = 11\n"),
            case .wrongType("partial", _, _)? = reason(one + "partial = 1\n"),
            case .wrongType("evidence", _, _)? = reason(one + "evidence = \"yes\"\n")
        else {
            Issue.record("eleven alternatives, or a number for partial, passed")
            return
        }
    }

    @Test func `a recogniser and a readout may have a certificate, costs and a stream that tells the truth`() throws {
        let rig = try rig(
            """
            [[recognizer]]
            audio = "mic.audio"
            certificate = "models/words"
            cost_false = 2
            cost_miss = 0.5
            cost_confirm = 0.1
            truth = "console.prompts"
            drift_window = 200
            [[readout]]
            name = "film"
            device = "film1"
            audio = "mic.audio"
            certificate = "film.json"
            """)
        let first = rig.recognizers[0].certification
        #expect(
            first.certificate == "models/words" && first.costFalse == 2 && first.costMiss == 0.5 && first.costConfirm == 0.1)
        #expect(first.truth == "console.prompts" && first.driftWindow == 200)
        #expect(rig.readouts[0].certification.certificate == "film.json" && rig.readouts[0].certification.truth == nil)
        #expect(rig.modelCertificates(first: nil) == ["models/words"] && rig.modelCertificates(first: "x") == ["x"])
        #expect(rig.modelCertificateFolders == ["certificates/model"])
        #expect(rig.readoutCertificateFolders == ["certificates/readout-film"])
        let one = "[[recognizer]]\naudio = \"mic.audio\"\n"
        for (key, value) in [
            ("cost_false", "0"), ("cost_miss", "-1"), ("cost_confirm", "inf"), ("drift_window", "19"),
            ("truth", "\"console.prompt\""),
        ] {
            guard case .invalidValue(key, _, _)? = reason(one + "\(key) = \(value)\n") else {
                Issue.record("\(key) = \(value) passed")
                continue
            }
        }
        guard case .missingKey("truth", _)? = reason(one + "drift_window = 50\n"),
            case .unknownName("cues.texts", "stream", _)? = reason(one + "truth = \"cues.texts\"\n"),
            case .unknownKey("certificate", _)? = reason(
                "[[readout]]\ndevice = \"film1\"\ninput = \"mic.audio\"\ntarget = \"mic.audio\"\ncertificate = \"c\"\n")
        else {
            Issue.record("a window without truth, an unknown stream, or a certificate of a number passed")
            return
        }
    }

    @Test func `the tables of 0.1 go on working, with a hint`() throws {
        let rig = try rig("[recognizer]\naudio = \"mic.audio\"\n[reservoir]\ndevice = \"film1\"\naudio = \"mic.audio\"\n")
        #expect(rig.recognizers.count == 1 && rig.readouts.map(\.devices) == [["film1"]])
        #expect(rig.hints.count == 2 && rig.hints[0].contains("[[recognizer]]") && rig.hints[1].contains("[[readout]]"))
        #expect(rig.modelFolders == ["model"] && rig.readoutFolders == ["readout"])
    }

    @Test func `a session's rig that 0.1 let pass is still read`() throws {
        let text = Self.devices + "[reservoir]\ndevice = \"mic\"\naudio = \"mic.audio\"\n"
        let both = text.replacing("port = \"default\"", with: "port = \"default\"\nsimulator = \"microphone\"")
        #expect(throws: SettingsError.self) { try Rig(text: both, file: "r.toml") }
        #expect(try Rig(text: both, file: "r.toml", isRecorded: true).readouts.map(\.devices) == [["mic"]])
    }

    @Test func `what cannot be is refused with its key`() {
        let monitor = "[[monitor]]\nstream = \"mic.audio\"\nmeasure = \"rms\"\n"
        #expect(reason(monitor) == .missingKey("above” or “below", inTable: "monitor[0]"))
        #expect(
            reason(monitor + "above = 1\nbelow = 2\n")
                == .invalidValue(key: "above", value: "1.0", expected: "more than below, 2.0"))
        #expect(
            reason(monitor.replacing("rms", with: "loudness") + "above = 1\n")
                == .invalidValue(key: "measure", value: "loudness", expected: "one of mean, rms, peak_to_peak"))
        #expect(reason("[[recognizer]]\nname = \"a\"\n") == .missingKey("audio” or “eeg", inTable: "recognizer[0]"))
        let one = "[[recognizer]]\nname = \"a\"\naudio = \"mic.audio\"\n"
        #expect(reason(one + one) == .duplicateName("a", kind: "stage"))
        #expect(
            reason(one + "[[recognizer]]\naudio = \"mic.audio\"\n")
                == .missingKey("name", inTable: "each of several [[recognizer]]s"))
        #expect(
            reason("[[readout]]\ndevices = [\"film1\", \"film1\"]\naudio = \"mic.audio\"\n")
                == .invalidValue(key: "devices", value: "film1", expected: "each film once"))
        #expect(
            reason("[[readout]]\ndevices = [\"film3\"]\naudio = \"mic.audio\"\n")
                == .unknownName("film3", kind: "device", known: ["mic", "film1", "film2"]))
        #expect(
            reason("[[readout]]\ndevice = \"mic\"\naudio = \"mic.audio\"\n")
                == .invalidValue(key: "device", value: "mic", expected: "a film: a device with the driver riglink"))
        #expect(
            reason("[reservoir]\ndevice = \"mic\"\naudio = \"mic.audio\"\n")
                == .invalidValue(key: "device", value: "mic", expected: "a film: a device with the driver riglink"))
        let old = "[reservoir]\ndevice = \"film1\"\naudio = \"mic.audio\"\n"
        guard case .invalidValue("reservoir", _, _)? = reason("[[readout]]\ndevice = \"film2\"\naudio = \"mic.audio\"\n" + old)
        else {
            Issue.record("the old table stood beside the new one")
            return
        }
        #expect(
            reason("[[readout]]\ndevices = [3]\naudio = \"mic.audio\"\n")
                == .wrongType(key: "devices", expected: "a list of devices' names", found: "another list"))
    }

    private func error(_ stages: String) -> SettingsError? { #expect(throws: SettingsError.self) { try rig(stages) } }

    @Test func `what stands in a stage is told with the line of its key`() {
        let lines = Self.devices.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        let one = "[[recognizer]]\nname = \"a\"\naudio = \"mic.audio\"\n"
        #expect(error(one + "[[recognizer]]\naudio = \"mic.audio\"\nname = \"a\"\n")?.line == lines + 6)
    }

    @Test func `two readouts do not drive one film`() {
        let first = "[[readout]]\nname = \"a\"\ndevice = \"film1\"\naudio = \"mic.audio\"\n"
        let second = "[[readout]]\nname = \"b\"\ndevices = [\"film2\", \"film1\"]\naudio = \"mic.audio\"\n"
        #expect(
            reason(first + second)
                == .invalidValue(key: "devices", value: "film1", expected: "a film that no other readout drives"))
        #expect(reason(first + second.replacing(", \"film1\"", with: "")) == nil)
        // A session may have been recorded so.
        #expect(throws: Never.self) { try Rig(text: Self.devices + first + second, file: "r.toml", isRecorded: true) }
    }

    @Test(arguments: ["rms", "peak_to_peak"])
    func `a measure that is never below 0 has no limit below 0`(measure: String) {
        let monitor = "[[monitor]]\nstream = \"mic.audio\"\nmeasure = \"\(measure)\"\n"
        for limit in ["above = -0.5\n", "below = -1\n"] {
            guard case .invalidValue(_, _, "0 or more for \(measure), which is never below 0")? = reason(monitor + limit) else {
                Issue.record("\(limit)")
                continue
            }
        }
        #expect(reason(monitor + "above = 0\n") == nil)
        #expect(reason(monitor.replacing(measure, with: "mean") + "above = -0.5\n") == nil)
    }

    @Test func `a name has at most 100 bytes`() {
        let stage = { (name: String) in "[[recognizer]]\nname = \"\(name)\"\naudio = \"mic.audio\"\n" }
        #expect(reason(stage(String(repeating: "n", count: 100))) == nil)
        guard case .invalidValue("name", let value, _)? = reason(stage(String(repeating: "n", count: 5000))) else {
            Issue.record("a long name was taken")
            return
        }
        #expect(value.count < 100)
    }
}
