import Foundation
import Glibc
import Programs
import RealTime
import Testing

struct ChildProgramTests {
    @Test func `the exit code and the signal that ended a program are told`() throws {
        #expect(try ChildProgram("/bin/sh", ["-c", "exit 7"]).wait() == .exit(7))
        #expect(try ChildProgram("/bin/sh", ["-c", "kill -KILL $$"]).wait() == .signal(SIGKILL))
        #expect(try ChildProgram("true", []).wait() == .exit(0))
    }

    @Test func `a program that is not there is an error that names it`() {
        #expect {
            _ = try ChildProgram("/nowhere/program", [])
        } throws: { error in
            (error as? ProgramError)?.program == "/nowhere/program"
        }
    }

    @Test func `what is written comes back through cat, byte for byte, and ends when the input ends`() throws {
        let cat = try ChildProgram("cat", [], input: .pipe, output: .pipe)
        // More than a pipe holds: written from another thread.
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let writer = Thread { [cat] in
            _ = cat.write(bytes)
            cat.finishInput()
        }
        writer.start()
        #expect(cat.readToEnd() == bytes)
        #expect(cat.wait() == .exit(0))
    }

    @Test func `lines are told one by one, and a line that does not come is not waited for longer than asked`() throws {
        let program = try ChildProgram("/bin/sh", ["-c", "echo one; echo two; exec sleep 30"], output: .pipe)
        #expect(program.readLine(timeout: patience) == "one")
        #expect(program.readLine(timeout: patience) == "two")
        #expect(program.readLine(timeout: 0.2) == nil)
        program.stop()
        #expect(program.end == .signal(SIGTERM))
    }

    @Test func `a program that does not hear SIGTERM is killed with what it started`() throws {
        let program = try ChildProgram("/bin/sh", ["-c", "trap '' TERM; sleep 60 & echo $!; wait; sleep 60"], output: .pipe)
        let child = try #require(program.readLine(timeout: patience).flatMap { Int32($0) })
        program.stop(patience: 0.3)
        #expect(program.end == .signal(SIGKILL))
        // A process that was killed is there until somebody takes its status: it has no command line any more. It is not this
        // program's child, so nobody is told when it has died.
        func commandLine() -> String { (try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8)) ?? "" }
        #expect(waitUntil { commandLine().isEmpty })
    }

    @Test func `writing to a program that has ended is an answer and no signal`() throws {
        let program = try ChildProgram("true", [], input: .pipe)
        program.wait()
        #expect(!program.write([1, 2, 3]))
    }

    @Test func `environment and folder are the given ones, and errors go where output goes`() throws {
        let program = try ChildProgram(
            "/bin/sh", ["-c", "echo $WORD; pwd; ls /nowhere; env | wc -l"], environment: ["WORD": "given", "LC_ALL": "C"],
            folder: "/usr", output: .pipe, error: .output)
        let text = String(decoding: program.readToEnd(), as: UTF8.self)
        #expect(text.hasPrefix("given\n/usr\n"))
        #expect(text.contains("/nowhere"))
        #expect(program.wait() == .exit(0))
    }

    @Test func `a program sees no file of this process but the three it is given`() throws {
        // Left open for children on purpose.
        let open = Glibc.open("/dev/null", O_RDONLY)
        defer { close(open) }
        let program = try ChildProgram("/bin/sh", ["-c", "ls /proc/self/fd"], output: .pipe)
        let numbers = String(decoding: program.readToEnd(), as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
        // 3 is the folder that ls reads.
        #expect(numbers == [0, 1, 2, 3])
    }

    @Test func `many programs at once from tasks that fill the pool of threads all end`() async throws {
        try await withThrowingTaskGroup(of: ChildProgram.End?.self) { group in
            for code in 0..<12 {
                group.addTask { try ChildProgram("/bin/sh", ["-c", "sleep 0.05; exit \(code)"]).wait() }
            }
            var codes: Set<Int32> = []
            for try await end in group { if case .exit(let code) = end { codes.insert(code) } }
            #expect(codes == Set(0..<12))
        }
    }
}
