/// The rig of `larmor demo`: the text of rigs/demo.toml, embedded so that the program needs no file beside it.
enum DemoRig {
    static func text(eegRecording: String?) -> String {
        let recording = eegRecording.map { "\n[device.simulation]\nrecording = \(quoted($0))\n" } ?? ""
        return """
            name = "demo"
            seed = 1

            [[device]]
            name = "headset"
            driver = "cyton"
            simulator = "cyton"

            [device.settings]
            gain = 24
            \(recording)
            [[device]]
            name = "microphone"
            driver = "alsa"
            simulator = "microphone"

            [device.settings]
            rate = 16000

            [[device]]
            name = "film"
            driver = "riglink"
            simulator = "film"

            [[recognizer]]
            audio = "microphone.audio"
            eeg = "headset.eeg"

            [[readout]]
            device = "film"
            audio = "microphone.audio"

            [recording]
            folder = "sessions"
            """
    }

    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
