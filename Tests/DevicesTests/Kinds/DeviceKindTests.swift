import Devices
import Settings
import Testing
import Transports

/// What the rest of the program asks the list of kinds.
@Suite struct DeviceKindTests {
    @Test func `rig files can name the drivers that they always could`() {
        let names = ["alsa", "cyton", "emotiv", "freeeeg32", "lsl", "rda", "riglink", "thinkgear"]
        #expect(DeviceKind.ofRigs.map(\.name).sorted() == names)
        #expect(DeviceKind.all.filter(\.canBeDriven).map(\.name) == ["riglink"])
        #expect(DeviceKind.all.filter(\.isFoundBySettings).map(\.name) == ["lsl"])
    }

    @Test func `USB devices are known once each, with the likeliest driver first`() {
        #expect(
            KnownUSBDevice.all.map(\.id) == ["0403:6015", "0403:6001", "0483:5740", "21a1:0001", "1234:ed02", "1209:0001"])
        #expect(KnownUSBDevice.all[0].drivers == ["cyton", "thinkgear", "riglink"])
        #expect(KnownUSBDevice.all[2].drivers == ["freeeeg32", "riglink"] && KnownUSBDevice.all[5].drivers == ["riglink"])
    }

    @Test func `each kind makes its driver from no settings, except where the settings say which device is meant`() throws {
        for kind in DeviceKind.ofRigs where kind.name != "emotiv" {
            _ = try kind.makeDriver(DeviceSettings(device: "d"), port: "p", waker: Waker())
            #expect(throws: SettingsError.self) {
                try kind.makeDriver(
                    DeviceSettings(["colour": .string("red")], device: "d", file: "r.toml", line: 3), port: "p", waker: Waker())
            }
        }
        let error = #expect(throws: SettingsError.self) {
            try DeviceKind.lsl.makeDriver(DeviceSettings(device: "d"), port: "", waker: Waker())
        }
        guard case .missingKey? = error?.reason else {
            Issue.record("an LSL stream without a name was taken")
            return
        }
    }

    @Test func `a setting that is wrong is told with its place and what is expected`() {
        let settings = DeviceSettings(["frame_bytes": .integer(50)], device: "d", file: "r.toml", line: 7)
        let error = #expect(throws: SettingsError.self) {
            try DeviceKind.freeeeg32.makeDriver(settings, port: "p", waker: Waker())
        }
        #expect(error?.description.hasPrefix("r.toml:7: “frame_bytes” is ") == true)
        #expect(error?.description.contains("a whole number from 99 to 512") == true)
    }

    @Test func `a setting in a message looks as it does in the rig file`() {
        let gains = DeviceSettings(["gains": .list([.integer(24), .integer(12)])], device: "d")
        let error = #expect(throws: SettingsError.self) {
            try DeviceKind.cyton.makeDriver(gains, port: "p", waker: Waker())
        }
        #expect(error?.description.contains("“gains” is “[24, 12]”, expected a list of eight gains") == true)
    }

    @Test func `a console is no device of a rig`() {
        #expect(throws: SettingsError.self) {
            try DeviceKind.console.makeDriver(DeviceSettings(device: "d"), port: "", waker: Waker())
        }
    }
}
