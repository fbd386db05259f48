import Foundation
import KnownRecording
import Sessions
import Signals
import Testing

/// kill −9 at random moments of a recorder's life: at its start, between syncs, in a sync, while it closes.
struct KilledRecorderTests {
    /// Whatever was told to be synced is there, nothing is there that was not written, and repair makes it whole.
    private func check(_ folder: String, told: UInt64?, _ problems: inout [String]) throws {
        func expect(_ isTrue: Bool, _ what: @autoclosure () -> String) {
            if !isTrue { problems.append(what()) }
        }
        guard FileManager.default.fileExists(atPath: folder + "/session.json") else {
            // Killed before there was a session.
            return expect(told == nil, "no manifest, but \(told ?? 0) blocks were told to be synced")
        }
        let before = try SessionVerification(folder: folder)
        let content = try KnownRecording.content(folder)
        expect(content.isTrue, "something was read that was not written")
        let isClosed = told == .max
        if let told, !isClosed { expect(content.blocks >= told, "\(content.blocks) blocks, \(told) were synced") }
        // A recorder that was killed after its last write may have told nothing of it yet.
        expect(before.ok == before.complete, "\(before.problems)")
        if isClosed { expect(before.complete, "closed, but not complete") }
        for problem in before.problems where !problem.contains("was not closed") {
            let isTail = ["ends within", "last line is cut", "no record"].contains { problem.contains($0) }
            expect(isTail, "unexpected: \(problem)")
        }
        let repair = try SessionRepair(folder: folder)
        expect(repair.remaining.isEmpty, "\(repair.remaining)")
        let after = try SessionVerification(folder: folder)
        expect(after.ok && after.complete, "after repair: \(after.problems)")
        expect(try KnownRecording.content(folder) == content, "repair changed what can be read")
        expect(try SessionRepair(folder: folder).cuts.isEmpty, "a second repair cut something")
    }

    @Test(arguments: [1, 2])
    func `kill −9 at a hundred random moments loses nothing that was synced, and repair makes each session whole`(
        seed: UInt64
    ) throws {
        let base = memoryFolder()
        defer { try? FileManager.default.removeItem(atPath: base) }
        var random = SplitMix64(seed: seed)
        var (opened, closed, cut) = (0, 0, 0)
        for number in 0..<100 {
            let folder = base + "/\(number)"
            let blocks = random.integer(below: 3) == 0 ? 200 : 100_000
            let stand = try Stand("record", folder, "\(blocks)")
            let told = stand.kill(after: 0.03 * random.uniform(), fromStart: random.integer(below: 4) == 0)
            var problems: [String] = []
            let isSession = FileManager.default.fileExists(atPath: folder + "/session.json")
            if isSession, !(try SessionManifest(folder: folder).state == .complete) { cut += 1 }
            try check(folder, told: told, &problems)
            #expect(problems.isEmpty, "run \(number), told \(told.map { "\($0)" } ?? "nothing")")
            opened += isSession ? 1 : 0
            closed += told == .max ? 1 : 0
            try? FileManager.default.removeItem(atPath: folder)
        }
        // The moments are spread over a recorder's life.
        #expect(opened >= 60 && cut >= 30 && closed >= 1, "\(opened) opened, \(cut) cut, \(closed) closed")
    }

    @Test func `a repair that is killed can be repeated`() throws {
        let base = memoryFolder()
        defer { try? FileManager.default.removeItem(atPath: base) }
        let source = base + "/source"
        _ = try Stand("record", source, "1000000").kill(after: 0.05, fromStart: false)
        // A torn tail in every file.
        for name in ["recording.xdf", "wire/headset.wire", "wire/mic.wire", "events.jsonl"] {
            let url = URL(fileURLWithPath: source + "/" + name)
            try Data(contentsOf: url).dropLast(3).write(to: url)
        }
        let content = try KnownRecording.content(source)
        var random = SplitMix64(seed: 3)
        for number in 0..<40 {
            let folder = base + "/\(number)"
            try FileManager.default.copyItem(atPath: source, toPath: folder)
            _ = try Stand("repair", folder).kill(after: 0.02 * random.uniform(), fromStart: true)
            _ = try SessionRepair(folder: folder)
            let found = try SessionVerification(folder: folder)
            #expect(found.ok && found.complete, "\(found.problems)")
            #expect(try KnownRecording.content(folder) == content)
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test func `a second recorder in another process is refused while the first is at work`() throws {
        let base = memoryFolder()
        defer { try? FileManager.default.removeItem(atPath: base) }
        var known = KnownRecording()
        let writer = try known.makeWriter(base + "/s")
        try known.append(0, to: writer)
        let second = try Stand("record", base + "/s", "10").wait()
        #expect(second.status == 3 && second.errors.contains("another recorder"))
        #expect(try Stand("repair", base + "/s").wait().status == 3)
        try writer.close()
        let third = try Stand("record", base + "/s", "10").wait()
        #expect(third.status == 1 && third.errors.contains("never overwritten"))
        #expect(try KnownRecording.content(base + "/s").blocks == 1)
    }
}
