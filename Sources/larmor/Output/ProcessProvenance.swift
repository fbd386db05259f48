import Foundation
import Origin
import Outputs
import Synchronization

/// The provenance of what this process makes. Commands note their seed and what they read; every output names it.
enum ProcessProvenance {
    private struct Notes {
        var seed: UInt64?
        var data: [String: String] = [:]
    }

    private static let notes = Mutex(Notes())

    static var now: Provenance {
        let (seed, data) = notes.withLock { ($0.seed, $0.data) }
        return Provenance(
            version: LarmorVersion.text, command: (["larmor"] + CommandLine.arguments.dropFirst()).joined(separator: " "),
            processor: processorName, seed: seed, data: data.isEmpty ? nil : data)
    }

    /// What everything random comes from.
    static func note(seed: UInt64) { notes.withLock { $0.seed = seed } }

    /// A file or folder that the result follows from. What cannot be read is left to its reader, who says why.
    static func note(data path: String?) {
        guard let path, let hash = try? ContentHash.sha256(of: path) else { return }
        notes.withLock { $0.data[path] = hash }
    }

    /// Writes it beside a table that the process makes: `NAME.provenance.json`. A pipe or a device has no place beside it.
    static func write(beside table: String, inputs: [String]) throws {
        var status = stat()
        if stat(table, &status) == 0, status.st_mode & S_IFMT != S_IFREG { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        let bytes = Array(try encoder.encode(now)) + [0x0A]
        try OutputFile.write(bytes, to: table + ".provenance.json", inputs: inputs)
    }

    private static let processorName: String = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }()
}
