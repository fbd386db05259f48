import Foundation

/// Where a result comes from: which program made it, how it was called, and on what it ran.
struct Provenance: Encodable {
    var version: String
    /// The command line.
    var command: String
    /// The processor's name, as the kernel has it; "unknown" where it has none.
    var processor: String

    static let ofThisProcess = Provenance(
        version: LarmorVersion.text, command: (["larmor"] + CommandLine.arguments.dropFirst()).joined(separator: " "),
        processor: processorName)

    private static var processorName: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }
}
