import Foundation
import Glibc

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
    private let process: Process
    private let input: Pipe

    /// Starts `larmor simulate ARGUMENTS` and waits for its announcement.
    /// - Throws: ``SimulatorError`` when it ends before that.
    public init(executable: String, arguments: [String]) throws(SimulatorError) {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = ["simulate"] + arguments + ["--json", "--until-input-ends"]
        var environment = ProcessInfo.processInfo.environment
        environment["LD_PRELOAD"] = nil
        process.environment = environment
        process.standardInput = input
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw SimulatorError("the simulator cannot be started: \(error)")
        }
        var line = Data()
        while let byte = try? output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte[0] != 0x0A {
            line.append(byte)
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let announcement = try? decoder.decode(Announcement.self, from: line) else {
            process.terminate()
            throw SimulatorError("“larmor simulate \(arguments.joined(separator: " "))” did not come up")
        }
        self.announcement = announcement
        self.process = process
        self.input = input
    }

    public var isRunning: Bool { process.isRunning }
    public var processIdentifier: Int32 { process.processIdentifier }

    public func stop() {
        try? input.fileHandleForWriting.close()
        let end = Date().addingTimeInterval(2)
        while process.isRunning, Date() < end { usleep(10_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
