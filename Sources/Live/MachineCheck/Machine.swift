import Foundation

/// The files of the system in which a machine's state stands. Tests give a folder in place of "/".
public struct Machine: Sendable {
    let root: String
    let searchPath: [String]

    /// - Parameter searchPath: folders of programs, with colons between them; those of the environment by default.
    public init(root: String = "", searchPath: String? = nil) {
        self.root = root
        let path = searchPath ?? ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        self.searchPath = path.split(separator: ":").map(String.init)
    }

    /// A file's text without the white space around it; nil where there is none that can be read.
    func text(_ path: String) -> String? {
        guard let bytes = FileManager.default.contents(atPath: root + path), bytes.count < 1 << 20 else { return nil }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + path) }

    /// Whether a program of this name is on the search path.
    func hasProgram(_ name: String) -> Bool {
        searchPath.contains { FileManager.default.isExecutableFile(atPath: root + $0 + "/" + name) }
    }

    /// Whether a process of this name runs. The kernel keeps 15 bytes of a name.
    func isRunning(_ name: String) -> Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: root + "/proc")) ?? []
        return processes.contains { $0.allSatisfy(\.isNumber) && text("/proc/\($0)/comm") == String(name.prefix(15)) }
    }

    /// A limit of this process, as /proc/self/limits has it: nil for none, or where the line is missing.
    /// - Parameter name: "Max realtime priority", "Max locked memory".
    func limit(_ name: String) -> Limit? {
        guard let line = text("/proc/self/limits")?.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let soft = line.dropFirst(name.count).split(separator: " ").first
        else { return nil }
        return soft == "unlimited" ? .unlimited : Int(soft).map { .upTo($0) }
    }

    enum Limit: Equatable {
        case unlimited
        case upTo(Int)
    }
}
