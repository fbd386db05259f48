import Foundation
import Sessions
import Signals
import Testing

/// Damaged sessions, composed here: open, report, repair, open again.
struct SessionRepairTests {
    /// Stops after some blocks as a power cut would: what was synced is there, nothing is closed.
    private func cut(_ folder: String, blocks: Int = 6) throws {
        try SmallSession(blocks: blocks + 1).write(folder) { writer, block in
            guard block == blocks - 1 else { return true }
            try writer.sync()
            return false
        }
    }

    private func change(_ path: String, _ body: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: path)
        var data = try Data(contentsOf: url)
        body(&data)
        try data.write(to: url)
    }

    @Test func `a session that was not closed holds everything up to the last sync, and repair closes it`()
        throws
    {
        let scratch = ScratchFolder()
        try cut(scratch("s"))
        let before = try SessionVerification(folder: scratch("s"))
        #expect(!before.ok && !before.complete)
        #expect(before.streams.first { $0.name == "headset.eeg" }?.samples == 150)
        #expect(before.wires.map(\.records) == [7])
        let repair = try SessionRepair(folder: scratch("s"))
        #expect(repair.cuts.isEmpty && repair.remaining.isEmpty)
        #expect(try SessionVerification(folder: scratch("s")).ok)
    }

    @Test(arguments: ["recording.xdf", "wire/headset.wire", "events.jsonl"])
    func `a torn tail is cut off, kept beside the file and told`(file: String) throws {
        let scratch = ScratchFolder()
        try cut(scratch("s"))
        try change(scratch("s/" + file)) { $0.removeLast(5) }
        let size = try Data(contentsOf: URL(fileURLWithPath: scratch("s/" + file))).count
        let repair = try SessionRepair(folder: scratch("s"))
        #expect(repair.cuts.map(\.file) == [file])
        let after = try Data(contentsOf: URL(fileURLWithPath: scratch("s/" + file))).count
        let kept = try Data(contentsOf: URL(fileURLWithPath: scratch("s/\(file).cut"))).count
        #expect(repair.cuts.map(\.bytes) == [kept])
        #expect(after + kept == size)
        #expect(try SessionVerification(folder: scratch("s")).ok)
        #expect(try SessionRepair(folder: scratch("s")).cuts.isEmpty)
    }

    @Test func `rubbish in the middle stays, is told, and the data behind it are read`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 8).write(scratch("s")) { writer, _ in
            try writer.sync()
            return true
        }
        let whole = try XDFReader(path: scratch("s/recording.xdf"), keepsValues: false)
        try change(scratch("s/recording.xdf")) { data in
            let middle = data.count / 2
            data.replaceSubrange(middle..<middle + 64, with: [UInt8](repeating: 0xEE, count: 64))
        }
        let damaged = try XDFReader(path: scratch("s/recording.xdf"), keepsValues: false)
        #expect(!damaged.problems.isEmpty)
        let last = { (reader: XDFReader) in reader.streams.first { $0.name == "headset.eeg" }?.stamps.last }
        #expect(last(damaged) == last(whole))
        let verification = try SessionVerification(folder: scratch("s"))
        #expect(verification.problems.contains { $0.hasPrefix("recording.xdf: byte") })
    }

    @Test func `a file that does not begin as XDF is refused with what was found`() throws {
        let scratch = ScratchFolder()
        try cut(scratch("s"))
        try change(scratch("s/recording.xdf")) { $0[0] = 0x00 }
        #expect(throws: SessionError.self) { try XDFReader(path: scratch("s/recording.xdf")) }
        let verification = try SessionVerification(folder: scratch("s"))
        #expect(verification.problems.contains { $0.contains("expected “XDF:”, found 00 44 46 3A") })
    }

    @Test func `a manifest that is no JSON is refused, not guessed`() throws {
        let scratch = ScratchFolder()
        try cut(scratch("s"))
        try change(scratch("s/session.json")) { $0.removeLast(10) }
        #expect(throws: SessionError.self) { try SessionVerification(folder: scratch("s")) }
    }
}
