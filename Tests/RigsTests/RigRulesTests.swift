import Rigs
import Settings
import Testing

/// Devices by rule, as far as a rig file alone tells.
struct RigRulesTests {
    private func rig(_ text: String) throws -> Rig {
        try Rig(text: "[[device]]\nname = \"lab\"\ndriver = \"lsl\"\n" + text, file: "r.toml")
    }

    @Test func `a stage may name a stream that a rule will find`() throws {
        let rules = "[device.settings]\nmatch = \"type='EEG'\"\n"
        let monitor = "[[monitor]]\nmeasure = \"rms\"\nabove = 1\nstream = "
        #expect(try rig(rules + monitor + "\"lab-LiveAmp.eeg\"").monitors.count == 1)
        for (rules, stream) in [(rules, "other-LiveAmp.eeg"), ("[device.settings]\nname = \"x\"\n", "lab-LiveAmp.eeg")] {
            #expect(throws: SettingsError.self) { try rig(rules + monitor + "\"\(stream)\"") }
        }
    }

    @Test func `a rule stands alone: a port and names of channels mean one device`() throws {
        for key in ["port = \"EEG\"", "channels = [\"Cz\"]"] {
            #expect {
                try rig(key + "\n[device.settings]\nmatch = \"*\"\n")
            } throws: {
                ($0 as? SettingsError)?.line == 4
            }
        }
        // A condition without quotes would be taken for a name, and fit nothing for ever.
        for settings in ["match = \"type=EEG\"", "match = 5", "match = \"*\"\nkind = \"EEG\""] {
            #expect(throws: SettingsError.self) { try rig("[device.settings]\n" + settings + "\n").matched() }
        }
        // Other drivers have no rules: their own settings say so when they are made.
        let other = try Rig(
            text: "[[device]]\nname = \"a\"\ndriver = \"rda\"\nport = \"x:1\"\n[device.settings]\nmatch = \"*\"\n",
            file: "r.toml")
        #expect(other.devices.count == 1 && other.matches.isEmpty)
    }
}
