import Foundation
import RealTime
import Testing

/// USBTransport, and the driver of a dongle with a HID interface, on a usbfs that the test plays (`Tests/ScriptedUSB`, through umockdev): real libusb, no kernel, no hardware.
/// Each scenario runs in a process of its own (`Tests/USBStand`), which says what was not as expected.
struct USBTransportTests {
    private static let preload = "libumockdev-preload.so.0"
    private static let isInstalled = FileManager.default.fileExists(
        atPath: "/usr/lib/x86_64-linux-gnu/" + preload)

    @Test(
        .enabled(if: isInstalled, "needs the package umockdev"),
        arguments: [
            ("order", "bytes come in the order in which they were sent"),
            ("dripped", "a small buffer and empty packets change nothing"),
            ("written", "bytes go out in order, and the last ones before closing"),
            ("closing", "closing calls every transfer back first, and twice is harmless"),
            ("unplugged", "a pulled cable with transfers in flight is a loss, after the last bytes"),
            ("unplugged-with-event", "the same with the hot-plug event"),
            ("failed-transfer", "a failed transfer is told and the stream goes on; a stall ends it"),
            ("held", "a device that takes nothing is a time-out, with the rest counted"),
            ("busy", "a claimed interface is busy"),
            ("serial-number", "the serial number chooses the device"),
            ("waker", "a waker ends a read"),
            ("listing", "the device is listed with names and address"),
            ("reports", "input reports come whole, in order, and the kernel's driver has the interface back afterwards"),
            ("dongle-stream", "an Emotiv's samples are those that were sent, without a hole"),
            ("dongle-gaps", "exactly the reports that were lost are counted, over the battery's turn, too"),
            ("dongle-loss", "a pulled dongle is one loss without a busy loop, and back within two seconds"),
            ("dongle-wrong-key", "a key that does not fit is refused before anything streams"),
            ("dongle-off", "a headset that is off is a time-out with a remedy"),
            ("dongle-goes-silent", "a headset that is switched off is a loss, and a stop ends the wait"),
            ("dongle-ends", "stopped before a start, after a loss and twice"),
            ("dongle-heap", "nothing is allocated on this side of libusb once it streams"),
        ])
    func `a scripted usbfs`(_ scenario: String, _ behaviour: String) throws {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent("USBStand")
        process.arguments = [scenario]
        process.environment = ["LD_PRELOAD": Self.preload, "PATH": "/usr/bin:/bin"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let limit = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 2 * patience, execute: limit)
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        limit.cancel()
        #expect(process.terminationStatus == 0, "\(behaviour): \(text)")
    }
}
