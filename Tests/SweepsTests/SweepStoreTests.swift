import Failures
import Foundation
import GRDB
import Origin
import StudyFiles
import Sweeps
import Testing

/// The store: what it keeps, and what it refuses without a change.
struct SweepStoreTests {
    private let scratch = Scratch()

    private func fault(_ body: () throws -> Void) -> SweepError.Reason? {
        do { try body() } catch { return (error as? SweepError)?.reason }
        return nil
    }

    @Test func `a store keeps file, hash, version, command, seed and data of its sweep`() throws {
        var provenance = SmallSweep.provenance
        (provenance.seed, provenance.data) = (7, ["film.toml": "ab"])
        try SweepStore.create(scratch("s.sqlite"), SmallSweep.sweep(), provenance: provenance)
        let summary = try SweepStore(scratch("s.sqlite"), readOnly: true).summary()
        #expect(summary.provenance == provenance)
        #expect(summary.text == SmallSweep.text && summary.name == "small")
        #expect(summary.textSHA256.count == 64)
        #expect(try SweepStore(scratch("s.sqlite")).counts() == counts(waiting: 6))
    }

    private func counts(waiting: Int = 0, done: Int = 0, failed: Int = 0) -> SweepCounts {
        var counts = SweepCounts()
        (counts.waiting, counts.done, counts.failed) = (waiting, done, failed)
        return counts
    }

    @Test func `what is no store or another version's is told and stays as it was, to the byte`() throws {
        #expect(fault { _ = try SweepStore(scratch("none.sqlite")) } == .store(.missing))
        try "notes of mine".write(toFile: scratch("text"), atomically: true, encoding: .utf8)
        #expect(fault { _ = try SweepStore(scratch("text")) } == .store(.foreign))
        try DatabaseQueue(path: scratch("other")).write { try $0.execute(sql: "CREATE TABLE point (number)") }
        #expect(fault { _ = try SweepStore(scratch("other")) } == .store(.foreign))
        _ = try SmallSweep.store(scratch("newer"))
        try DatabaseQueue(path: scratch("newer")).write { try $0.execute(sql: "PRAGMA user_version = 9") }
        let before = try Data(contentsOf: URL(fileURLWithPath: scratch("newer")))
        #expect(fault { _ = try SweepStore(scratch("newer")) } == .store(.otherFormat(9, expected: 1)))
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch("newer"))) == before)
        #expect(try String(contentsOfFile: scratch("text"), encoding: .utf8) == "notes of mine")
        #expect(fault { _ = try SweepStore("/dev/null") } == .store(.foreign))
    }

    @Test func `a store that another program has set to write ahead is told, and nothing appears beside it`() throws {
        _ = try SmallSweep.store(scratch("s.sqlite"))
        let queue = try DatabaseQueue(path: scratch("s.sqlite"))
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: scratch("s.sqlite")))
        #expect(fault { _ = try SweepStore(scratch("s.sqlite"), readOnly: true) } == .store(.writesAhead))
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch("s.sqlite"))) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["s.sqlite"])
        #expect(fault { _ = try SweepStore(scratch.path) } == .store(.unreadable("Is a directory")))
    }

    @Test func `a store whose bytes are wrong inside is told as damaged`() throws {
        _ = try SmallSweep.store(scratch("s.sqlite"))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: scratch("s.sqlite")))
        for place in 4096..<bytes.count { bytes[place] = 0x5A }
        try bytes.write(to: URL(fileURLWithPath: scratch("s.sqlite")))
        guard case .store(.damaged) = fault({ _ = try SweepStore(scratch("s.sqlite")) }) else {
            Issue.record("not told")
            return
        }
        #expect(SweepError(path: "x", reason: .store(.damaged(""))).kind == .badInput)
    }

    @Test func `a changed sweep file is refused with what changed; names, comments and Slurm's settings may change`() throws {
        let store = try SmallSweep.store(scratch("s.sqlite"))
        func adopt(_ old: String, _ new: String, extend: Bool = false) -> SweepError.Reason? {
            fault {
                let text = SmallSweep.text.replacingOccurrences(of: old, with: new)
                try store.adopt(SmallSweep.sweep(text), provenance: SmallSweep.provenance, extend: extend)
            }
        }
        #expect(adopt("\"loop\"", "\"run\"") == .changed(["“command”"]))
        #expect(adopt("minimise", "maximise") == .changed(["“minimise” or “maximise”"]))
        #expect(adopt("0.3]", "0.4]") == .changed(["the parameters' values"]))
        #expect(adopt("0.3]", "0.4]", extend: true) == .changed(["the parameters' values"]))
        #expect(adopt("--seed", "--steps") == .changed(["the parameters' names"]))
        #expect(adopt("[parameters]", "[parameters]\nrandom = 3") == .changed(["“random”"]))
        #expect(adopt("0.3]", "0.3, 0.4]") == .grown(2))
        #expect(try store.summary().text == SmallSweep.text)
        #expect(adopt("small", "another name") == nil)
        #expect(adopt("[result]", "# remark\n[slurm]\ncpus = 2\n[result]") == nil)
        #expect(try store.summary().text.contains("# remark"))
        var other = SmallSweep.provenance
        other.version = "0.2.0"
        #expect(fault { try store.adopt(SmallSweep.sweep(), provenance: other) } == .otherVersion("0.1.0", own: "0.2.0"))
    }

    @Test func `a file that the command reads and that has changed is refused`() throws {
        var provenance = SmallSweep.provenance
        provenance.data = ["a": "1", "b": "2"]
        try SweepStore.create(scratch("s.sqlite"), SmallSweep.sweep(), provenance: provenance)
        let store = try SweepStore(scratch("s.sqlite"))
        provenance.data = ["a": "1", "b": "3"]
        #expect(fault { try store.adopt(SmallSweep.sweep(), provenance: provenance) } == .dataChanged("b"))
    }

    @Test func `added points come behind those that are there, which keep number and result`() throws {
        let store = try SmallSweep.store(scratch("s.sqlite"))
        try LocalEngine(store, objective: nil, jobs: 2, attempts: 1) { point, _ in .ended(SmallSweep.outcome(point.point)) }
            .untilDone(isStopped: { false })
        let before = try store.points()
        let grown = try SmallSweep.sweep(SmallSweep.text.replacingOccurrences(of: "[0.1,", with: "[0.05, 0.1,"))
        #expect(try store.adopt(grown, provenance: SmallSweep.provenance, extend: true) == 2)
        let after = try store.points()
        #expect(Array(after.prefix(6)) == before)
        #expect(after.suffix(2).map(\.point.identity) == ["--damping=0.05 --seed=1", "--damping=0.05 --seed=2"])
        #expect(after.suffix(2).map(\.point.number) == [7, 8])
        #expect(try store.counts() == counts(waiting: 2, done: 6))
    }

    @Test func `a store whose writer died in the middle of a transaction is what it was before, also for one who only reads`()
        throws
    {
        let store = try SmallSweep.store(scratch("s.sqlite"))
        let before = try store.points()
        let writer = try DatabaseQueue(path: scratch("s.sqlite"))
        try writer.inDatabase { database in
            // So small a cache that pages reach the file before the end of the transaction, as those of a large one do.
            try database.execute(sql: "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE")
            let text = String(repeating: "x", count: 20_000)
            try database.execute(sql: "UPDATE point SET state = 'done', result = ?", arguments: [text])
            for ending in ["", "-journal"] {
                try FileManager.default.copyItem(atPath: scratch("s.sqlite") + ending, toPath: scratch("torn.sqlite") + ending)
            }
            try database.execute(sql: "ROLLBACK")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch("torn.sqlite"))).count > 60_000)
        #expect(try SweepStore(scratch("torn.sqlite"), readOnly: true).points() == before)
    }

    @Test func `only one process runs a sweep`() throws {
        let place = SweepPlace(file: scratch("s.toml"))
        let lock = try SweepLock(place)
        #expect(fault { _ = try SweepLock(place) } == .store(.inUse))
        withExtendedLifetime(lock) {}
    }
}
