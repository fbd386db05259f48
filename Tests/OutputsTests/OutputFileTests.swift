import Failures
import Foundation
import Outputs
import Testing

/// The door for outputs: what it replaces, what it writes through, and what it refuses.
struct OutputFileTests {
    private final class Scratch {
        let path = FileManager.default.temporaryDirectory.path + "/larmor-outputs-\(UUID().uuidString)"
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func callAsFunction(_ name: String) -> String { path + "/" + name }
        var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }
    }

    private let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: scratch(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    private func put(_ text: String, _ name: String) throws {
        try text.write(toFile: scratch(name), atomically: false, encoding: .utf8)
    }

    private func kind(_ name: String) -> mode_t {
        var state = stat()
        return lstat(scratch(name), &state) == 0 ? state.st_mode & S_IFMT : 0
    }

    @Test func `a file appears whole, keeps its mode, and leaves nothing beside it`() throws {
        try put("old", "a")
        chmod(scratch("a"), 0o640)
        let file = try OutputFile(scratch("a"))
        try file.append("new")
        #expect(text("a") == "old")
        try file.finish()
        #expect(text("a") == "new" && scratch.names == ["a"])
        var state = stat()
        #expect(stat(scratch("a"), &state) == 0 && state.st_mode & 0o777 == 0o640)
    }

    @Test func `what is not finished leaves the old file and no part`() throws {
        try put("old", "a")
        do {
            let file = try OutputFile(scratch("a"))
            try file.append([UInt8](repeating: 65, count: 1 << 20))
        }
        #expect(text("a") == "old" && scratch.names == ["a"])
    }

    @Test func `a published file grows in sight`() throws {
        let file = try OutputFile(scratch("a"))
        try file.append("1\n")
        #expect(text("a") == nil)
        try file.publish()
        #expect(text("a") == "1\n")
        try file.append("2\n")
        #expect(text("a") == "1\n2\n")
        try file.finish()
        #expect(scratch.names == ["a"])
    }

    @Test func `links stay links, also those that lead to nothing yet`() throws {
        try put("old", "a")
        symlink("a", scratch("link"))
        symlink(scratch("b"), scratch("dangling"))
        for name in ["link", "dangling"] { try OutputFile.write("new", to: scratch(name)) }
        #expect(kind("link") == S_IFLNK && kind("dangling") == S_IFLNK)
        #expect(text("a") == "new" && text("b") == "new")
        symlink("loop", scratch("loop"))
        #expect(throws: OutputError(path: scratch("loop"), reason: .system(call: "open", code: ELOOP))) {
            try OutputFile.write("x", to: scratch("loop"))
        }
    }

    @Test func `a FIFO is written through and stays one`() throws {
        mkfifo(scratch("fifo"), 0o600)
        let reader = open(scratch("fifo"), O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        try OutputFile.write("through", to: scratch("fifo"))
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(reader, &bytes, bytes.count)
        #expect(String(decoding: bytes[..<max(0, count)], as: UTF8.self) == "through")
        #expect(kind("fifo") == S_IFIFO && scratch.names == ["fifo"])
    }

    @Test func `a device is written through, a full one is told`() throws {
        try OutputFile.write("x", to: "/dev/null")
        symlink("/dev/full", scratch("full"))
        #expect(throws: OutputError(path: scratch("full"), reason: .system(call: "write", code: ENOSPC))) {
            try OutputFile.write("x", to: scratch("full"))
        }
        #expect(kind("full") == S_IFLNK)
    }

    @Test func `a descriptor of this process is written through, not replaced`() throws {
        let descriptor = open(scratch("log"), O_RDWR | O_CREAT | O_APPEND, 0o644)
        defer { close(descriptor) }
        try OutputFile.write("one", to: "/dev/fd/\(descriptor)")
        symlink("/proc/self/fd/\(descriptor)", scratch("link"))
        try OutputFile.write("two", to: scratch("link"))
        #expect(text("log") == "onetwo")
    }

    @Test func `an input is never written over, whatever its other name`() throws {
        try put("data", "a")
        symlink(scratch("a"), scratch("link"))
        link(scratch("a"), scratch("hard"))
        for name in ["a", "link", "hard", "./a"] {
            let error = #expect(throws: OutputError.self) {
                try OutputFile.write("x", to: scratch(name), inputs: [scratch("none"), scratch("a")])
            }
            #expect(error?.reason == .isInput(scratch("a")) && error?.kind == .usage)
        }
        #expect(text("a") == "data")
    }

    @Test func `nothing is written into a session's folder`() throws {
        try FileManager.default.createDirectory(atPath: scratch("s/source"), withIntermediateDirectories: true)
        for name in ["s/session.json", "s/recording.xdf"] { try put("{}", name) }
        symlink(scratch("s/recording.xdf"), scratch("link"))
        for name in ["s/recording.xdf", "s/plot.svg", "s/source/x", "link"] {
            let error = #expect(throws: OutputError.self) { try OutputFile.write("x", to: scratch(name)) }
            if case .insideSession = error?.reason {} else { Issue.record("\(name): \(String(describing: error))") }
        }
        #expect(throws: OutputError.self) { try OutputPlace.checkFolder(scratch("s/new/deeper")) }
        try OutputPlace.checkFolder(scratch("t/new"))
        #expect(text("s/recording.xdf") == "{}")
    }

    @Test func `what cannot be written is told before anything is`() throws {
        for (name, code) in [("none/a", ENOENT), ("a/b", ENOTDIR), ("", EISDIR)] {
            try put("old", "a")
            let error = #expect(throws: OutputError.self) { try OutputFile.check(scratch(name)) }
            #expect(error?.reason == (code == EISDIR ? .isFolder : .system(call: "open", code: code)), "\(name)")
            #expect(error?.kind == .inputOutput)
        }
        try OutputFile.check(scratch("b"))
        #expect(scratch.names == ["a"])
    }

    @Test func `somebody's file that has the part's name stays`() throws {
        try put("mine", "a.part")
        try OutputFile.write("new", to: scratch("a"))
        #expect(text("a.part") == "mine" && text("a") == "new" && scratch.names == ["a", "a.part"])
    }
}
