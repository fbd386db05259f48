import Glibc
import Sessions

/// Finds session folders, and tells which have changed, with nothing but directory entries and file states.
struct SessionFolders {
    struct Found: Equatable {
        var path: String
        /// Differs when a file of the session was added, removed, written or replaced.
        var fingerprint: String
    }

    /// Levels of folders below the root that are looked through.
    static let greatestDepth = 6

    private(set) var found: [Found] = []
    /// Folders that could not be read, with the reason.
    private(set) var unreadable: [String] = []

    /// - Parameter root: a session folder, or one with session folders in it or below.
    init(root: String) { visit(root, depth: 0) }

    private mutating func visit(_ folder: String, depth: Int) {
        if Self.isSession(folder) {
            found.append(Found(path: folder, fingerprint: Self.fingerprint(folder)))
            return
        }
        guard depth < Self.greatestDepth else { return }
        guard let names = Self.names(folder) else {
            unreadable.append("\(folder): \(String(cString: strerror(errno)))")
            return
        }
        for (name, kind) in names.sorted(by: { $0.name < $1.name }) where kind != DT_LNK && kind != DT_REG {
            let path = folder + "/" + name
            // Links are not followed: a session is listed once, and a loop does no harm.
            if kind == DT_DIR || Self.state(path).map({ $0.st_mode & S_IFMT == S_IFDIR }) ?? false {
                visit(path, depth: depth + 1)
            }
        }
    }

    /// A folder with a manifest, or with a recording beside wire logs whose manifest has been lost.
    static func isSession(_ folder: String) -> Bool {
        if state(folder + "/session.json") != nil { return true }
        return state(folder + "/" + SessionWriter.recordingName) != nil && state(folder + "/wire") != nil
    }

    private static func fingerprint(_ folder: String) -> String {
        var paths = ["session.json", SessionWriter.recordingName, SessionWriter.eventsName, SessionAnnotations.fileName]
        paths += (names(folder + "/wire") ?? []).map { "wire/" + $0.name }.sorted()
        return paths.map { name in
            guard let state = state(folder + "/" + name) else { return "-" }
            let time = state.st_mtim
            return "\(state.st_ino).\(state.st_size).\(time.tv_sec).\(time.tv_nsec)"
        }.joined(separator: " ")
    }

    private static func state(_ path: String) -> stat? {
        var state = stat()
        return lstat(path, &state) == 0 ? state : nil
    }

    /// Entries of a folder that are not hidden; nil when it cannot be read.
    private static func names(_ folder: String) -> [(name: String, kind: Int)]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var result: [(String, Int)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { result.append((name, Int(entry.pointee.d_type))) }
        }
        return result
    }
}
