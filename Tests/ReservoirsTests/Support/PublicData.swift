import Foundation
import Testing

/// Recordings of others in `shared/data`, and folders for what tests write.
enum PublicData {
    static let measured = folder("reservoir-measured")
    static let needsMeasured: Comment = "needs shared/data/reservoir-measured"

    private static func folder(_ name: String) -> String? {
        var folders = ProcessInfo.processInfo.environment["LARMOR_SHARED_DATA"].map { [$0] } ?? []
        for start in [FileManager.default.currentDirectoryPath, #filePath] {
            var place = URL(fileURLWithPath: start)
            while place.path != "/" {
                folders.append(place.path + "/shared/data")
                place.deleteLastPathComponent()
            }
        }
        return folders.map { $0 + "/" + name }.first { FileManager.default.fileExists(atPath: $0) }
    }

    /// A new folder, which is removed when `body` ends.
    static func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-reservoirs-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    /// Runs one of the system's programs to its end.
    static func run(_ program: String, _ arguments: [String], output: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        if let output {
            _ = FileManager.default.createFile(atPath: output, contents: nil)
            process.standardOutput = FileHandle(forWritingAtPath: output)
        }
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
