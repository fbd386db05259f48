import Foundation
import Testing
import Transports

/// A folder that stands in for /sys, as the kernel's ftdi_sio lays it out.
@Suite struct FTDILatencyTimerTests {
    private let root = NSTemporaryDirectory() + "larmor-sys-\(UUID().uuidString)"
    private var file: String { root + "/bus/usb-serial/devices/ttyUSB7/latency_timer" }

    init() throws {
        try FileManager.default.createDirectory(
            atPath: root + "/bus/usb-serial/devices/ttyUSB7", withIntermediateDirectories: true)
        try "16\n".write(toFile: file, atomically: false, encoding: .utf8)
    }

    @Test func `the default of 16 ms is read and set to 1 ms`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        var timer = try #require(FTDILatencyTimer(port: "/dev/ttyUSB7", root: root))
        #expect(timer.milliseconds == 16 && timer.isSettable)
        let isSet = timer.set(milliseconds: 1)
        #expect(isSet)
        #expect(timer.milliseconds == 1)
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("1\n"))
    }

    @Test func `a port without the timer has none`() {
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(FTDILatencyTimer(port: "/dev/ttyACM0", root: root) == nil)
        #expect(FTDILatencyTimer(port: "/dev/pts/3", root: root) == nil)
    }
}
