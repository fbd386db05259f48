import Foundation
import Glibc
import Programs

/// A stand-in for a serial port with an FTDI chip: libserialport sees it in /sys and opens it, its bytes go to a
/// pseudo-terminal.
///
/// Needs umockdev. A program sees the port when it is started with the environment that ``start(library:environment:)`` gives, so a command
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
    /// - Parameters:
    ///   - library: path of the library that answers for the modem lines, which a pseudo-terminal lacks.
    ///   - environment: of the program that will replace this process.
    /// - Returns: that environment, in which the port is seen.
    /// - Throws: ``SimulatorError`` when umockdev does not come up.
    public static func start(library: String, environment: [String: String]) throws(SimulatorError) -> [String: String] {
        let file = FileManager.default.temporaryDirectory.path + "/larmor-\(getpid()).umockdev"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let program: ChildProgram
        do {
            try description.write(toFile: file, atomically: true, encoding: .utf8)
            program = try ChildProgram(
                runner, ["-d", file, "--", "/bin/sh", "-c", keeper], input: .pipe, output: .pipe, error: .inherited,
                ownSession: true)
        } catch {
            throw SimulatorError("the stand-in for a serial port cannot be started: \(error)")
        }
        guard let folder = program.readLine(timeout: patience), !folder.isEmpty else {
            program.stop(patience: 1)
            throw SimulatorError("umockdev-run did not come up", remedy: "try `umockdev-run -- true`")
        }
        // The program that replaces this one inherits the lifeline.
        let descriptor = program.takeInput()
        _ = fcntl(descriptor, F_SETFD, 0)
        var environment = environment
        environment["UMOCKDEV_DIR"] = folder
        environment["LD_PRELOAD"] = "\(library):libumockdev-preload.so.0"
        environment[lifeline] = "\(descriptor)"
        return environment
    }

    /// Tells the folder and then waits for the end of its input. A program that was killed has a simulator that sees its end at the same
    /// moment: its link in the folder goes first, or umockdev stumbles over it and leaves the folder behind.
    private static let keeper = """
        echo "$UMOCKDEV_DIR"
        cat
        n=0
        while [ -L "$UMOCKDEV_DIR\(port)" ] && [ $n -lt 30 ]; do
            sleep 0.1
            n=$((n + 1))
        done
        """

    /// Seconds until umockdev has built its folder.
    private static let patience = 30.0

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
