import Foundation

/// What lies around an input's folder: a file beside it, and a folder beside it with a file in it.
///
/// Every target that is given a file or a folder of anybody's runs in it (``inFolder(_:allowsReading:_:)``). Nothing around the folder may be
/// opened, made, changed or taken away; opening is heard from the kernel (inotify), so that reading is told, too. One for each thread.
final class Surroundings {
    static let content = [UInt8](repeating: 0x56, count: 300)
    let stage: String
    /// The input's folder, empty at first.
    var folder: String { stage + "/s" }
    /// A file beside it, and a folder beside it with the file `a.wire`.
    var victim: String { stage + "/victim" }
    var outside: String { stage + "/outside" }
    private let ear: Int32

    private init(_ stage: String) {
        self.stage = stage
        ear = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        build()
    }

    deinit { close(ear) }

    /// Of this thread, with an empty folder.
    static func ofThisThread() -> Surroundings {
        let key = "larmor-surroundings"
        let surroundings: Surroundings
        if let found = Thread.current.threadDictionary[key] as? Surroundings {
            surroundings = found
        } else {
            surroundings = Surroundings(scratch("stage"))
            Thread.current.threadDictionary[key] = surroundings
        }
        try? FileManager.default.removeItem(atPath: surroundings.folder)
        mkdir(surroundings.folder, 0o700)
        return surroundings
    }

    /// Made anew, after something was changed.
    private func build() {
        try? FileManager.default.removeItem(atPath: stage)
        for path in [stage, outside] { mkdir(path, 0o700) }
        for path in [victim, outside + "/a.wire"] { write(Self.content, path) }
        let events = UInt32(
            IN_OPEN | IN_ACCESS | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
        for path in [stage, outside] { _ = inotify_add_watch(ear, path, events) }
    }

    /// Forgets what was heard so far: laying the input out is no work of the code under test.
    func listen() { _ = heard() }

    /// Names of what was touched around the folder.
    private func heard() -> Set<String> {
        var names: Set<String> = []
        withUnsafeTemporaryAllocation(byteCount: 1 << 14, alignment: 8) { room in
            while true {
                let count = read(ear, room.baseAddress, room.count)
                guard count > 0 else { return }
                var place = 0
                while place + MemoryLayout<inotify_event>.size <= count {
                    let event = room.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
                    let start = place + MemoryLayout<inotify_event>.size
                    let name = room[start..<start + Int(event.len)].prefix { $0 != 0 }
                    names.insert(String(decoding: name, as: UTF8.self))
                    place = start + Int(event.len)
                }
            }
        }
        // The input's folder itself may be looked into.
        return names.subtracting(["s"])
    }

    /// - Parameter allowsReading: what the input names outside of its folder may be read, as the code documents it.
    /// - Throws: a finding where anything around the folder was touched.
    func check(allowsReading: Bool = false) throws(FuzzFinding) {
        defer { if isChanged { build() } }
        try require(ear >= 0, "inotify is not there: nobody hears what is read")
        let touched = heard()
        try require(allowsReading || touched.isEmpty, "around the folder was touched: \(touched.sorted())")
        for path in [victim, outside + "/a.wire"] {
            try require(FileManager.default.contents(atPath: path) == Data(Self.content), "\(path) was changed")
        }
        try require(names(stage) == ["outside", "s", "victim"], "beside the folder: \(names(stage))")
        try require(names(outside) == ["a.wire"], "in another folder: \(names(outside))")
    }

    private var isChanged: Bool {
        names(stage) != ["outside", "s", "victim"] || names(outside) != ["a.wire"]
            || [victim, outside + "/a.wire"].contains { FileManager.default.contents(atPath: $0) != Data(Self.content) }
    }

    private func names(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}

/// Calls `body` with a folder that holds the files.
/// - Parameter allowsReading: as in ``Surroundings/check(allowsReading:)``.
/// - Throws: a finding when it changes one of them, or touches anything around the folder.
func inFolder(
    _ files: [(name: String, bytes: [UInt8])], allowsReading: Bool = false, _ body: (String) throws(FuzzFinding) -> Void
) throws(FuzzFinding) {
    let surroundings = Surroundings.ofThisThread()
    let folder = surroundings.folder
    for (name, bytes) in files { write(bytes, folder + "/" + name) }
    surroundings.listen()
    try body(folder)
    try surroundings.check(allowsReading: allowsReading)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
    try require(names == files.map(\.name).sorted(), "in the folder: \(names)")
    for (name, bytes) in files {
        try require(FileManager.default.contents(atPath: folder + "/" + name).map(Array.init) == bytes, "\(name) was changed")
    }
}

/// Calls `body`, which is given bytes and no file: it touches none, neither of the folder that a name in it may begin at nor around it.
func touchingNothing(_ body: (String) throws(FuzzFinding) -> Void) throws(FuzzFinding) {
    let surroundings = Surroundings.ofThisThread()
    surroundings.listen()
    // The folder that the code takes for its own is one of those that are listened to.
    try body(surroundings.outside)
    try surroundings.check()
}

/// Calls `body` with the name of a file that holds the bytes, and that nothing changes.
func onFile(
    _ bytes: UnsafeRawBufferPointer, _ name: String, _ body: (String) throws(FuzzFinding) -> Void
) throws(FuzzFinding) {
    try inFolder([("fuzz." + name, Array(bytes))]) { folder throws(FuzzFinding) in try body(folder + "/fuzz." + name) }
}
