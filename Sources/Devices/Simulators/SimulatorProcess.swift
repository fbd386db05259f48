import Failures
import Foundation
import Programs

/// A simulator in its own process, started by a rig; it ends with this process, however that ends.
public final class SimulatorProcess {
    /// The first line that `larmor simulate` prints.
    public struct Announcement: Codable, Sendable, Equatable {
        public var device: String
        /// Pseudo-terminal, host:port or ALSA name.
        public var address: String
        /// For the microphone: ALSA_CONFIG_PATH and the server's address.
        public var alsaConfiguration: String?
        public var server: String?

        public init(device: String, address: String, alsaConfiguration: String? = nil, server: String? = nil) {
            self.device = device
            self.address = address
            self.alsaConfiguration = alsaConfiguration
            self.server = server
        }
    }

    public let announcement: Announcement
    private let program: ChildProgram

    /// Seconds within which a simulator must announce itself: a film of many cells computes its stray field first.
    private static let patience = 120.0

    /// Starts `larmor simulate ARGUMENTS` and waits for its announcement.
    /// - Throws: ``SimulatorError`` when it ends before that; its kind tells whether it refused the arguments.
    public init(executable: String, arguments: [String]) throws(SimulatorError) {
        var environment = ProcessInfo.processInfo.environment
        environment["LD_PRELOAD"] = nil
        do {
            // Its standard input is the lifeline: it ends with this process, however that ends.
            program = try ChildProgram(
                executable, ["simulate"] + arguments + ["--json", "--until-input-ends"], environment: environment,
                input: .pipe, output: .pipe, error: .inherited)
        } catch {
            throw SimulatorError("the simulator cannot be started: \(error)")
        }
        let line = program.readLine(timeout: Self.patience) ?? ""
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let announcement = try? decoder.decode(Announcement.self, from: Data(line.utf8)) else {
            // Of its own accord, with the code of what it refused.
            let end = line.isEmpty ? program.wait(seconds: 1) : nil
            program.stop(patience: 1)
            let refusals = [FailureKind.usage, .badInput, .missingInput].map { ChildProgram.End.exit($0.rawValue) }
            throw SimulatorError(
                "“larmor simulate \(arguments.joined(separator: " "))” did not come up",
                kind: end.map { refusals.contains($0) } ?? false ? .badInput : .unavailable)
        }
        self.announcement = announcement
    }

    public var isRunning: Bool { program.isRunning }
    public var processIdentifier: Int32 { program.processIdentifier }

    /// The end of its input is what it ends at; one that does not is killed.
    public func stop() {
        program.finishInput()
        if program.wait(seconds: 2) == nil { program.stop(patience: 1) }
    }
}
