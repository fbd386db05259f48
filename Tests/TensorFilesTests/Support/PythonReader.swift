import Foundation
import Programs

/// Python's own readers and writers of these files: `LARMOR_PYTHON` names an interpreter with safetensors and NumPy
/// (see .ci/install-python-readers).
enum PythonReader {
    static let interpreter = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]
    static let isThere: Bool = interpreter.map { FileManager.default.isExecutableFile(atPath: $0) } ?? false
    static let comment = "needs LARMOR_PYTHON with safetensors and NumPy"

    struct Failure: Error, CustomStringConvertible { var description: String }

    /// Runs a script and gives what it prints.
    /// - Parameter arguments: `sys.argv[1...]`.
    static func run(_ script: String, _ arguments: String...) throws -> String {
        let program = try ChildProgram(
            interpreter ?? "python3", ["-W", "ignore", "-c", script] + arguments, output: .pipe, error: .output)
        let text = String(decoding: program.readToEnd(), as: UTF8.self)
        let end = program.wait()
        guard end == .exit(0) else { throw Failure(description: "Python \(end.map(String.init(describing:)) ?? ""): \(text)") }
        return text
    }
}

/// A folder that is removed with its owner.
final class ScratchFolder {
    let path = FileManager.default.temporaryDirectory.path + "/larmor-tensors-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }
}
