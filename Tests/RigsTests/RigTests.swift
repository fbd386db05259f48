import Devices
import Foundation
import Rigs
import Settings
import Testing

struct RigTests {
    private let device = """
        name = "bench"
        [[device]]
        name = "headset"
        driver = "cyton"
        port = "/dev/ttyUSB0"

        """

    private func reason(_ text: String) -> (line: Int, reason: SettingsError.Reason)? {
        do throws(SettingsError) {
            _ = try Rig(text: text, file: "bench.toml")
            return nil
        } catch {
            return (error.line, error.reason)
        }
    }

    @Test func `a rig is read with its defaults`() throws {
        let rig = try Rig(text: device + "[device.settings]\ngain = 12\n", file: "bench.toml")
        #expect(rig.name == "bench" && rig.seed == 1)
        #expect(rig.device(named: "headset")?.settings["gain"]?.integer == 12)
        #expect(rig.recording.folder == "sessions")
    }

    @Test func `a device's delay is 0 to 1000 milliseconds, and 0 where none is said`() throws {
        #expect(try Rig(text: device, file: "bench.toml").devices[0].latencyMs == 0)
        #expect(try Rig(text: device + "latency_ms = 40\n", file: "bench.toml").devices[0].latencyMs == 40)
        #expect(try Rig(text: device + "latency_ms = 37.5\n", file: "bench.toml").devices[0].latencyMs == 37.5)
        let expected = "0 to 1000 (milliseconds from the sensor to the arrival of its bytes)"
        for (text, value) in [("-3", "-3.0"), ("1000.5", "1000.5"), ("nan", "nan")] {
            let found = reason(device + "latency_ms = \(text)\n")
            #expect(found?.line == 6 && found?.reason == .invalidValue(key: "latency_ms", value: value, expected: expected))
        }
        #expect(
            reason(device + "latency_ms = \"40\"\n")?.reason
                == .wrongType(key: "latency_ms", expected: "a number", found: "a string"))
    }

    @Test func `every kind of mistake is a typed error at its line`() {
        let cases: [(text: String, line: Int, reason: SettingsError.Reason)] = [
            (
                device + "prot = 1\n", 6,
                .unknownKey(
                    "prot",
                    known: [
                        "name", "driver", "port", "simulator", "latency_ms", "channels", "channel_types", "montage",
                        "reference",
                        "line_frequency_Hz", "settings", "simulation",
                    ])
            ),
            (
                device + "[recognizer]\naudio = \"mike.audio\"\n", 7,
                .unknownName("mike.audio", kind: "stream", known: ["headset.…"])
            ),
            (
                device + "[reservoir]\ndevice = \"film\"\naudio = \"headset.eeg\"\n", 7,
                .unknownName("film", kind: "device", known: ["headset"])
            ),
            (
                device + "[[device]]\nname = \"headset\"\ndriver = \"alsa\"\nport = \"default\"\n", 7,
                .duplicateName("headset", kind: "device")
            ),
            ("seed = -1\n" + device, 1, .invalidValue(key: "seed", value: "-1", expected: "0 or more")),
            ("seed = \"one\"\n" + device, 1, .wrongType(key: "seed", expected: "an integer", found: "a string")),
            ("name = \"empty\"\n", 0, .missingKey("device", inTable: "the rig")),
        ]
        for (text, line, expected) in cases {
            let found = reason(text)
            #expect(found?.line == line, "\(text)")
            #expect(found?.reason == expected, "\(text)")
        }
    }

    @Test func `a device needs a port or a simulator that fits its driver`() {
        let start = "[[device]]\nname = \"a\"\ndriver = \"cyton\"\n"
        #expect(reason(start)?.reason == .missingKey("port” or “simulator", inTable: "device[0]"))
        guard case .invalidValue(let key, let value, _)? = reason(start + "simulator = \"film\"\n")?.reason else {
            Issue.record("a film cannot simulate a Cyton")
            return
        }
        #expect(key == "simulator" && value == "film")
    }

    @Test func `names that would leave the session folder are refused`() {
        for name in ["../x", "a b", "", "a/b"] {
            let text = "[[device]]\nname = \"\(name)\"\ndriver = \"cyton\"\nport = \"p\"\n"
            guard case .invalidValue("name", _, _)? = reason(text)?.reason else {
                Issue.record("“\(name)” was taken")
                continue
            }
        }
    }

    @Test func `the rigs of this repository are read`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../rigs")
        // Sweeps lie beside the rigs.
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".toml") && !$0.hasSuffix("-sweep.toml")
        }
        #expect(files.contains("demo.toml") && files.contains("cyton-alsa.toml"))
        for file in files { _ = try Rig(contentsOf: folder.appendingPathComponent(file).path) }
        let demo = try Rig(contentsOf: folder.appendingPathComponent("demo.toml").path)
        let bench = try Rig(contentsOf: folder.appendingPathComponent("cyton-alsa.toml").path)
        // The same rig on hardware: only ports differ.
        #expect(demo.devices.map(\.name) == bench.devices.map(\.name))
        #expect(demo.devices.map(\.settings) == bench.devices.map(\.settings))
        #expect(
            demo.recognizers.map(\.audio) == bench.recognizers.map(\.audio)
                && demo.readouts.map(\.devices) == bench.readouts.map(\.devices) && demo.readouts.count == 1)
        #expect(bench.devices.allSatisfy { $0.simulator == nil && $0.port != nil })
    }
}
