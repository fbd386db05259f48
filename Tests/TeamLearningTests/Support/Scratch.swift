import Foundation

/// A folder of one test: a property of its suite, which lives as long as the test.
final class Scratch {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-teams-\(UUID())").path

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }
}
