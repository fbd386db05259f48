import Rigs
import Settings
import Signals
import Testing

@Suite struct ChannelTypesTests {
    private static let device = "[[device]]\nname = \"head\"\ndriver = \"cyton\"\nport = \"/dev/ttyUSB0\"\n"

    private static let streams: [StreamDescription] = [
        .init(
            name: "head.eeg", kind: .eeg, channels: ["1", "2", "3"].map { .init(label: $0, unit: .volt) }, nominalRate: 250,
            device: "d"),
        .init(
            name: "head.accelerometer", kind: .accelerometer,
            channels: ["x", "y", "z"].map { .init(label: $0, unit: .gravity) }, nominalRate: 0, device: "d"),
    ]

    private func named(_ text: String, _ streams: [StreamDescription] = Self.streams) throws -> [StreamDescription] {
        let rig = try Rig(text: Self.device + text, file: "r.toml")
        return try rig.named(streams, of: rig.devices[0])
    }

    private func error(_ text: String, _ streams: [StreamDescription] = Self.streams) -> SettingsError? {
        do {
            _ = try named(text, streams)
            return nil
        } catch { return error as? SettingsError }
    }

    @Test func `types, montage, reference and mains belong to the stream of EEG`() throws {
        let found = try named(
            """
            channels = ["Fp1", "left eye", "M2"]
            channel_types = ["eeg", "EOG", "ref"]
            montage = "standard_1020"
            reference = "SRB2"
            line_frequency_Hz = 50

            """)
        #expect(found[0].channels.map(\.label) == ["Fp1", "left eye", "M2"])
        #expect(found[0].channels.map(\.type) == [.eeg, .eog, .ref])
        #expect(found[0].montage == "standard_1020" && found[0].reference == "SRB2" && found[0].lineFrequency == 50)
        // Electrodes have a place, an eye has none.
        #expect((0..<3).map { found[0].position(of: $0) != nil } == [true, false, true])
        #expect(found[1] == Self.streams[1])
    }

    @Test func `one word is for all channels of the main stream, a table for those of each stream`() throws {
        #expect(try named("channel_types = \"emg\"\n")[0].channels.map(\.type) == [.emg, .emg, .emg])
        let found = try named("[device.channel_types]\naccelerometer = \"misc\"\neeg = [\"ecg\", \"eog\", \"eeg\"]\n")
        #expect(found.map { $0.channels.map(\.type) } == [[.ecg, .eog, .eeg], [.misc, .misc, .misc]])
    }

    @Test func `a rig that says nothing leaves the streams as they were`() throws {
        #expect(try named("") == Self.streams)
        #expect(try named("channels = [\"a\", \"b\", \"c\"]\n")[0].channels.map(\.type) == [nil, nil, nil])
    }

    @Test func `with a montage each electrode is one of it, in any case of letters, and what is none needs another type`()
        throws
    {
        let found = try named("channels = [\"FP1\", \"cz\", \"T3\"]\nmontage = \"standard_1020\"\n")
        #expect(found[0].channels.map(\.label) == ["FP1", "cz", "T3"] && found[0].channels.map(\.type) == [.eeg, .eeg, .eeg])
        #expect((0..<3).allSatisfy { found[0].position(of: $0) != nil })
        let wrong = error("channels = [\"Fp1\", \"Fp1x\", \"Cz\"]\nmontage = \"standard_1020\"\n")
        #expect(wrong?.line == 5 && wrong?.description.contains("“Fp1x”") == true)
        #expect(wrong?.description.contains("channel_types") == true)
        // Without names a board's channels are numbers, which is told at the montage.
        let bare = error("montage = \"standard_1020\"\n")
        #expect(bare?.line == 5 && bare?.description.contains("“montage” is “1”") == true)
    }

    @Test func `what cannot be is refused at its line`() {
        let reasons: [(String, SettingsError.Reason)] = [
            (
                "channel_types = [\"eeg\"]\n",
                .invalidValue(key: "channel_types", value: "1 types", expected: "3, one for each channel of head.eeg")
            ),
            (
                "channel_types = \"brain\"\n",
                .invalidValue(
                    key: "channel_types", value: "brain", expected: "one of " + ChannelType.words.joined(separator: ", "))
            ),
            (
                "channel_types = 3\n",
                .wrongType(
                    key: "channel_types", expected: "a type of channels, or a list with one for each channel",
                    found: "an integer")
            ),
            ("montage = \"cap64\"\n", .invalidValue(key: "montage", value: "cap64", expected: "standard_1020")),
            ("line_frequency_Hz = 16.7\n", .invalidValue(key: "line_frequency_Hz", value: "16.7", expected: "50 or 60")),
            (
                "reference = \"\"\n",
                .invalidValue(key: "reference", value: "", expected: "names of 1 to 80 bytes without control characters")
            ),
        ]
        for (text, reason) in reasons {
            let found = error(text)
            #expect(found?.reason == reason && found?.line == 5, "\(text): \(String(describing: found))")
        }
        #expect(
            error("[device.channel_types]\nemg = \"emg\"\n")?.reason
                == .unknownName("emg", kind: "stream", known: ["eeg", "accelerometer"]))
    }

    @Test(arguments: ["montage = \"standard_1020\"", "reference = \"Cz\"", "line_frequency_Hz = 60"])
    func `a device without EEG has none of the three`(line: String) {
        let found = error(line + "\n", [Self.streams[1]])
        #expect(found?.line == 5 && found?.description.contains("a device with a stream of EEG") == true)
    }
}
