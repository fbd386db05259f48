import Glibc

/// Where nothing is written: over what the same command reads, and into a session's folder.
public enum OutputPlace {
    /// Refuses a folder that a command shall write to and that lies in a session, or is one.
    /// - Parameter path: of a folder that need not be there yet.
    public static func checkFolder(_ path: String) throws(OutputError) {
        if let session = session(around: path) { throw OutputError(path: path, reason: .insideSession(session)) }
    }

    /// Finds out before the work whether files can be written to a folder, which is made if it is missing.
    /// - Parameter files: names that will be written.
    public static func checkOutputFolder(_ path: String, files: [String], inputs: [String] = []) throws(OutputError) {
        try checkFolder(path)
        try make(path)
        for name in files { try OutputFile.check(path + "/" + name, inputs: inputs) }
        guard access(path, W_OK | X_OK) == 0 else { throw OutputError(path: path, reason: .system(call: "open", code: errno)) }
    }

    /// The folder in which a path's last part stands.
    public static func folder(above path: String) -> String {
        var path = Substring(path)
        while path.count > 1, path.last == "/" { path.removeLast() }
        return OutputTarget.folder(of: String(path))
    }

    /// Makes a folder and those above it that are missing.
    private static func make(_ path: String) throws(OutputError) {
        var state = stat()
        if stat(path, &state) == 0 {
            guard state.st_mode & S_IFMT == S_IFDIR else {
                throw OutputError(path: path, reason: .system(call: "mkdir", code: ENOTDIR))
            }
            return
        }
        let above = folder(above: path)
        if above != path, above != ".", above != "/" { try make(above) }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw OutputError(path: path, reason: .system(call: "mkdir", code: errno))
        }
    }

    static func check(
        _ given: String, _ target: String, inputs: [String], inSession: Bool = false
    ) throws(OutputError) {
        var state = stat()
        if stat(target, &state) == 0, state.st_mode & S_IFMT == S_IFREG {
            for input in inputs {
                var other = stat()
                guard stat(input, &other) == 0, other.st_dev == state.st_dev, other.st_ino == state.st_ino else { continue }
                throw OutputError(path: given, reason: .isInput(input))
            }
        }
        if !inSession, let session = session(around: OutputTarget.folder(of: target)) {
            throw OutputError(path: given, reason: .insideSession(session))
        }
    }

    /// The session folder that is a folder or lies above it; nil when there is none.
    private static func session(around folder: String) -> String? {
        // What is not there yet has its place below what is.
        var place = folder
        var resolved = realpath(place, nil)
        while resolved == nil, place != ".", place != "/" {
            place = OutputTarget.folder(of: place)
            resolved = realpath(place, nil)
        }
        guard let resolved else { return nil }
        defer { free(resolved) }
        var path = String(cString: resolved)
        while true {
            if isSession(path) { return path }
            guard path != "/" else { return nil }
            path = OutputTarget.folder(of: path)
        }
    }

    private static func isSession(_ folder: String) -> Bool {
        func isThere(_ name: String) -> Bool {
            var state = stat()
            return lstat(folder + "/" + name, &state) == 0
        }
        return isThere("recording.xdf") && (isThere("session.json") || isThere("wire"))
    }
}
