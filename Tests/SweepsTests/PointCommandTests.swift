import Foundation
import RealTime
import Sweeps
import Testing

/// Points as processes: scripts of the shell stand for larmor.
struct PointCommandTests {
    private let scratch = Scratch()

    private func run(
        _ text: String, limit: Double? = nil, isStopped: () -> Bool = { false }
    ) throws -> PointEnd {
        let sweep = try SmallSweep.sweep()
        let program = try script(text, scratch("program"))
        return PointCommand(
            sweep.points[0], of: sweep, program: program, place: SweepPlace(file: scratch("s.toml")), limit: limit
        )
        .run(isStopped: isStopped)
    }

    private func outcome(_ text: String, limit: Double? = nil) throws -> PointOutcome {
        guard case .ended(let outcome) = try run(text, limit: limit) else { throw CancellationError() }
        return outcome
    }

    @Test func `a JSON object with the number is a result`() throws {
        let found = try outcome("echo '{\"error\": 0.25, \"words\": \"'$*'\"}'")
        #expect(found.failure == nil && found.value == 0.25 && found.exitCode == 0)
        #expect(
            found.result?.contains("film loop --output \(scratch("s.points/1/loop.csv")) --damping=0.1 --seed=1 --json") == true
        )
        #expect(found.seconds >= 0 && !found.host.isEmpty)
    }

    @Test func `what is no JSON, lacks the path or holds no number there fails with that reason`() throws {
        #expect(try outcome("echo three points").failure == "its output is no JSON object: “three points”")
        #expect(try outcome("true").failure?.contains("no JSON object") == true)
        #expect(try outcome("echo '[1]'").failure?.contains("no JSON object") == true)
        #expect(try outcome("echo '{\"eror\": 1}'").failure == "the result has no “error”; did you mean “eror”?")
        #expect(
            try outcome("echo '{\"test\": {\"median\": 1}}'").failure
                == "the result has no “error”; it has test.median")
        #expect(
            try outcome("echo '{\"error\": \"nan\"}'").failure
                == "“error” of the result is the text “nan”, expected a finite number")
        #expect(try outcome("echo '{\"error\": true}'").failure?.contains("true or false") == true)
        #expect(try outcome("echo '{\"error\": null}'").failure?.contains("null") == true)
        #expect(try outcome("echo '{\"error\": [1]}'").failure?.contains("no single value") == true)
    }

    @Test func `a program that fails is kept with exit code and its last lines`() throws {
        let found = try outcome("seq 1 30 >&2; echo 'larmor: no such film' >&2; exit 66")
        #expect(found.exitCode == 66 && found.failure == "ended with exit code 66: larmor: no such film")
        #expect(found.standardError?.split(separator: "\n").count == 10)
        #expect(try outcome("kill -SEGV $$").failure?.contains("signal 11") == true)
    }

    @Test func `a program that takes too long is ended, and told`() throws {
        let found = try outcome("exec sleep 1000", limit: 0.3)
        #expect(found.failure == "it took longer than 0.3 s (--limit)" && found.exitCode == nil)
    }

    @Test func `when the sweep is stopped the program is, too`() throws {
        let begin = ContinuousClock.now
        #expect(
            try run("exec sleep 1000", isStopped: { ContinuousClock.now - begin > .milliseconds(200) }) == .stopped
        )
    }

    @Test func `an attempt begins in an empty folder of its own`() throws {
        let folder = scratch("s.points/1")
        #expect(try outcome("ls \(folder) > \(scratch("seen")); touch \(folder)/left; exit 1").failure != nil)
        #expect(try outcome("ls \(folder) > \(scratch("seen")); echo '{\"error\": 1}'").failure == nil)
        #expect(try String(contentsOfFile: scratch("seen"), encoding: .utf8) == "standard-error.txt\n")
    }

    @Test func `a program that is not there fails`() throws {
        let sweep = try SmallSweep.sweep()
        let end = PointCommand(
            sweep.points[0], of: sweep, program: "/nowhere/larmor", place: SweepPlace(file: scratch("s.toml")), limit: nil
        ).run(isStopped: { false })
        guard case .ended(let outcome) = end else { throw CancellationError() }
        #expect(outcome.failure?.contains("cannot be started") == true)
    }
}
