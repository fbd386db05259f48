import Foundation
import Glibc
import Pipeline
import Simulators

/// Lets a command run inside the stand-in for a serial port when its rig simulates a Cyton, so that libserialport itself is
/// used. Without umockdev the command goes on outside, and the port is opened through termios.
enum InsideStandIn {
    /// Replaces this program by itself inside the stand-in; returns when that is done, not needed or not possible.
    static func enter(for rig: Rig) throws {
        guard rig.devices.contains(where: { $0.simulator == "cyton" }) else { return }
        if SerialStandIn.isInside { return SerialStandIn.keepLifeline() }
        let library = OwnProgram.sibling("libModemLines.so")
        guard SerialStandIn.isInstalled, FileManager.default.fileExists(atPath: library) else {
            Console.note("umockdev is not installed: the simulated headset is reached through termios, not libserialport")
            return
        }
        let environment = try SerialStandIn.start(library: library)
        var arguments = ([OwnProgram.path] + CommandLine.arguments.dropFirst()).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        execve(OwnProgram.path, &arguments, &variables)
        throw SimulatorError("\(OwnProgram.path) cannot be run: \(String(cString: strerror(errno)))")
    }
}
