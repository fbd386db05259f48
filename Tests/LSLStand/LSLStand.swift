import Foundation
import Transports

/// liblsl and, beside us, a program of other people's that uses it: pylsl in the interpreter that `LARMOR_PYTHON` names.
public enum LSLStand {
    public static let python = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]

    /// Whether liblsl and pylsl are there; tells ``LibLSL`` where pylsl has its library when nobody else did.
    public static let isThere: Bool = {
        guard let python, let folder = try? output(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        else { return false }
        let library = folder.trimmingCharacters(in: .whitespacesAndNewlines) + "/pylsl/lib/liblsl.so"
        guard FileManager.default.fileExists(atPath: library) else { return false }
        setenv(LibLSL.environmentVariable, library, 0)
        return LibLSL.isThere
    }()

    /// Whether liblsl is there, with or without pylsl.
    public static let hasLibrary = isThere || LibLSL.isThere

    /// The name of a stream that nobody else has on this network.
    public static func name(_ text: String) -> String {
        "larmor-test-\(ProcessInfo.processInfo.processIdentifier)-\(text)"
    }

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
