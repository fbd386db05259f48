import Foundation
import Sessions
import Signals
import Testing

/// Session folders that somebody damaged or made with intent, at random by seed. Verification must not call a folder whole that has lost
/// something, neither before nor after a repair, and nothing outside of the folder may change.
struct DamagedFolderTests {
    private static let names = ["session.json", "recording.xdf", "wire/headset.wire", "events.jsonl", "annotations.jsonl"]

    /// A folder with a session that is whole, and a victim beside it.
    private struct Stage {
        let scratch = ScratchFolder()
        let files: [String: Data]
        let victim = Data((0..<4000).map { UInt8(truncatingIfNeeded: $0) })
        var folder: String { scratch("s") }

        init() throws {
            try SmallSession(blocks: 5, gapBefore: 2).write(scratch("base"))
            try SessionAnnotations.add(
                SessionAnnotation(created: Date(timeIntervalSince1970: 1_700_000_100), text: "electrode Cz touched", at: 0.25),
                to: scratch("base"))
            var files: [String: Data] = [:]
            for name in DamagedFolderTests.names { files[name] = try Data(contentsOf: Stage.url(scratch("base/" + name))) }
            self.files = files
        }

        static func url(_ path: String) -> URL { URL(fileURLWithPath: path) }

        /// A copy that is whole.
        func reset() throws {
            for path in [folder, scratch("victim"), scratch("victims")] { try? FileManager.default.removeItem(atPath: path) }
            try FileManager.default.copyItem(atPath: scratch("base"), toPath: folder)
            try FileManager.default.createDirectory(atPath: scratch("victims"), withIntermediateDirectories: false)
            try victim.write(to: Stage.url(scratch("victim")))
            try victim.write(to: Stage.url(scratch("victims/headset.wire")))
        }

        /// What lies beside the folder and should not.
        var harm: [String] {
            get throws {
                var found: [String] = []
                for name in ["victim", "victims/headset.wire"] where try Data(contentsOf: Stage.url(scratch(name))) != victim {
                    found.append("\(name) was changed")
                }
                let beside = Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path))
                if beside != ["base", "s", "victim", "victims"] { found.append("beside the folder: \(beside)") }
                let inside = try FileManager.default.contentsOfDirectory(atPath: scratch("victims"))
                if inside != ["headset.wire"] { found.append("among the victims: \(inside)") }
                return found
            }
        }

        /// Files that do not hold what they held.
        var lost: [String] {
            DamagedFolderTests.names.dropFirst().filter { name in
                var state = stat()
                guard lstat(folder + "/" + name, &state) == 0, state.st_mode & S_IFMT == S_IFREG else { return true }
                return FileManager.default.contents(atPath: folder + "/" + name) != files[name]
            }
        }
    }

    private static let manifestLies: [(String, String)] = [
        ("\"wire\" : \"wire/headset.wire\"", "\"wire\" : \"../victim\""),
        ("\"wire\" : \"wire/headset.wire\"", "\"wire\" : \"/proc/self/mem\""),
        ("\"wire\" : \"wire/headset.wire\"", "\"wire\" : \"session.json\""), ("\"wire/headset.wire\" :", "\"../victim\" :"),
        ("\"recording.xdf\" :", "\"recording.xdf/../../victim\" :"), ("\"events.jsonl\" :", "\"./events.jsonl\" :"),
    ]

    /// Does something to the folder.
    /// - Returns: what.
    private func damage(_ stage: Stage, _ random: inout SplitMix64) throws -> String {
        let name = Self.names[random.integer(below: Self.names.count)]
        let path = stage.folder + "/" + name
        // What lies behind a link is not this folder's any more: nothing is damaged there.
        var folder = stat()
        let isBehindLink =
            name.hasPrefix("wire/") && lstat(stage.folder + "/wire", &folder) == 0 && folder.st_mode & S_IFMT == S_IFLNK
        if isBehindLink { return "nothing" }
        func change(_ body: (inout Data) -> Void) throws {
            var state = stat()
            guard lstat(path, &state) == 0, state.st_mode & S_IFMT == S_IFREG else { return }
            var data = try Data(contentsOf: Stage.url(path))
            guard !data.isEmpty else { return }
            body(&data)
            // Not in place: the file may have become another name of the victim.
            unlink(path)
            try data.write(to: Stage.url(path))
        }
        func replace(_ body: () -> Void) {
            try? FileManager.default.removeItem(atPath: path)
            body()
        }
        switch random.integer(below: 12) {
        case 0:
            try change { $0.removeLast(1 + random.integer(below: $0.count)) }
            return "\(name) cut"
        case 1:
            try change { $0[random.integer(below: $0.count)] ^= 1 << UInt8(random.integer(below: 8)) }
            return "\(name) flipped"
        case 2:
            try? FileManager.default.removeItem(atPath: path)
            return "\(name) deleted"
        case 3:
            replace { symlink(stage.scratch("victim"), path) }
            return "\(name) a link to the victim"
        case 4:
            replace { symlink("/dev/zero", path) }
            return "\(name) a link to /dev/zero"
        case 5:
            replace { mkfifo(path, 0o600) }
            return "\(name) a FIFO"
        case 6:
            replace { link(stage.scratch("victim"), path) }
            return "\(name) another name of the victim"
        case 7:
            try? FileManager.default.removeItem(atPath: stage.folder + "/wire")
            symlink(stage.scratch("victims"), stage.folder + "/wire")
            return "wire a link to the victims"
        case 8:
            let (place, lie) = Self.manifestLies[random.integer(below: Self.manifestLies.count)]
            let file = Stage.url(stage.folder + "/session.json")
            if let text = try? String(contentsOf: file, encoding: .utf8), text.contains(place) {
                unlink(file.path)
                try text.replacingOccurrences(of: place, with: lie).write(to: file, atomically: false, encoding: .utf8)
            }
            return "session.json: \(lie)"
        case 9:
            try change { $0 += (0..<(1 + random.integer(below: 60))).map { _ in UInt8(random.integer(below: 256)) } }
            return "\(name) longer"
        case 10:
            replace { _ = mkdir(path, 0o755) }
            return "\(name) a folder"
        default:
            let other = stage.files[Self.names[random.integer(below: Self.names.count)]] ?? Data()
            try change { $0 = other }
            return "\(name) another file's content"
        }
    }

    /// What a verification says: nil when the folder is whole.
    private func fault(_ folder: String) -> String? {
        do {
            let found = try SessionVerification(folder: folder)
            return found.ok ? nil : found.problems.joined(separator: "; ")
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [1, 2, 3, 4])
    func `of 500 folders damaged at random none is called whole that is not, before and after a repair`(seed: UInt64) throws {
        let stage = try Stage()
        try stage.reset()
        #expect(fault(stage.folder) == nil)
        var random = SplitMix64(seed: seed)
        var faults: [String] = []
        for round in 0..<500 {
            try stage.reset()
            let what = try (0..<(1 + random.integer(below: 2))).map { _ in try damage(stage, &random) }.joined(separator: ", ")
            let lostBefore = stage.lost
            let manifest = FileManager.default.contents(atPath: stage.folder + "/session.json")
            let isDamaged = !lostBefore.isEmpty || manifest != stage.files["session.json"]
            let before = fault(stage.folder)
            if isDamaged, before == nil { faults.append("\(round): \(what): not seen before the repair") }
            _ = try? SessionRepair(folder: stage.folder)
            let after = fault(stage.folder)
            // A file that had grown and was cut back to what it was is whole.
            let lost = stage.lost
            if !lost.isEmpty, after == nil { faults.append("\(round): \(what): \(lost) not seen after the repair") }
            if manifest != stage.files["session.json"], after == nil { faults.append("\(round): \(what): manifest not seen") }
            _ = try? SessionRepair(folder: stage.folder)
            if (fault(stage.folder) == nil) != (after == nil) { faults.append("\(round): \(what): a second repair hides it") }
            for harm in try stage.harm { faults.append("\(round): \(what): \(harm)") }
        }
        #expect(faults.isEmpty, "\(faults.count): \(faults.prefix(6))")
    }

    @Test func `a name in the manifest that leads out of the folder is refused by every reader, with its entry`() throws {
        let stage = try Stage()
        for (place, lie) in Self.manifestLies.dropLast(2) {
            try stage.reset()
            let file = Stage.url(stage.folder + "/session.json")
            var text = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(of: place, with: lie)
            // A broken seal would tell that it was damaged.
            if let seal = text.range(of: ",\n  \"seal\"") { text = text[..<seal.lowerBound] + "\n}" }
            try text.write(to: file, atomically: false, encoding: .utf8)
            for error in [
                #expect(throws: SessionError.self) { try SessionRepair(folder: stage.folder) },
                #expect(throws: SessionError.self) { try SessionVerification(folder: stage.folder) },
                #expect(throws: SessionError.self) { try Recording(session: stage.folder) },
            ] {
                let words = lie.split(separator: "\"").map(String.init).last { $0.contains(".") || $0.contains("/") } ?? ""
                #expect(error?.description.contains("“\(words)”") == true, "\(lie): \(String(describing: error))")
                #expect(error?.path == file.path)
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == text)
            #expect(try stage.harm.isEmpty)
        }
    }

    @Test(arguments: ["recording.xdf", "wire/headset.wire", "events.jsonl", "annotations.jsonl", "session.json", "wire"])
    func `a link in the place of a file is named and never followed`(name: String) throws {
        let stage = try Stage()
        try stage.reset()
        let path = stage.folder + "/" + name
        try FileManager.default.removeItem(atPath: path)
        symlink(stage.scratch(name == "wire" ? "victims" : "victim"), path)
        let error = #expect(throws: SessionError.self) { try SessionRepair(folder: stage.folder) }
        #expect(error?.path == path && error?.description.contains("a symbolic link") == true, "\(String(describing: error))")
        #expect(fault(stage.folder)?.contains("a symbolic link") == true)
        #expect(try stage.harm.isEmpty)
    }

    @Test func `a closed recording that was cut and a deleted file of remarks stay missing after repairs and new remarks`()
        throws
    {
        let stage = try Stage()
        try stage.reset()
        let size = try Data(contentsOf: Stage.url(stage.folder + "/recording.xdf")).count
        #expect(truncate(stage.folder + "/recording.xdf", size / 2) == 0)
        unlink(stage.folder + "/annotations.jsonl")
        for _ in 0..<2 {
            _ = try SessionRepair(folder: stage.folder)
            let problems = try SessionVerification(folder: stage.folder).problems
            #expect(problems.contains { $0.contains("recording.xdf: ") && $0.contains("bytes fewer than when it was closed") })
            #expect(problems.contains { $0.hasPrefix("annotations.jsonl: missing") }, "\(problems)")
        }
        try SessionAnnotations.add(SessionAnnotation(created: Date(), text: "new"), to: stage.folder)
        let problems = try SessionVerification(folder: stage.folder).problems
        #expect(problems.contains { $0.hasPrefix("annotations.jsonl: it was missing") }, "\(problems)")
    }

    @Test func `a missing file that comes back whole heals the session`() throws {
        let stage = try Stage()
        try stage.reset()
        unlink(stage.folder + "/annotations.jsonl")
        _ = try SessionRepair(folder: stage.folder)
        #expect(fault(stage.folder)?.contains("annotations.jsonl: missing") == true)
        try stage.files["annotations.jsonl"]?.write(to: Stage.url(stage.folder + "/annotations.jsonl"))
        #expect(fault(stage.folder) == nil)
    }

    @Test func `a file with another name outside is cut in a copy, the other name keeps its content`() throws {
        let stage = try Stage()
        try stage.reset()
        let path = stage.folder + "/wire/headset.wire"
        let handle = try FileHandle(forWritingTo: Stage.url(path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("torn".utf8))
        try handle.close()
        #expect(link(path, stage.scratch("outside")) == 0)
        let repair = try SessionRepair(folder: stage.folder)
        #expect(repair.cuts.map(\.bytes) == [4])
        #expect(
            try Data(contentsOf: Stage.url(stage.scratch("outside"))).count == (stage.files["wire/headset.wire"]?.count ?? 0)
                + 4)
        #expect(fault(stage.folder) == nil)
    }

    @Test func `a header's channels do not cost more memory than the file could fill`() throws {
        var file = RawXDF()
        for id in 1...60 { file.header(UInt32(id), "s\(id)", channels: 1_000_000, rate: 100, format: "float32") }
        let scratch = ScratchFolder()
        try file.write(scratch("wide.xdf"))
        let begin = peakMemory()
        let reader = try XDFReader(path: scratch("wide.xdf"))
        #expect(reader.streams.isEmpty)
        #expect(reader.problems.count == 60)
        #expect(peakMemory() - begin < 32 << 20)
    }

    /// Bytes.
    private func peakMemory() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}
