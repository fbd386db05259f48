import Foundation
import RealTime
import Testing

/// `larmor check` from outside: what was learned from the devices stands in its report.
@Suite(.serialized) struct CheckCommandTests {
    private struct Report: Decodable {
        struct Device: Decodable {
            var name: String
            var backend: String
            var error: String?
            var properties: Properties
        }
        struct Properties: Decodable {
            var format: String?
            var rateHz: Double?
            var channels: Int?
            var access: String?
            var periodFrames: Int?
            var bufferFrames: Int?
            var timeStamps: Words?
            var firmware: String?
            var gains: [Int]?
            var model: String?
            var queueFrames: Int?
            var stepsPerInput: Int?
            var resolutionsUv: [Double]?
        }
        /// A text of a sound card, a flag of a Cyton.
        enum Words: Decodable, Equatable {
            case text(String)
            case flag(Bool)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let isSet = try? container.decode(Bool.self) {
                    self = .flag(isSet)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }
        var devices: [Device]

        func device(_ name: String) throws -> Device { try #require(devices.first { $0.name == name }) }
    }

    @Test(.enabled(if: Larmor.hasStands, Larmor.standsComment))
    func `the demo's devices: firmware and gains, what ALSA negotiated, the film's descriptor`() throws {
        let report = try Larmor.run("check", rigs + "/demo.toml", "--seconds", "2", "--json").json(Report.self)
        let headset = try report.device("headset").properties
        // Firmware and gain as CytonFirmware and the rig have them.
        #expect(headset.firmware == "v3.1.2" && headset.gains == [Int](repeating: 24, count: 8))
        #expect(headset.channels == 8 && headset.timeStamps == .flag(false))
        let microphone = try report.device("microphone").properties
        #expect(microphone.format == "S16_LE" && microphone.rateHz == 16_000 && microphone.channels == 1)
        // A sound server's stamps are no card's.
        #expect(microphone.access == "read" && microphone.timeStamps == .text("host"))
        let period = try #require(microphone.periodFrames)
        let buffer = try #require(microphone.bufferFrames)
        #expect(period > 0 && buffer >= 2 * period)
        let film = try report.device("film")
        #expect(film.backend == "RigLink over TCP" && film.properties.firmware == "1.1")
        #expect(film.properties.queueFrames == 256 && (film.properties.stepsPerInput ?? 0) > 0)
        let text = try Larmor.run("check", rigs + "/demo.toml", "--seconds", "2").output
        #expect(text.contains("headset: libserialport, firmware v3.1.2, ") && text.contains(", gain 24,"))
        #expect(
            text.contains("microphone: ALSA, format S16_LE, rate 16000 Hz, channels 1, access read, period \(period) frames"))
    }

    private func check(_ rig: String) throws -> Report {
        let folder = try temporaryFolder("check")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        return try Larmor.run("check", folder + "/rig.toml", "--seconds", "2", "--json").json(Report.self)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/alsa/alsa.conf"), "needs libasound2-data"))
    func `ALSA's null device: format, access, a period of 10 ms and a buffer of a second`() throws {
        let sound = try check(
            """
            [[device]]
            name = "line"
            driver = "alsa"
            port = "null"
            [device.settings]
            rate = 44100
            channels = 2
            format = "S32_LE"
            access = "mmap"
            """
        ).device("line").properties
        #expect(sound.format == "S32_LE" && sound.rateHz == 44_100 && sound.channels == 2 && sound.access == "mmap")
        #expect(sound.periodFrames == 441 && sound.bufferFrames == 44_100 && sound.timeStamps == .text("host"))
    }

    @Test func `an amplifier's channels, rate and resolutions; a device that is absent has none`() throws {
        let report = try check(
            """
            [[device]]
            name = "amplifier"
            driver = "rda"
            simulator = "rda"
            [device.simulation]
            channels = 4
            rate = 500
            [[device]]
            name = "none"
            driver = "thinkgear"
            port = "/nowhere/tty"
            """)
        let amplifier = try report.device("amplifier").properties
        #expect(amplifier.channels == 4 && amplifier.rateHz == 500)
        // The resolution of an actiCHamp.
        #expect(amplifier.resolutionsUv == [Double](repeating: 0.048_828_1, count: 4))
        let none = try report.device("none")
        #expect(none.error?.contains("/nowhere/tty") == true && none.properties.channels == nil)
    }

    // MARK: Delays by pulses

    private struct Pulses: Decodable {
        struct Entry: Decodable {
            var stream: String
            var line: String?
            var kind: String
            var pulsesSent: Int
            var pulsesFound: Int
            var pulsesLost: Int
            var delayMs: Double?
            var spreadMs: Double?
            var rigLine: String?
            var error: String?
        }
        var entries: [Entry]
        var pass: Bool
    }

    /// Measures again while the machine takes time from the measurement and it is not what it should be.
    private func measure(_ arguments: String..., isGood: (Pulses) -> Bool) throws -> Larmor.Result {
        var result = Larmor.Result(status: 0, output: "", messages: "")
        try Stopwatch.whileDisturbed(by: 0.05) {
            let program = try RunningLarmor(["check"] + arguments)
            let watch = Stopwatch(programs: [program.pid])
            result = program.wait()
            return (try isGood(result.json(Pulses.self)), watch.lost)
        }
        return result
    }

    @Test func `pulses of a board's output: the delay of the ready rig's simulator, and the line for the rig file`() throws {
        let result = try measure(rigs + "/lines.toml", "--pulse", "--seconds", "8", "--json") {
            $0.pass && abs(($0.entries.first?.delayMs ?? 99) - 25) < 6
        }
        let report = try result.json(Pulses.self)
        #expect(result.status == 0 && report.pass && report.entries.count == 1, "\(result)")
        let entry = try #require(report.entries.first)
        #expect(entry.stream == "board.lines" && entry.line == "line1" && entry.kind == "line")
        #expect(entry.pulsesFound + entry.pulsesLost == entry.pulsesSent && entry.pulsesFound >= 5)
        // The rig's delay_ms, a frame and two turns of the simulator.
        let delay = try #require(entry.delayMs)
        #expect(abs(delay - 25) < 6, "\(delay) ms")
        #expect(entry.rigLine == "latency_ms = \((delay * 10).rounded() / 10)")
        let text = try Larmor.run("check", rigs + "/lines.toml", "--pulse", "--seconds", "7")
        #expect(text.output.contains("board.lines.line1: for its device in the rig file: latency_ms = "), "\(text)")
    }

    @Test(.enabled(if: Larmor.hasStands, Larmor.standsComment))
    func `pulses that a sound server plays and its microphone hears`() throws {
        let folder = try temporaryFolder("pulse")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rig = "[[device]]\nname = \"mic\"\ndriver = \"alsa\"\nsimulator = \"microphone\"\n"
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let result = try measure(
            folder + "/rig.toml", "--pulse", "--pulse-output", "larmor_loudspeaker", "--seconds", "9", "--json"
        ) { ($0.entries.first?.pulsesLost ?? 99) <= 1 && ($0.entries.first?.spreadMs ?? 99) < 20 }
        let report = try result.json(Pulses.self)
        let entry = try #require(report.entries.first, "\(result)")
        #expect(report.entries.count == 1 && entry.stream == "mic.audio" && entry.kind == "sound" && entry.line == nil)
        // The server's own delays are nobody's truth; that all pulses come back with one delay is.
        #expect(entry.pulsesSent >= 6 && entry.pulsesFound >= entry.pulsesSent - 1, "\(result)")
        #expect(entry.delayMs.map { abs($0) < 250 } == true && (entry.spreadMs ?? 99) < 20, "\(result)")
        let none = try Larmor.run("check", folder + "/rig.toml", "--pulse", "--pulse-output", "no_such_card")
        #expect(none.status == 69 && none.messages.contains("no_such_card"), "\(none)")
    }

    @Test func `without a way out or a way in pulses are refused; options that do not go together, too`() throws {
        let folder = try temporaryFolder("pulse")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rig = "[[device]]\nname = \"amplifier\"\ndriver = \"rda\"\nsimulator = \"rda\"\n"
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let outless = try Larmor.run("check", folder + "/rig.toml", "--pulse")
        #expect(outless.status == 65 && outless.messages.contains("--pulse-output"), "\(outless)")
        // ALSA's null device takes any sound.
        let inless = try Larmor.run("check", folder + "/rig.toml", "--pulse", "--pulse-output", "null")
        #expect(inless.status == 65 && inless.messages.contains("no device of the rig delivers sound"), "\(inless)")
        for options in [
            ["--pulse-output", "null"], ["--pulse-line", "2"], ["--pulse", "--plot", "x.svg"], ["--pulse", "--seconds", "5"],
            ["--pulse", "--pulse-output", "null", "--pulse-line", "1"], ["--pulse", "--pulse-line", "0"],
        ] {
            let refused = try RunningLarmor(["check", folder + "/rig.toml"] + options).wait()
            #expect(refused.status == 64, "\(options): \(refused)")
        }
    }
}
