import Foundation
import Glibc
import Pipeline
import Simulators

/// Lets a command run inside the stand-in for a serial port when its rig simulates a Cyton, so that libserialport itself is
/// used. Without umockdev the command goes on outside, and the port is opened through termios.
enum InsideStandIn {
    /// Replaces this process by one inside the stand-in; returns when that is not needed or not possible.
    static func enter(for rig: Rig) throws {
        guard rig.devices.contains(where: { $0.simulator == "cyton" }) else { return }
        if SerialStandIn.isInside { return }
        let library = OwnProgram.sibling("libModemLines.so")
        guard SerialStandIn.isInstalled, FileManager.default.fileExists(atPath: library) else {
            Console.note("umockdev is not installed: the simulated headset is reached through termios, not libserialport")
            return
        }
        let description = FileManager.default.temporaryDirectory.path + "/larmor-\(getpid()).umockdev"
        try SerialStandIn.description.write(toFile: description, atomically: true, encoding: .utf8)
        let command = [OwnProgram.path] + CommandLine.arguments.dropFirst()
        let arguments = SerialStandIn.arguments(for: command, library: library, description: description)
        var pointers = arguments.map { strdup($0) } + [nil]
        execv(arguments[0], &pointers)
        throw SimulatorError("\(arguments[0]) cannot be run: \(String(cString: strerror(errno)))")
    }

    /// The stand-in's process is our parent. When it is killed, this process must not live on unseen: it ends as abruptly.
    static func checkParent() {
        guard SerialStandIn.isInside else { return }
        if parent == 0 { parent = getppid() }
        if getppid() != parent { kill(getpid(), SIGKILL) }
    }

    nonisolated(unsafe) private static var parent: Int32 = 0  // Touched by the main thread only.
}
