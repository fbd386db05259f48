import Foundation
import RigCheck
import Rigs
import Settings
import Testing
import Transports

@Suite struct RigDeviceSettingsTests {
    private func error(_ driver: String, _ settings: String) -> SettingsError? {
        let text = """
            [[device]]
            name = "d"
            driver = "\(driver)"
            port = "/dev/there-is-none"
            [device.settings]
            \(settings)
            """
        do {
            // Settings are checked before the port is opened; a port that is not there is a device that fails, not an error.
            _ = try RigCheck(try Rig(text: text, file: "r.toml"), ports: ["d": "/dev/there-is-none"])
            return nil
        } catch {
            return error as? SettingsError
        }
    }

    /// Of an LSL device, without looking for its stream.
    private func lslError(_ settings: String, port: String = "port = \"stream\"") -> SettingsError? {
        let text = "[[device]]\nname = \"d\"\ndriver = \"lsl\"\n\(port)\n[device.settings]\n\(settings)\n"
        do {
            let rig = try Rig(text: text, file: "r.toml")
            _ = try rig.makeDriver(rig.devices[0], port: rig.devices[0].port ?? "", waker: Waker())
            return nil
        } catch {
            return error as? SettingsError
        }
    }

    @Test func `an LSL device says which stream it means, and its unit in a word that is known`() throws {
        #expect(lslError("type = \"EEG\"", port: "") == nil)
        guard case .missingKey? = lslError("unit = \"V\"", port: "")?.reason else {
            Issue.record("a device without a stream was taken")
            return
        }
        for (settings, key) in [
            ("unit = \"furlongs\"", "unit"), ("gap_seconds = 0", "gap_seconds"), ("type = 5", "type"), ("name = \"\"", "name"),
        ] {
            guard case .invalidValue(key: key, value: _, expected: _)? = lslError(settings)?.reason else {
                Issue.record("\(settings) was taken")
                continue
            }
        }
        guard case .unknownKey("stream", known: _)? = lslError("stream = \"x\"")?.reason else {
            Issue.record("an unknown key was taken")
            return
        }
    }

    @Test func `settings that a device has are taken`() {
        for settings in [
            "gain = 12", "gains = [1, 2, 4, 6, 8, 12, 24, 24]", "off = [1, 16]", "lead_off = []", "daisy = \"required\"",
            "test_signal = \"2x-fast\"", "auxiliary = \"digital\"", "time_stamps = true",
            "auxiliary = \"digital\"\ndebounce_ms = 0.5",
        ] { #expect(error("cyton", settings) == nil, "\(settings)") }
        #expect(error("freeeeg32", "frame_bytes = 105") == nil)
        for settings in [
            "", "name = \"a\"", "type = \"EEG\"", "source_id = \"x\"", "predicate = \"channel_count=8\"", "unit = \"µV\"",
            "gap_seconds = 2",
        ] { #expect(lslError(settings) == nil, "\(settings)") }
    }

    @Test func `settings that a device cannot have are refused by key`() {
        let cases: [(String, String, String)] = [
            ("cyton", "gain = 5", "gain"), ("cyton", "gains = [1, 2]", "gains"), ("cyton", "off = [0]", "off"),
            ("cyton", "lead_off = 3", "lead_off"), ("cyton", "daisy = true", "daisy"),
            ("cyton", "test_signal = \"loud\"", "test_signal"), ("cyton", "auxiliary = 1", "auxiliary"),
            ("cyton", "time_stamps = \"yes\"", "time_stamps"), ("freeeeg32", "frame_bytes = 50", "frame_bytes"),
            ("cyton", "debounce_ms = 5", "debounce_ms"), ("cyton", "auxiliary = \"digital\"\ndebounce_ms = -1", "debounce_ms"),
            ("riglink", "debounce_ms = 1001", "debounce_ms"), ("thinkgear", "gain = 1", "gain"), ("rda", "rate = 1", "rate"),
        ]
        for (driver, settings, key) in cases {
            #expect(error(driver, settings)?.description.contains("“\(key)”") == true, "\(settings)")
        }
    }

    private static let digits = "00112233445566778899aabbccddeeff"

    @Test func `the key of a dongle comes from a file, and no message repeats what may be one`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-key-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let good = folder.appendingPathComponent("good").path
        let bad = folder.appendingPathComponent("bad").path
        try (Self.digits + "\n").write(toFile: good, atomically: true, encoding: .utf8)
        try (Self.digits + "00").write(toFile: bad, atomically: true, encoding: .utf8)
        #expect(error("emotiv", "key_file = \"\(good)\"") == nil)
        for settings in [
            "key = \"\(Self.digits)\"", "key_file = \"\(Self.digits)\"", "key_file = \"\(bad)\"",
            "key_file = \"\(folder.path)/none\"", "key_file = 17", "",
        ] {
            let found = try #require(error("emotiv", settings), "\(settings)")
            #expect(found.description.contains("key_file") && !found.description.contains("0011223344"))
        }
    }

    @Test func `a dongle has no simulator`() {
        let text = "[[device]]\nname = \"d\"\ndriver = \"emotiv\"\nsimulator = \"emotiv\"\n"
        let error = #expect(throws: SettingsError.self) { try Rig(text: text, file: "r.toml") }
        #expect(error?.description.contains("has no simulator") == true)
    }
}
