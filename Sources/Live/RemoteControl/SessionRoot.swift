import Foundation

/// The folder below which a client may have sessions made: on this machine, writable, and left by no link.
public enum SessionRoot {
    /// - Throws: ``ControlRefusal`` for what is no absolute path of this machine.
    static func checkName(_ root: String) throws(ControlRefusal) {
        guard root.hasPrefix("/") else {
            throw ControlRefusal("the root is “\(root)”, expected an absolute path on this machine, such as /data/study")
        }
        guard !root.split(separator: "/").contains("..") else { throw ControlRefusal("the root “\(root)” holds “..”") }
        guard !root.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw ControlRefusal("the root holds a control character")
        }
    }

    /// Finds out whether a root, or the lowest of its folders that is there, can be written to. Nothing stays.
    /// - Throws: ``ControlRefusal`` with the system's reason.
    public static func check(_ root: String) throws(ControlRefusal) {
        var path = root
        var state = stat()
        while stat(path, &state) != 0 {
            guard errno == ENOENT, path != "/", path != "." else { throw refusal(root, path, errno) }
            path = folder(above: path)
        }
        guard state.st_mode & S_IFMT == S_IFDIR else { throw refusal(root, path, ENOTDIR) }
        try probe(path, root)
    }

    /// Rights alone do not tell: a disk may be read-only, and some file systems take no folders.
    private static func probe(_ path: String, _ root: String) throws(ControlRefusal) {
        let folder = path + "/.larmor-\(getpid())"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw refusal(root, path, errno) }
        rmdir(folder)
    }

    /// Makes the folders around a session, and follows no link out of the root.
    /// - Throws: ``ControlRefusal`` for a folder that cannot be made or written to, and for a link that leads out.
    public static func prepare(_ place: SessionPlace) throws(ControlRefusal) {
        try check(place.root)
        try make(place.root, place.root)
        guard let root = resolved(place.root) else { throw refusal(place.root, place.root, errno) }
        var path = place.root
        for part in place.parts.dropLast() {
            path += "/" + part
            try make(path, place.root)
            guard let real = resolved(path) else { throw refusal(place.root, path, errno) }
            guard root == "/" || real == root || real.hasPrefix(root + "/") else {
                throw ControlRefusal("“\(path)” is a link that leads out of the root")
            }
        }
        try probe(path, place.root)
    }

    /// Makes a folder and those above it that are missing.
    private static func make(_ path: String, _ root: String) throws(ControlRefusal) {
        var state = stat()
        if stat(path, &state) == 0 {
            guard state.st_mode & S_IFMT == S_IFDIR else { throw refusal(root, path, ENOTDIR) }
            return
        }
        let above = folder(above: path)
        if above != path { try make(above, root) }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw refusal(root, path, errno) }
    }

    /// Whether something is at a path, a link that leads nowhere included; the link of a recording that was deleted is free.
    public static func isTaken(_ path: String) -> Bool {
        var state = stat()
        guard lstat(path, &state) == 0 else { return false }
        return state.st_mode & S_IFMT != S_IFLNK || !isLeftOver(path)
    }

    /// Whether a link is one of a recording's (``SessionPlace/file``) that is there no more: the next of this name may have it.
    private static func isLeftOver(_ path: String) -> Bool {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { return false }
        let name = path.split(separator: "/").last.map { String($0.dropLast(4)) } ?? ""
        return target == name + "/recording.xdf" && !FileManager.default.fileExists(atPath: path)
    }

    private static func folder(above path: String) -> String {
        var path = Substring(path)
        while path.count > 1, path.last == "/" { path.removeLast() }
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func refusal(_ root: String, _ path: String, _ code: Int32) -> ControlRefusal {
        let place = path == root ? "the root “\(root)”" : "“\(path)” of the root “\(root)”"
        return ControlRefusal("\(place) cannot be written: \(String(cString: strerror(code)))")
    }
}
