/// Where a recording goes: a folder below a root.
public struct SessionPlace: Equatable, Sendable {
    /// Absolute, or below this program's folder where the rig file names no other.
    public let root: String
    /// Names of folders below the root, the session's own last.
    public private(set) var parts: [String]
    /// The ending of a template that names a file: ".xdf".
    let ending: String?
    public let run: Int
    /// What is to be told: that a name was taken.
    public var note: String?

    /// Bytes of one name; what is made of it stays below the 255 of a file's.
    static let longestPart = 200

    /// - Parameter path: below the root; both slashes part folders.
    /// - Throws: ``ControlRefusal`` for one that leads out of the root, or that no folder can have.
    init(root: String, path: String, run: Int) throws(ControlRefusal) {
        self.root = root
        self.run = run
        var parts = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).map(\.trimmingWhitespace)
        parts.removeAll { $0.isEmpty || $0 == "." }
        guard !parts.contains("..") else { throw ControlRefusal("the template leads out of its root: “\(path)”") }
        let ending = [".xdf", ".xdfz"].first { parts.last?.lowercased().hasSuffix($0) == true }
        if let ending, let last = parts.popLast() {
            let name = String(last.dropLast(ending.count))
            if !name.isEmpty { parts.append(name) }
            // What is recorded is not packed: no file stands in for ".xdfz".
            self.ending = name.isEmpty || ending == ".xdfz" ? nil : String(last.suffix(ending.count))
        } else {
            self.ending = nil
        }
        guard !parts.isEmpty else { throw ControlRefusal("the template names nothing: “\(path)”") }
        for part in parts {
            guard part.utf8.count <= Self.longestPart else {
                throw ControlRefusal("“\(part.prefix(60))…” has more than \(Self.longestPart) bytes")
            }
            guard !part.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
                throw ControlRefusal("a name in the template holds a control character")
            }
        }
        self.parts = parts
    }

    /// The session's folder.
    public var folder: String { path(parts) }
    /// The folder around it.
    public var above: String { path(parts.dropLast()) }

    /// The file that the template names: a link to the session's recording stands there. nil for a template that names no file.
    public var file: String? { ending.map { folder + $0 } }

    private func path(_ parts: some Sequence<String>) -> String {
        var base = root
        while base.count > 1, base.hasSuffix("/") { base.removeLast() }
        return parts.reduce(base) { ($0 == "/" ? "" : $0) + "/" + $1 }
    }

    mutating func add(_ text: String) { parts[parts.count - 1] += text }
}
