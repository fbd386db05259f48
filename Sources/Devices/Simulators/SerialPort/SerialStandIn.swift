import Foundation
import Glibc

/// A stand-in for a serial port with an FTDI chip: libserialport sees it in /sys and opens it, its bytes go to a
/// pseudo-terminal.
///
/// Needs umockdev. A program sees the port when it is started with the environment that ``start(library:)`` gives, so a command
/// replaces itself by itself with that environment and keeps its process number: signals reach it as ever. The stand-in
/// lives as long as the program: it ends when the program's end of a pipe, the lifeline, is closed.
public enum SerialStandIn {
    /// The port that is seen inside.
    public static let port = "/dev/ttyUSB0"
    public static let serialNumber = "DM00LRMR"
    private static let lifeline = "LARMOR_STAND_IN_LIFELINE"
    private static let runner = "/usr/bin/umockdev-run"

    /// Whether this process sees the stand-in.
    public static var isInside: Bool { ProcessInfo.processInfo.environment[lifeline] != nil }

    public static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: runner) }

    /// Where a link to the pseudo-terminal must be put, inside.
    public static var linkPath: String? {
        ProcessInfo.processInfo.environment["UMOCKDEV_DIR"].map { $0 + port }
    }

    /// Starts the stand-in in a session of its own, so that Ctrl-C does not end it before the program.
    /// - Parameter library: path of the library that answers for the modem lines, which a pseudo-terminal lacks.
    /// - Returns: the environment in which a program that replaces this process sees the port.
    /// - Throws: ``SimulatorError`` when umockdev does not come up.
    public static func start(library: String) throws(SimulatorError) -> [String: String] {
        let file = FileManager.default.temporaryDirectory.path + "/larmor-\(getpid()).umockdev"
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        // The shell tells the folder and then waits for the end of its input.
        process.arguments = [runner, "-d", file, "--", "/bin/sh", "-c", "echo \"$UMOCKDEV_DIR\"; exec cat"]
        process.standardInput = input
        process.standardOutput = output
        do {
            try description.write(toFile: file, atomically: true, encoding: .utf8)
            try process.run()
        } catch {
            throw SimulatorError("the stand-in for a serial port cannot be started: \(error)")
        }
        var line = Data()
        while let byte = try? output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte[0] != 0x0A {
            line.append(byte)
        }
        try? FileManager.default.removeItem(atPath: file)
        guard !line.isEmpty else {
            throw SimulatorError("umockdev-run did not come up", remedy: "try `umockdev-run -- true`")
        }
        let descriptor = input.fileHandleForWriting.fileDescriptor
        _ = fcntl(descriptor, F_SETFD, 0)
        var environment = ProcessInfo.processInfo.environment
        environment["UMOCKDEV_DIR"] = String(decoding: line, as: UTF8.self)
        environment["LD_PRELOAD"] = "\(library):libumockdev-preload.so.0"
        environment[lifeline] = "\(descriptor)"
        return environment
    }

    /// Keeps the lifeline to this process: programs that it starts must not hold it.
    public static func keepLifeline() {
        guard let descriptor = ProcessInfo.processInfo.environment[lifeline].flatMap({ Int32($0) }) else { return }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// The devices of the stand-in in umockdev's words: USB device, its interface, the port.
    static let description = """
        P: /devices/pci0000:00/0000:00:14.0/usb1/1-1
        N: bus/usb/001/003
        E: DEVNAME=/dev/bus/usb/001/003
        E: DEVTYPE=usb_device
        E: SUBSYSTEM=usb
        A: idVendor=0403
        A: idProduct=6015
        A: manufacturer=FTDI
        A: product=FT231X USB UART
        A: serial=\(serialNumber)
        A: busnum=1
        A: devnum=3

        P: /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0
        E: DEVTYPE=usb_interface
        E: SUBSYSTEM=usb

        P: /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0
        N: ttyUSB0
        E: DEVNAME=/dev/ttyUSB0
        E: SUBSYSTEM=tty
        L: device=../../../ttyUSB0

        """
}
