import Foundation

/// Readers that others wrote, run as a Python script: `LARMOR_PYTHON` names the interpreter (see .ci/install-python-readers).
enum PythonReader {
    static let interpreter = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]
    static var isThere: Bool { interpreter.map { FileManager.default.isExecutableFile(atPath: $0) } ?? false }

    struct Failure: Error, CustomStringConvertible { var description: String }

    /// Runs a script and decodes the JSON that it prints on its last line.
    /// - Parameter arguments: `sys.argv[1...]`.
    static func run<Result: Decodable>(_ script: String, _ arguments: String...) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: interpreter ?? "python3")
        process.arguments = ["-W", "ignore", "-c", script] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0, let line = text.split(separator: "\n").last else {
            throw Failure(description: "the reader ended with \(process.terminationStatus): \(text)")
        }
        return try JSONDecoder().decode(Result.self, from: Data(line.utf8))
    }
}

/// Recordings made by others, beside or above the checkout or where `LARMOR_SHARED_DATA` says.
enum SharedData {
    static let folder: String? = {
        var candidates = [ProcessInfo.processInfo.environment["LARMOR_SHARED_DATA"]].compactMap { $0 }
        var place = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        for _ in 0..<3 {
            candidates.append(place.appendingPathComponent("shared/data").path)
            place.deleteLastPathComponent()
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0) }
    }()

    static func has(_ name: String) -> Bool {
        folder.map { FileManager.default.fileExists(atPath: $0 + "/" + name) } ?? false
    }

    static func path(_ name: String) -> String { (folder ?? "") + "/" + name }
}
