import Rigs
import Settings
import Signals
import Testing

@Suite struct ChannelNamesTests {
    private static let device = "[[device]]\nname = \"head\"\ndriver = \"cyton\"\nport = \"/dev/ttyUSB0\"\n"

    private static let streams: [StreamDescription] = [
        .init(
            name: "head.texts", kind: .markers, channels: [.init(label: "text", unit: .unspecified)], nominalRate: 0,
            device: "d",
            isText: true),
        .init(
            name: "head.accelerometer", kind: .accelerometer,
            channels: ["x", "y", "z"].map { .init(label: $0, unit: .gravity) }, nominalRate: 250, device: "d"),
        .init(
            name: "head.eeg", kind: .eeg, channels: ["1", "2"].map { .init(label: $0, unit: .volt) }, nominalRate: 250,
            device: "d"),
    ]

    private func labels(_ text: String) throws -> [[String]] {
        let rig = try Rig(text: Self.device + text, file: "r.toml")
        return try rig.named(Self.streams, of: rig.devices[0]).map { $0.channels.map(\.label) }
    }

    private func error(_ text: String) -> SettingsError? {
        do {
            _ = try labels(text)
            return nil
        } catch { return error as? SettingsError }
    }

    @Test func `a list names the channels of the EEG, a table those of the streams that it lists`() throws {
        #expect(try labels("") == [["text"], ["x", "y", "z"], ["1", "2"]])
        #expect(try labels("channels = [\"Fp1\", \"Fp2\"]\n") == [["text"], ["x", "y", "z"], ["Fp1", "Fp2"]])
        #expect(
            try labels("[device.channels]\naccelerometer = [\"left\", \"up\", \"ahead\"]\neeg = [\"C3\", \"é\"]\n")
                == [["text"], ["left", "up", "ahead"], ["C3", "é"]])
    }

    @Test func `a device without EEG has its first stream of numbers named`() throws {
        let rig = try Rig(text: Self.device + "channels = [\"a\", \"b\", \"c\"]\n", file: "r.toml")
        #expect(try rig.named(Array(Self.streams.prefix(2)), of: rig.devices[0])[1].channels.map(\.label) == ["a", "b", "c"])
    }

    @Test func `names that cannot be are refused at their line`() {
        let reasons: [(String, SettingsError.Reason)] = [
            (
                "channels = [\"Fp1\"]\n",
                .invalidValue(key: "channels", value: "1 names", expected: "2, one for each channel of head.eeg")
            ),
            (
                "channels = [\"Fp1\", \"Fp1\"]\n",
                .invalidValue(key: "channels", value: "Fp1", expected: "each name once in a stream")
            ),
            ("channels = \"Fp1\"\n", .wrongType(key: "channels", expected: "a list of channels' names", found: "a string")),
        ]
        for (text, reason) in reasons {
            let found = error(text)
            #expect(found?.reason == reason && found?.line == 5)
        }
        for name in ["", "a\\nb", String(repeating: "x", count: 81)] {
            guard case .invalidValue("channels", _, _)? = error("channels = [\"\(name)\", \"b\"]\n")?.reason else {
                Issue.record("the name “\(name)” passed")
                continue
            }
        }
        #expect(
            error("[device.channels]\nemg = [\"a\"]\n")?.reason
                == .unknownName("emg", kind: "stream", known: ["texts", "accelerometer", "eeg"]))
    }
}
