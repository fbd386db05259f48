import Foundation
import Glibc
import Logging
import Rigs
import Simulators

/// The environment in which a rig with simulators runs: inside the stand-in for a serial port when it simulates a Cyton, so that
/// libserialport itself is used, and with the sound library's configuration when it simulates a microphone.
///
/// Both are taken from the environment that a process starts with, and nobody may change that once there are threads. So the program
/// replaces itself by itself, before its threads begin, and keeps its process number: signals and the lifelines of its simulators reach
/// what they are meant for. No library starts a program in this one's place, so this is `execve`.
/// Without umockdev the command goes on outside of the stand-in, and the port is opened through termios.
enum RigEnvironment {
    /// Replaces this program by itself in the rig's environment; returns when that is done, not needed or not possible.
    static func enter(forRigAt path: String, only: (Rig) throws -> Rig = { $0 }) throws {
        let rig = try only(try Rig(contentsOf: path))
        let present = ProcessInfo.processInfo.environment
        var environment = present.merging(RigSimulators.environment(for: rig)) { $1 }
        if rig.devices.contains(where: { $0.simulator == "cyton" }) {
            let library = OwnProgram.sibling("libModemLines.so")
            if SerialStandIn.isInside {
                SerialStandIn.keepLifeline()
            } else if SerialStandIn.isInstalled, FileManager.default.fileExists(atPath: library) {
                environment = try SerialStandIn.start(library: library, environment: environment)
            } else if environment == present {
                log.notice("umockdev is not installed: the simulated headset is reached through termios, not libserialport")
            }
        }
        guard environment != present else { return }
        // The threads that are left behind may have blocked signals in this one.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        var arguments = ([OwnProgram.path] + CommandLine.arguments.dropFirst()).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        execve(OwnProgram.path, &arguments, &variables)
        throw SimulatorError("\(OwnProgram.path) cannot be run: \(String(cString: strerror(errno)))")
    }
}
