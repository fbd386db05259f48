import Foundation
import KnownRecording
import Sessions
import Signals
import Testing

/// Single bits turned over anywhere in a closed session's folder.
struct FlippedBitTests {
    private static let names = ["session.json", "recording.xdf", "wire/headset.wire", "wire/mic.wire", "events.jsonl"]

    /// Flips of one bit each, every one in a copy of the same session.
    private func run(_ flips: Int, seed: UInt64, repairEvery: Int) throws {
        let base = memoryFolder()
        defer { try? FileManager.default.removeItem(atPath: base) }
        let folder = base + "/s"
        var known = KnownRecording(hasSound: false)
        let writer = try known.makeWriter(folder)
        for block in 0..<12 {
            try known.append(block, to: writer)
            if block % 3 == 2 { try writer.sync() }
        }
        try writer.close()
        #expect(try SessionVerification(folder: folder).ok)
        let files = try Self.names.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))) }
        let total = files.reduce(0) { $0 + $1.count }
        var random = SplitMix64(seed: seed)
        var problems: [String] = []
        for flip in 0..<flips {
            var place = random.integer(below: total)
            let file = files.indices.first { index in
                defer { place -= files[index].count }
                return place < files[index].count
            }!
            place += files[file].count
            var bytes = files[file]
            let bit = random.integer(below: 8)
            bytes[place] ^= 1 << UInt8(bit)
            let name = Self.names[file]
            try write(bytes, folder + "/" + name)
            let what = "\(name), byte \(place), bit \(bit)"
            do {
                let found = try SessionVerification(folder: folder)
                if found.ok { problems.append("\(what): not reported") }
                // The manifest's own damage may accuse the files that it lists; a file's damage accuses nobody else.
                if file > 0, !found.problems.allSatisfy({ $0.contains(name) }) { problems.append("\(what): \(found.problems)") }
                if file == 0, !found.problems.contains(where: { $0.hasPrefix(name) }) {
                    problems.append("\(what): \(found.problems)")
                }
            } catch {
                if file > 0 || !error.path.hasSuffix("session.json") { problems.append("\(what): \(error)") }
            }
            if flip % repairEvery == 0 { try repair(folder, file, what, &problems) }
            // Repair may have cut files and made new ones.
            for index in files.indices where index == file || flip % repairEvery == 0 {
                try write(files[index], folder + "/" + Self.names[index])
            }
        }
        #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(5))")
        #expect(try SessionVerification(folder: folder).ok)
    }

    /// Repair ends, is told what stays, can be repeated, and hides nothing.
    private func repair(_ folder: String, _ file: Int, _ what: String, _ problems: inout [String]) throws {
        do {
            let repair = try SessionRepair(folder: folder)
            let after = try SessionVerification(folder: folder)
            if !after.complete { problems.append("\(what): not complete after repair") }
            // What repair could not mend is still reported; what it cut is in its report.
            if file > 0, after.ok, repair.cuts.isEmpty { problems.append("\(what): repair hides the damage") }
            if file == 0, repair.remade.isEmpty, after.ok { problems.append("\(what): repair hides the manifest's damage") }
            let again = try SessionRepair(folder: folder)
            if !again.cuts.isEmpty || !again.remade.isEmpty { problems.append("\(what): the second repair did \(again)") }
        } catch {
            problems.append("\(what): repair failed: \(error)")
        }
        let walk = FileManager.default.enumerator(atPath: folder)
        for case let name as String in walk! where name.contains(".cut") { unlink(folder + "/" + name) }
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test(arguments: [1, 2])
    func `verification finds each of 5,000 flipped bits and names the file, and repair hides none`(seed: UInt64) throws {
        try run(5000, seed: seed, repairEvery: 10)
    }
}
