import Foundation
import Glibc

/// Takes out of a text what says who somebody is.
struct Redaction {
    /// What is replaced by what, the longest first, so that no part of a longer one is left.
    private let replaced: [(what: String, by: String)]

    /// - Parameter secrets: words that are replaced wherever they stand: subjects, notes, serial numbers.
    init(secrets: [String]) {
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let hostName = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let home = NSHomeDirectory()
        let words =
            [(home, "~"), (NSUserName(), "USER"), (hostName, "HOST")].filter {
                $0.0.count > 2 && $0.0 != "/root" && $0.0 != "root"
            }
            + [("/root", "~")] + secrets.filter { !$0.isEmpty }.map { ($0, "…") }
        replaced = words.map { (what: $0.0, by: $0.1) }.sorted { $0.what.count > $1.what.count }
    }

    /// Lines of a rig file that are replaced whole, by their keys.
    private static let keys = ["subject", "note", "serial", "serial_number", "key", "token", "password"]

    func text(_ text: String) -> String {
        let whole = replaced.reduce(text) { $0.replacingOccurrences(of: $1.what, with: $1.by) }
        return whole.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // What people write to themselves.
            if line.drop(while: \.isWhitespace).first == "#" { return "# …" }
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { return String(line) }
            let key = parts[0].trimmingCharacters(in: .whitespaces)
            return Self.keys.contains(key) ? "\(parts[0])= \"…\"" : String(line)
        }.joined(separator: "\n")
    }
}
