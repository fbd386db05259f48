import Foundation
import KnownRecording
import Sessions
import Testing

/// A small session whose files are cut at every single byte.
struct TruncatedSessionTests {
    private struct Cut {
        let base = memoryFolder()
        var source: String { base + "/source" }
        let content: KnownRecording.Content

        init(isClosed: Bool) throws {
            var known = KnownRecording(hasSound: false)
            let writer = try known.makeWriter(base + "/source")
            for block in 0..<4 {
                try known.append(block, to: writer)
                try writer.sync()
            }
            if isClosed { try writer.close() }
            content = try KnownRecording.content(base + "/source")
        }

        /// A copy in which a file ends at a byte.
        func copy(_ name: String, _ length: Int) throws -> String {
            let folder = base + "/copy"
            try? FileManager.default.removeItem(atPath: folder)
            try FileManager.default.copyItem(atPath: source, toPath: folder)
            #expect(truncate(folder + "/" + name, length) == 0)
            return folder
        }

        func size(_ name: String) throws -> Int { try Data(contentsOf: URL(fileURLWithPath: source + "/" + name)).count }
        func remove() { try? FileManager.default.removeItem(atPath: base) }
    }

    @Test(arguments: [true, false], ["recording.xdf", "wire/headset.wire", "events.jsonl"])
    func `cut at every byte, a file is reported, what lies before the cut is read, and repair hides nothing`(
        isClosed: Bool, name: String
    ) throws {
        let cut = try Cut(isClosed: isClosed)
        defer { cut.remove() }
        var problems: [String] = []
        var last = KnownRecording.Content()
        for length in 0..<(try cut.size(name)) {
            let folder = try cut.copy(name, length)
            let before = try SessionVerification(folder: folder)
            // A closed session knows its files' lengths; an open one shows at least that it was not closed.
            let isNamed = before.problems.contains { $0.hasPrefix(name) || $0.hasPrefix(folder + "/" + name) }
            if before.ok || (isClosed && !isNamed) { problems.append("\(length): not reported") }
            if before.problems.contains(where: { !$0.contains(name) && !$0.contains("was not closed") }) {
                problems.append("\(length): \(before.problems)")
            }
            guard name != "recording.xdf" || length >= 4 else { continue }
            let content = try KnownRecording.content(folder)
            if !content.isTrue { problems.append("\(length): rubbish was read") }
            // The more bytes, the more is read, and never more than a block is lost to a cut.
            let isLess = [
                (last.eegFrames, content.eegFrames), (last.headsetRecords, content.headsetRecords),
                (last.lines, content.lines),
            ].contains { $0.0 > $0.1 }
            if isLess { problems.append("\(length): less than one byte earlier") }
            last = content
            let repair = try SessionRepair(folder: folder)
            let after = try SessionVerification(folder: folder)
            let others = after.problems.filter { !$0.contains("the stream headset.eeg is missing") }
            // What a recorder lost at its end is known from its state; a closed file that was cut later stays told.
            let isTold = others.count == 1 && others[0].hasPrefix(name) && others[0].contains("fewer than when it was closed")
            if isClosed ? !isTold : !others.isEmpty { problems.append("\(length): after repair \(after.problems)") }
            if !after.complete { problems.append("\(length): not complete after repair") }
            if try KnownRecording.content(folder) != content { problems.append("\(length): repair changed the content") }
            if try !SessionRepair(folder: folder).cuts.isEmpty { problems.append("\(length): a second repair cut") }
            if !repair.cuts.allSatisfy({ $0.file == name }) { problems.append("\(length): cut \(repair.cuts)") }
        }
        #expect(problems.isEmpty, "\(problems.prefix(5))")
        // One byte before the end all but the last block, record or line is there.
        #expect(last.eegFrames >= cut.content.eegFrames - 5 && last.headsetRecords >= cut.content.headsetRecords - 1)
        #expect(last.lines >= cut.content.lines - 1)
    }

    @Test func `a manifest cut at any byte is an error that names it, and repair makes another`() throws {
        let cut = try Cut(isClosed: true)
        defer { cut.remove() }
        var problems: [String] = []
        for length in 0..<(try cut.size("session.json")) {
            let folder = try cut.copy("session.json", length)
            do {
                _ = try SessionVerification(folder: folder)
                problems.append("\(length): opened")
            } catch {
                if !error.path.hasSuffix("session.json") { problems.append("\(length): \(error)") }
            }
            guard length % 16 == 0 else { continue }
            let repair = try SessionRepair(folder: folder)
            // What stands before the cut is kept; each field behind it is told.
            let isTold = !repair.remade.isEmpty && repair.remade.allSatisfy { $0.hasPrefix("session.json: ") }
            if !isTold { problems.append("\(length): \(repair)") }
            let after = try SessionVerification(folder: folder).problems
            if Set(after) != Set(repair.remaining) || after.isEmpty { problems.append("\(length): after repair \(after)") }
            if try KnownRecording.content(folder) != cut.content { problems.append("\(length): content lost") }
        }
        #expect(problems.isEmpty, "\(problems.prefix(5))")
    }
}
