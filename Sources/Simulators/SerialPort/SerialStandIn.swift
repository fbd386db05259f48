import Foundation

/// A stand-in for a serial port with an FTDI chip: libserialport sees it in /sys and opens it, its bytes go to a
/// pseudo-terminal.
///
/// Needs umockdev. The program that is to see the port must run *inside* the stand-in, so a command runs itself again there
/// (``arguments(for:library:description:)``).
public enum SerialStandIn {
    /// The port that is seen inside.
    public static let port = "/dev/ttyUSB0"
    public static let serialNumber = "DM00LRMR"
    private static let variable = "LARMOR_INSIDE_STAND_IN"

    /// Whether this process runs inside.
    public static var isInside: Bool { ProcessInfo.processInfo.environment[variable] != nil }

    public static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: runner) }
    private static let runner = "/usr/bin/umockdev-run"

    /// Where a link to the pseudo-terminal must be put, inside.
    public static var linkPath: String? {
        ProcessInfo.processInfo.environment["UMOCKDEV_DIR"].map { $0 + port }
    }

    /// The devices of the stand-in in umockdev's words: USB device, its interface, the port.
    public static let description = """
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

    /// Executable and arguments that run `command` inside.
    /// - Parameters:
    ///   - library: path of the library that answers for the modem lines, which a pseudo-terminal lacks.
    ///   - description: path of a file that holds ``description``.
    public static func arguments(for command: [String], library: String, description: String) -> [String] {
        [
            runner, "-d", description, "--", "/usr/bin/env", "\(variable)=1",
            "LD_PRELOAD=\(library):libumockdev-preload.so.0",
        ] + command
    }
}
