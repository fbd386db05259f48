import Foundation
import Glibc
import Programs
import RealTime
import Testing

/// What a shell tells of a command line; `$0` in it is the program.
private func shell(_ line: String, in folder: String? = nil) throws -> (end: ChildProgram.End?, text: String) {
    let program = try ChildProgram("/bin/sh", ["-c", line, Larmor.path], folder: folder, output: .pipe, error: .output)
    let text = String(decoding: program.readToEnd(), as: UTF8.self)
    return (program.wait(), text)
}

private struct Verification: Decodable { var ok: Bool, complete: Bool }

/// A rig with one simulated amplifier: no sound server and no stand-in is needed.
private let rig = rigs + "/rda.toml"

/// Standard output and standard error that take nothing: a full disk, a reader that went away, a closed descriptor, a terminal that is
/// gone. Whose product is the output fails with 74, as sysexits.h has it; whatever records goes on.
struct ClosedOutputTests {
    private let folder: String
    private var session: String { folder + "/session" }

    init() throws { folder = try temporaryFolder("closed") }

    private func expectWhole() throws {
        let found = try Larmor.run("sessions", "verify", session, "--json").json(Verification.self)
        #expect(found.ok && found.complete)
    }

    @Test(arguments: [
        ("\"$0\" film terms 2>&1 >/dev/full", "No space left on device"),
        ("\"$0\" film terms --json 2>&1 >/dev/full", "No space left on device"),
        ("\"$0\" --help 2>&1 >/dev/full", "No space left on device"),
        ("\"$0\" film terms 2>&1 >&-", "Bad file descriptor"),
        // The reader ends before the first byte comes.
        ("mkfifo p; true <p & exec 3>&1 4>p; wait $!; \"$0\" film terms 2>&3 >&4; echo $?; exit 74", "Broken pipe\n74\n"),
    ])
    func `a table that cannot be written is exit code 74 and a message`(line: String, cause: String) throws {
        let result = try shell(line, in: folder)
        #expect(result.end == .exit(74))
        #expect(result.text.contains("larmor: standard output could not be written: ") && result.text.contains(cause))
    }

    @Test(arguments: ["2>/dev/full", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
    func `a message that cannot be written changes no exit code`(redirections: String) throws {
        #expect(try shell("\"$0\" sessions verify /nowhere \(redirections)").end == .exit(66))
    }

    @Test func `a recording goes on and is closed whole when nobody takes its words`() throws {
        let line = "\"$0\" record '\(rig)' --seconds 2 --output '\(session)' >/dev/full 2>/dev/full"
        #expect(try shell(line).end == .exit(0))
        try expectWhole()
    }

    @Test func `a recording that was started without standard streams holds no message in its files`() throws {
        let line = "\"$0\" record '\(rig)' --seconds 2 --output '\(session)' <&- >&- 2>&-"
        #expect(try shell(line).end == .exit(0))
        try expectWhole()
    }

    @Test func `a recording whose report goes to a reader that left is closed whole`() throws {
        let line = "exec 3>&1; { \"$0\" record '\(rig)' --seconds 2 --output '\(session)' 2>&1; echo $? >&3; } | true"
        #expect(try shell(line).text.hasSuffix("0\n"))
        try expectWhole()
    }

    @Test func `a simulator serves on when nobody reads its address`() throws {
        let program = try ChildProgram(
            "/bin/sh", ["-c", "exec \"$0\" simulate rda --until-input-ends >/dev/full", Larmor.path], input: .pipe,
            output: .null)
        #expect(program.wait(seconds: 1.5) == nil)
        program.finishInput()
        #expect(program.wait(seconds: patience) == .exit(0))
    }

    /// A limit of the file's size stands for a full disk: the recorder's write fails in the middle of the run.
    @Test func `a recording whose disk is full is ended with its reason in the report`() throws {
        // 512-byte blocks; a second of 32 channels at 1,000 Hz is 128 kB in the wire log alone.
        let line = "ulimit -f 700; exec \"$0\" record '\(rig)' --seconds 20 --output '\(session)' --json"
        let program = try ChildProgram("/bin/sh", ["-c", line, Larmor.path], output: .pipe)
        let data = Data(program.readToEnd())
        #expect(program.wait() == .exit(74))
        struct Report: Decodable {
            struct Stream: Decodable { var received: Int }
            var stopped: String
            var failure: String?
            var streams: [Stream]
        }
        let report = try JSONDecoder().decode(Report.self, from: data)
        #expect(report.stopped == "recording failed")
        #expect(report.failure?.contains("File too large") == true)
        #expect(report.streams.contains { $0.received > 500 })
    }

    /// A terminal of its own for a recording, which is closed in the middle.
    /// - Returns: how the recording ended, how long that took, and what the machine took of it.
    private func recordAndCloseTerminal(_ start: String) throws -> (end: ChildProgram.End?, seconds: Double, lost: Double) {
        var (near, farEnd): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        try #require(openpty(&near, &farEnd, &name, nil, nil) == 0)
        defer { close(farEnd) }
        let far = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // setsid makes the terminal that it is given the controlling one.
        let program = try ChildProgram(
            "/bin/sh", ["-c", "exec setsid --ctty --wait /bin/sh -c \"$1\" \"$0\" <>\(far) >&0 2>&0", Larmor.path, start])
        let watch = Stopwatch(programs: [program.processIdentifier])
        #expect(isBegun(session))
        usleep(1_000_000)
        close(near)
        let begin = watch.seconds
        let end = program.wait(seconds: patience)
        return (end, watch.seconds - begin, watch.lost)
    }

    @Test func `under nohup a recording outlives its terminal and is closed whole`() throws {
        let (end, seconds, lost) = try recordAndCloseTerminal(
            "trap '' HUP; exec \"$0\" record '\(rig)' --seconds 4 --output '\(session)'")
        #expect(end == .exit(0))
        #expect(seconds > 1.5 - lost)
        try expectWhole()
    }

    @Test func `a terminal that is closed closes the recording`() throws {
        let (end, seconds, lost) = try recordAndCloseTerminal("exec \"$0\" record '\(rig)' --seconds 60 --output '\(session)'")
        #expect(end == .exit(129))
        #expect(seconds < 10 + lost)
        try expectWhole()
    }
}
