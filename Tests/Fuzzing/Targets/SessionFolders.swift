import Foundation
import Sessions
import Signals

extension FuzzTarget {
    /// A whole session folder: manifest, recording, wire log, events, annotations, and what may stand in their places.
    ///
    /// Sections: a byte that names the file (the low three bits) and what it is (the next three: a file; a link to a file outside; a FIFO; a
    /// link to /dev/zero; a second name of a file outside; a folder), two bytes of length, and the content.
    public static let sessionFolder = FuzzTarget(
        name: "session-folder",
        check: { bytes throws(FuzzFinding) in
            let surroundings = Surroundings.ofThisThread()
            let folder = surroundings.folder
            mkdir(folder + "/wire", 0o700)
            lay(bytes, folder, surroundings.victim, surroundings.outside)
            surroundings.listen()
            _ = try? SessionVerification(folder: folder)
            let repair = try? SessionRepair(folder: folder)
            let after = try? SessionVerification(folder: folder)
            if let repair {
                try require(after?.complete == true, "not complete after a repair")
                let told = repair.remaining.filter {
                    $0.contains("missing") || $0.contains("fewer") || $0.contains("more than")
                }
                try require(told.isEmpty || after?.ok == false, "a repair hides \(told)")
                let again = try? SessionRepair(folder: folder)
                try require(again?.cuts.isEmpty == true, "a second repair cuts \(again?.cuts.description ?? "and fails")")
                try require((try? SessionVerification(folder: folder))?.ok == after?.ok, "a second repair changes the verdict")
            }
            _ = try? Recording(session: folder)
            try surroundings.check()
        },
        seeds: {
            let names = ["session.json", "recording.xdf", "wire/a.wire", "events.jsonl", "annotations.jsonl"]
            let path = scratch("seed-session")
            try? FileManager.default.removeItem(atPath: path)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let anchor = WallClockAnchor(host: HostTime(nanoseconds: 1_000_000), utcNanoseconds: 1_700_000_000_000_000_000)
            let manifest = SessionManifest(
                larmor: "seed", created: Date(timeIntervalSince1970: 1_700_000_000), anchor: anchor, seed: 1, subject: nil,
                note: nil,
                rig: "", rigName: "seed")
            guard let writer = try? SessionWriter(folder: path, manifest: manifest, devices: [("a", "cyton")]) else {
                return []
            }
            try? Array("{}".utf8).withUnsafeBytes {
                try writer.append(wire: .configuration, device: 0, body: $0, at: HostTime(nanoseconds: 2_000_000))
            }
            try? writer.append(line: "{}")
            try? writer.close()
            try? SessionAnnotations.add(
                SessionAnnotation(created: Date(timeIntervalSince1970: 1_700_000_000), text: "hi"), to: path)
            let files = names.map { Array(FileManager.default.contents(atPath: path + "/" + $0) ?? Data()) }
            let whole = files.enumerated().flatMap { section(UInt8($0), $1) }
            // Without its seal, a manifest may say anything.
            let text = String(decoding: files[0], as: UTF8.self)
            let lies = ["../victim", "/dev/zero", "wire/../../victim"].map { name in
                section(0, Array(text.replacing("wire/a.wire", with: name).replacing("\"seal\"", with: "\"lead\"").utf8))
                    + files.enumerated().dropFirst().flatMap { section(UInt8($0), $1) }
            }
            let others = (1...5).flatMap { kind in (0..<6).map { whole + section(UInt8($0 + kind * 8), []) } }
            let cut = files.enumerated().flatMap { section(UInt8($0), Array($1.dropLast($0 == 0 ? 0 : 7))) }
            return [whole, cut] + lies + others
        })
}

private func section(_ head: UInt8, _ content: [UInt8]) -> [UInt8] {
    [head, UInt8(content.count & 255), UInt8(content.count >> 8 & 255)] + content
}

/// Puts what the bytes say into the folder.
private func lay(_ bytes: UnsafeRawBufferPointer, _ folder: String, _ victim: String, _ outside: String) {
    let names = [
        "session.json", "recording.xdf", "wire/a.wire", "events.jsonl", "annotations.jsonl", "wire", "source/x", "model/x",
    ]
    var rest = bytes[...]
    var count = 0
    while rest.count >= 3, count < 24 {
        count += 1
        let head = rest.removeFirst()
        let length = Int(rest.removeFirst()) | Int(rest.removeFirst()) << 8
        let content = Array(rest.prefix(length))
        rest = rest.dropFirst(length)
        let name = names[Int(head & 7)]
        let path = folder + "/" + name
        if name.contains("/") { mkdir(folder + "/" + name.prefix { $0 != "/" }, 0o700) }
        // The folder of wire logs may have become a link, or no folder at all: nothing is laid behind it.
        var state = stat()
        if name.hasPrefix("wire/"), lstat(folder + "/wire", &state) == 0, state.st_mode & S_IFMT != S_IFDIR { continue }
        try? FileManager.default.removeItem(atPath: path)
        switch head >> 3 & 7 {
        case 1: symlink(name == "wire" ? outside : victim, path)
        case 2: mkfifo(path, 0o600)
        case 3: symlink("/dev/zero", path)
        case 4: link(victim, path)
        case 5: mkdir(path, 0o700)
        default: if name != "wire" { write(content, path) }
        }
    }
}
