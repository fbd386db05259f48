import Failures
import Recording
import Rigs
import Settings
import Testing
import Transports

/// Looking for devices that are not there yet.
struct DeviceWaitTests {
    private func wait(_ ports: [String: String], _ more: String = "") throws -> DeviceWait {
        let devices = ports.sorted { $0.key < $1.key }.map {
            "[[device]]\nname = \"\($0.key)\"\ndriver = \"rda\"\nport = \"\($0.value)\"\n"
        }
        return DeviceWait(try Rig(text: devices.joined() + more, file: "r.toml"), ports: ports)
    }

    @Test func `every device that is missing is told, with its reason`() throws {
        // Port 1 is nobody's.
        var wait = try wait(["a": "127.0.0.1:1", "b": "127.0.0.1:1"])
        let missing = try wait.look()
        #expect(missing.map(\.name) == ["a", "b"] && missing.allSatisfy { $0.cause.hasPrefix("127.0.0.1:1: nothing answers") })
        let error = MissingDevices(devices: missing, seconds: 2)
        #expect(error.kind == .unavailable && error.description.hasPrefix("still missing after 2 s: a, b\n"))
        // Asked to stop, it looks no further, and forgets nothing.
        #expect(try wait.look { false }.isEmpty)
        #expect(try wait.look().count == 2)
    }

    @Test func `what no time mends is an error at once`() throws {
        var unsupported = try wait(["a": "nonsense"])
        #expect(throws: TransportError.self) { try unsupported.look() }
        var settings = try wait(["a": "127.0.0.1:1"], "[device.settings]\ncolour = \"red\"\n")
        #expect(throws: SettingsError.self) { try settings.look() }
        #expect(!DeviceWait.isWorthIt(TransportError(.missingLibrary, port: "x", detail: "")))
        #expect(DeviceWait.isWorthIt(TransportError(.permission, port: "x", detail: "")))
    }
}
