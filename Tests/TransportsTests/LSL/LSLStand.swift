import Foundation
import Transports

/// liblsl and, beside us, a program of other people's that uses it: pylsl in the interpreter that `LARMOR_PYTHON` names.
enum LSLStand {
    static let python = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]

    /// Whether liblsl and pylsl are there; tells ``LibLSL`` where pylsl has its library when nobody else did.
    static let isThere: Bool = {
        guard let python, let folder = try? output(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        else { return false }
        let library = folder.trimmingCharacters(in: .whitespacesAndNewlines) + "/pylsl/lib/liblsl.so"
        guard FileManager.default.fileExists(atPath: library) else { return false }
        setenv(LibLSL.environmentVariable, library, 0)
        return LibLSL.isThere
    }()

    private static func output(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

/// A Python program with pylsl that talks in lines over its standard input and output.
final class PythonPeer {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var rest: [UInt8] = []

    /// - Parameter script: gets `sys.argv[1...]`.
    init(_ script: String, _ arguments: String...) throws {
        process.executableURL = URL(fileURLWithPath: LSLStand.python ?? "python3")
        process.arguments = ["-u", "-W", "ignore", "-c", script] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit { stop() }

    func say(_ line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }

    /// The next line; nil when the program has ended.
    func line() -> String? {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeFirst(end + 1)
                return line
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { return nil }
            rest += data
        }
    }

    /// Ends it at once, as a crash would.
    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
