import Devices
import Failures
import Foundation
import Settings
import Simulators

/// The simulators of a rig: started before its devices are opened, started again when one dies, ended with the run.
public final class RigSimulators {
    /// Where a device is to be found.
    public private(set) var ports: [String: String] = [:]
    /// The microphone's sound server, when the rig simulates one.
    public private(set) var soundServer: String?
    private var processes: [(device: String, arguments: [String], process: SimulatorProcess, diedAt: Date?)] =
        []
    private let executable: String
    /// Seconds that a dead simulator stays away, as an unplugged device would.
    static let absence = 2.0

    /// The environment in which this process must run, beyond what it was started with, so that its sound library finds the rig's
    /// simulated microphone. libasound takes it from the process' environment alone, which nobody may change once threads read it.
    /// Empty for a rig without one.
    public static func environment(for rig: Rig) -> [String: String] {
        guard let device = rig.devices.first(where: { $0.simulator == "microphone" }) else { return [:] }
        return ["ALSA_CONFIG_PATH": PulseAudioServer.alsaConfiguration(in: soundFolder(device.name))]
    }

    /// - Parameter executable: the larmor program itself, which runs in ``environment(for:)``.
    /// - Throws: `SimulatorError`, ``SettingsError``.
    public init(_ rig: Rig, executable: String) throws {
        self.executable = executable
        do {
            try start(rig)
        } catch {
            stop()
            throw error
        }
    }

    private func start(_ rig: Rig) throws {
        // All of them before the first one starts.
        var options: [String: [String]] = [:]
        for device in rig.devices {
            guard let kind = device.simulator.flatMap({ SimulatorKind.named($0) }) else { continue }
            options[device.name] = try rig.simulationOptions(of: device, kind)
        }
        for device in rig.devices {
            guard let simulator = device.simulator else {
                ports[device.name] = device.port
                continue
            }
            let arguments = Self.arguments(simulator, device, rig) + (options[device.name] ?? [])
            try Self.checkEnvironment(simulator, rig)
            let process = try started(arguments, device, rig)
            let announcement = process.announcement
            ports[device.name] = announcement.address
            var again = arguments
            switch SimulatorKind.named(simulator)?.place {
            case .link where Self.isInStandIn(device, rig):
                ports[device.name] = SerialStandIn.port
            case .link:
                // The link stays when the simulator comes back on another pseudo-terminal.
                ports[device.name] = Self.linkPath(device.name)
            case .sound:
                soundServer = announcement.server
            case .network:
                // What comes back must be found where it was.
                if let port = announcement.address.split(separator: ":").last {
                    again += ["--port", String(port)]
                }
            case nil: break
            }
            processes.append((device.name, again, process, nil))
        }
    }

    /// - Throws: `SimulatorError`; ``SettingsError`` where the simulator refuses what the rig says of it.
    private func started(_ arguments: [String], _ device: Rig.Device, _ rig: Rig) throws -> SimulatorProcess {
        do throws(SimulatorError) {
            return try SimulatorProcess(executable: executable, arguments: arguments)
        } catch {
            throw error.kind == .badInput ? rig.refusal(of: device, by: arguments[0]) : error
        }
    }

    /// The folder of the simulated microphone's server: a server that comes back is found where it was.
    private static func soundFolder(_ device: String) -> String {
        FileManager.default.temporaryDirectory.path
            + "/larmor-sound-\(ProcessInfo.processInfo.processIdentifier)-\(device)"
    }

    private static func checkEnvironment(_ simulator: String, _ rig: Rig) throws(SimulatorError) {
        guard simulator == "microphone" else { return }
        let present = ProcessInfo.processInfo.environment
        if let (name, value) = environment(for: rig).first(where: { present[$0.key] != $0.value }) {
            throw SimulatorError(
                "the simulated microphone cannot be heard by this process", remedy: "start it with \(name)=\(value)")
        }
    }

    /// Whether a simulator is behind the stand-in for a serial port, which holds a Cyton's dongle.
    private static func isInStandIn(_ device: Rig.Device, _ rig: Rig) -> Bool {
        // It holds one dongle: further ones are reached without it.
        SerialStandIn.isInside && rig.devices.first { $0.simulator == "cyton" }?.name == device.name
    }

    private static func linkPath(_ device: String) -> String {
        FileManager.default.temporaryDirectory.path
            + "/larmor-\(ProcessInfo.processInfo.processIdentifier)-\(device)"
    }

    /// What the rig does not say itself.
    private static func arguments(_ simulator: String, _ device: Rig.Device, _ rig: Rig) -> [String] {
        var arguments = [simulator]
        let kind = SimulatorKind.named(simulator)
        if kind?.place == .link {
            let standIn = isInStandIn(device, rig) ? SerialStandIn.linkPath : nil
            arguments += ["--link", standIn ?? linkPath(device.name)]
        }
        if kind?.place == .sound { arguments += ["--folder", soundFolder(device.name)] }
        if kind?.hasSeed == true, device.simulation["recording"] == nil { arguments += ["--seed", "\(rig.seed)"] }
        return arguments
    }

    /// Starts again what died, after a while. To be called now and then.
    /// - Returns: devices whose simulator was found dead by this call.
    public func tend() -> [String] {
        var died: [String] = []
        for index in processes.indices where !processes[index].process.isRunning {
            guard let since = processes[index].diedAt else {
                processes[index].diedAt = Date()
                // The number of its pseudo-terminal may soon belong to another program.
                unlinkPort(of: processes[index])
                died.append(processes[index].device)
                continue
            }
            guard Date().timeIntervalSince(since) > Self.absence,
                let process = try? SimulatorProcess(
                    executable: executable, arguments: processes[index].arguments)
            else { continue }
            processes[index].process = process
            processes[index].diedAt = nil
        }
        return died
    }

    private func unlinkPort(of entry: (device: String, arguments: [String], process: SimulatorProcess, diedAt: Date?)) {
        guard let option = entry.arguments.firstIndex(of: "--link") else { return }
        unlink(entry.arguments[option + 1])
    }

    public func stop() {
        for entry in processes { entry.process.stop() }
        processes = []
    }
}
