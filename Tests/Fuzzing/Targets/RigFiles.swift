import Rigs
import Settings

extension FuzzTarget {
    /// A rig file: read, or refused with a line that the file has. Reading it touches no file, whatever files it names: a model or a
    /// recording is opened by the command that uses it.
    public static let rigFile = FuzzTarget(
        name: "rig-file",
        check: { bytes throws(FuzzFinding) in
            let text = String(decoding: bytes, as: UTF8.self)
            let lines = text.utf8.count { $0 == 0x0A } + 1
            func read(_ isRecorded: Bool) throws(FuzzFinding) -> (Rig?, SettingsError?) {
                var result: (Rig?, SettingsError?) = (nil, nil)
                try touchingNothing { folder throws(FuzzFinding) in
                    do throws(SettingsError) {
                        result = (try Rig(text: text, file: folder + "/fuzz.toml", isRecorded: isRecorded), nil)
                    } catch {
                        result = (nil, error)
                    }
                }
                return result
            }
            let (rig, error) = try read(false)
            if let error {
                try require((0...lines).contains(error.line), "line \(error.line) of \(lines)")
                try require(error.description.utf8.count <= 4 * text.utf8.count + 4096, "an error longer than its file")
                let again = try read(false).1
                try require(again == error, "the same file gives another error")
            }
            guard let rig else { return }
            // What is read is as the docstrings have it.
            try require(Set(rig.devices.map(\.name)).count == rig.devices.count, "two devices of one name")
            for device in rig.devices {
                try require(!device.name.contains("/") && device.name.utf8.count <= 100, "a name that is no file's")
                try require((0...lines).contains(device.line), "line \(device.line) of \(lines)")
            }
            for monitor in rig.monitors {
                try require(
                    (0.01...3600).contains(monitor.window_s) && monitor.below <= monitor.above, "a monitor out of its range")
            }
            // What passes today was read in a session, too.
            let recorded = try read(true).0
            try require(recorded != nil, "a session's rig is refused that passes as a file")
        },
        seeds: {
            [
                """
                name = "r"
                seed = 3
                [[device]]
                name = "mic"
                driver = "alsa"
                port = "default"
                [device.settings]
                rate = 16000
                [[device]]
                name = "film"
                driver = "riglink"
                simulator = "film"
                latency_ms = 2.5
                [device.simulation]
                films = 1
                [[recognizer]]
                name = "words"
                audio = "mic.audio"
                [[readout]]
                device = "film"
                audio = "mic.audio"
                [[monitor]]
                stream = "mic.audio"
                measure = "rms"
                above = 0.5
                [recording]
                folder = "s"
                minimum_free_mb = 100
                """,
                """
                monitor = [
                  { stream = "a.eeg", measure = "mean", below = -1e300 }, # one
                  { name = 'x', stream = "a.eeg", measure = "peak_to_peak", above = inf },
                ]
                device = [{ name = "a", driver = "rda", simulator = "rda", settings = {}, simulation = { rate = 500 } }]
                """,
                "[reservoir]\ndevice = \"a\"\naudio = \"a.x\"\n[[device]]\nname = \"a\"\ndriver = \"riglink\"\nport = \"x:1\"\n",
                "[recognizer]\nmodel = \"../victim\"\naudio = \"a.x\"\n[[device]]\nname = \"a\"\ndriver = \"riglink\"\nport = \"a.wire\"\n"
                    + "[recording]\nfolder = \"../outside\"\n",
            ].map { Array($0.utf8) }
        })
}
