import Foundation
import Signals

/// The recorder of known samples that was built beside these tests, in a process of its own.
final class Stand {
    static let path: String = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("RecorderStand").path
    }()

    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    init(_ arguments: String...) throws {
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// Waits for the first word of the stand, then as long as told, and ends it with no chance to do anything.
    /// - Returns: the last number that it told; nil when it told none.
    func kill(after seconds: Double, fromStart: Bool) -> UInt64? {
        var told = Data()
        if !fromStart { told = (try? output.fileHandleForReading.read(upToCount: 8)) ?? Data() }
        WorkerThread.sleep(seconds)
        Glibc.kill(process.processIdentifier, SIGKILL)
        told += output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let whole = told.count / 8 * 8
        guard whole > 0 else { return nil }
        return Array(told[(whole - 8)..<whole]).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }

    func wait() -> (status: Int32, output: String, errors: String) {
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self), String(decoding: text, as: UTF8.self))
    }
}

/// A folder in memory where the machine has one: tests that write thousands of sessions do not wait for a disk.
func memoryFolder() -> String {
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    let path = base + "/larmor-sessions-\(UUID().uuidString)"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}
