import Devices
import Settings
import Testing
import Transports

@Suite struct DriveLimitsTests {
    private func apply(_ limits: DriveLimits, _ frame: [Float], last: inout [Float]) -> (frame: [Float], isChanged: Bool) {
        var frame = frame
        let isChanged = frame.withUnsafeMutableBufferPointer { frame in
            last.withUnsafeMutableBufferPointer { limits.apply(to: frame, last: $0) }
        }
        return (frame, isChanged)
    }

    @Test func `values are kept within the largest and within the slew from the frame before`() {
        let limits = DriveLimits(largest: 1, slew: 0.25, safe: 0)
        var last: [Float] = [0, 0.9, -1]
        let first = apply(limits, [5, 5, -5], last: &last)
        #expect(first.frame == [0.25, 1, -1] && first.isChanged && last == first.frame)
        let second = apply(limits, [.nan, .infinity, -0.9], last: &last)
        #expect(second.frame == [0, 0.75, -0.9] && second.isChanged)
        let third = apply(limits, second.frame, last: &last)
        #expect(third.frame == second.frame && !third.isChanged)
    }

    @Test func `without limits only what is no number is changed`() {
        var last: [Float] = [0, 0]
        #expect(apply(DriveLimits(), [1e30, -3], last: &last).isChanged == false)
        let frame = apply(DriveLimits(), [.nan, 1], last: &last)
        #expect(frame.frame == [0, 1] && frame.isChanged)
    }

    @Test func `limits that cannot be are refused with their key`() throws {
        for (key, value) in [
            ("drive_largest", 0.0), ("drive_largest", 1e-46), ("drive_slew", -1), ("drive_slew", 1e-50), ("drive_safe", 0.2),
            ("drive_safe", 1e39),
        ] {
            var settings: [String: Setting] = ["drive_largest": .number(0.1)]
            settings[key] = .number(value)
            let error = #expect(throws: SettingsError.self) {
                try DeviceKind.riglink.makeDriver(DeviceSettings(settings, device: "d"), port: "localhost:1", waker: Waker())
            }
            #expect(error?.description.contains("“\(key)” is") == true)
        }
        let settings: [String: Setting] = [
            "drive_largest": .number(0.1), "drive_slew": .number(0.01), "drive_safe": .integer(0),
        ]
        _ = try DeviceKind.riglink.makeDriver(DeviceSettings(settings, device: "d"), port: "localhost:1", waker: Waker())
        // The safe value may be the largest one, also where 32 bits round both.
        for value in [0.01, 0.02, 0.05] {
            let settings: [String: Setting] = ["drive_largest": .number(value), "drive_safe": .number(value)]
            _ = try DeviceKind.riglink.makeDriver(DeviceSettings(settings, device: "d"), port: "localhost:1", waker: Waker())
        }
    }
}
