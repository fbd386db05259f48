import Foundation
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
}
