import Foundation

/// Brings a cut session into a state that every reader takes, and says what was cut.
///
/// Only tails are cut off; damage in the middle is left where it is, because readers go on behind it, and stays visible: a
/// file that was changed keeps the checksum that it had when it was closed, and so does one that is missing. What the files
/// do not show any more after a repair is kept in words in the manifest, and every later verification tells it. What is cut is
/// kept beside the file as `NAME.cut` (`NAME.cut2`, … in later repairs) and noted in the manifest. A repair that is interrupted can be
/// repeated.
///
/// Nothing outside of the folder is touched: names that lead out of it, links, FIFOs and devices are refused before anything is
/// changed. Files of any length take the same memory.
public struct SessionRepair: Codable, Sendable {
    public struct Cut: Codable, Sendable, Equatable {
        public var file: String
        public var bytes: Int
        /// Name of the file with what was cut.
        public var kept: String
    }

    public private(set) var cuts: [Cut] = []
    /// Damage that stays: in the middle of files, and files that are missing.
    public private(set) var remaining: [String] = []
    /// What was made anew, with what is lost by it.
    public private(set) var remade: [String] = []
    /// Nothing of the manifest could be read.
    private var isManifestNew = false

    private enum CodingKeys: String, CodingKey { case cuts, remaining, remade }

    /// - Throws: ``SessionError`` when the folder is no session, is being written, leads out of itself, or cannot be changed.
    public init(folder: String) throws(SessionError) {
        let lock = try SessionLock(folder: folder)
        defer { lock.release() }
        let isManifestWhole = SessionManifest.isWhole(folder: folder) != false
        var manifest = try manifest(folder)
        // A manifest that can still be read gets a new seal below, so that it was changed must be kept in words.
        if !isManifestWhole, !isManifestNew {
            keep("\(SessionManifest.fileName): it was changed before it was repaired; what it says may be wrong", in: &manifest)
        }
        let wires = manifest.devices.map(\.wire)
        for wire in wires where SessionFile.isThere(wire, in: folder) { try cutWire(wire, folder) }
        if SessionFile.isThere(SessionWriter.recordingName, in: folder) { try cutRecording(folder) }
        for name in [SessionWriter.eventsName, SessionAnnotations.fileName] where SessionFile.isThere(name, in: folder) {
            try cut(name, folder, to: SessionFile(name, in: folder).lastLineEnd())
        }
        let needed = wires + [SessionWriter.recordingName, SessionWriter.eventsName]
        for name in needed + [SessionAnnotations.fileName] { try note(name, &manifest, folder) }
        // Copies beside a recording that was cut off have no checksums yet.
        for name in SessionWriter.extraFiles(in: folder) where manifest.files[name] == nil && manifest.state == .recording {
            manifest.files[name] = try SessionWriter.checksum(name, in: folder)
        }
        for name in Set(needed).union(manifest.files.keys).sorted() where !SessionFile.isThere(name, in: folder) {
            remaining.append("\(name): missing")
        }
        if !cuts.isEmpty { manifest.cuts = (manifest.cuts ?? []) + cuts }
        manifest.state = .complete
        try manifest.write(folder: folder)
    }

    /// The folder's manifest; with fields made anew where these cannot be read, or a new one from what the recording and the wire logs
    /// tell. One that cannot be read is kept.
    private mutating func manifest(_ folder: String) throws(SessionError) -> SessionManifest {
        let path = folder + "/" + SessionManifest.fileName
        do {
            return try SessionManifest(folder: folder)
        } catch {
            // A name that leads out of the folder may be a bit that turned over, or a lie: a broken seal tells.
            let isDamaged =
                switch error.reason {
                case .damaged, .badField: true
                case .foreignName: SessionManifest.isWhole(folder: folder) == false
                default: false
                }
            guard isDamaged || error.reason == .manifestMissing else { throw error }
            if isDamaged, let salvage = try ManifestSalvage(folder: folder) {
                try salvage.manifest.checkFiles(folder)
                try renameDurably(path, folder + "/" + Self.freeName(SessionManifest.fileName, folder))
                remade = salvage.remade
                var manifest = salvage.manifest
                for text in remade { keep(text, in: &manifest) }
                return manifest
            }
            isManifestNew = true
            let manifest = try SessionManifest(reconstructing: folder)
            if isDamaged { try renameDurably(path, folder + "/" + Self.freeName(SessionManifest.fileName, folder)) }
            remade.append("\(SessionManifest.fileName): rig file, seed, subject and note are lost")
            remaining += manifest.damage ?? []
            return manifest
        }
    }

    /// Says what stays, and lets every later verification say it.
    private mutating func keep(_ text: String, in manifest: inout SessionManifest) {
        remaining.append(text)
        if manifest.damage?.contains(text) != true { manifest.damage = (manifest.damage ?? []) + [text] }
    }

    /// The checksum of a file that has its closed length stays: what was changed inside must still be seen. So does that of a file that
    /// is missing.
    private mutating func note(_ name: String, _ manifest: inout SessionManifest, _ folder: String) throws(SessionError) {
        guard SessionFile.isThere(name, in: folder) else { return }
        let found = try SessionWriter.checksum(name, in: folder)
        guard let closed = manifest.files[name] else {
            manifest.files[name] = found
            return
        }
        if closed.bytes == found.bytes {
            if closed.sha256 != found.sha256 {
                remaining.append("\(name): the content was changed after the session was closed (SHA-256 differs)")
            }
            return
        }
        if closed.bytes > found.bytes {
            keep("\(name): \(closed.bytes - found.bytes) bytes fewer than when it was closed", in: &manifest)
        } else {
            let begin = try SessionWriter.checksum(name, in: folder, length: closed.bytes)
            // An annotation whose manifest a power cut prevented is taken in.
            if name != SessionAnnotations.fileName || begin != closed {
                let what = begin == closed ? "" : ", and the content before them was changed"
                keep("\(name): \(found.bytes - closed.bytes) bytes more than when it was closed\(what)", in: &manifest)
            }
        }
        manifest.files[name] = found
    }

    private mutating func cutWire(_ name: String, _ folder: String) throws(SessionError) {
        var reader = try WireLogReader(name, in: folder)
        while reader.next() != nil {}
        let end = reader.lastRecordEnd
        let inside = reader.damages.filter { $0.offset < end }
        let others = reader.damageCount - reader.damages.count
        try cut(name, folder, to: end)
        remaining += inside.map { "\(name): byte \($0.offset): \($0.length) bytes are damaged" }
        if others > 0 { remaining.append("\(name): \(others) more damaged places") }
    }

    private mutating func cutRecording(_ folder: String) throws(SessionError) {
        let name = SessionWriter.recordingName
        let survey: XDFReader
        do {
            survey = try XDFReader.survey(session: folder)
        } catch {
            guard case .damaged = error.reason else { throw error }
            remaining.append(error.description)
            return
        }
        try cut(name, folder, to: survey.validLength)
        remaining += survey.problems.filter { $0.offset < survey.validLength }.map { "\(name): \($0)" }
    }

    /// Cuts a file; what is cut is on the disk under its new name before it goes from the old place.
    private mutating func cut(_ name: String, _ folder: String, to length: Int) throws(SessionError) {
        let file = try SessionFile(name, in: folder, access: O_RDWR)
        guard file.size > length else { return }
        let kept = Self.freeName(name, folder)
        try file.copyDurably(from: length, to: folder + "/" + kept)
        if file.hasOtherNames {
            // The file may also be one outside of the folder, or of a backup: this folder gets one of its own.
            try file.copyDurably(upTo: length, to: file.path)
        } else {
            guard ftruncate(file.descriptor, off_t(length)) == 0, fsync(file.descriptor) == 0 else {
                throw SessionError(path: file.path, reason: .system(call: "ftruncate", code: errno))
            }
        }
        cuts.append(Cut(file: name, bytes: file.size - length, kept: kept))
    }

    /// NAME.cut, or the first of NAME.cut2, … that is not taken.
    private static func freeName(_ name: String, _ folder: String) -> String {
        var kept = name + ".cut"
        var number = 2
        while SessionFile.isThere(kept, in: folder) {
            kept = "\(name).cut\(number)"
            number += 1
        }
        return kept
    }
}

extension SessionFile {
    /// Copies bytes to a path; they appear there when they are on the disk.
    fileprivate func copyDurably(from start: Int = 0, upTo end: Int = .max, to path: String) throws(SessionError) {
        let temporary = path + ".new"
        unlink(temporary)
        do throws(SessionError) {
            let copy = try AppendFile(creating: temporary)
            try forEachPiece(from: start, to: end) { bytes throws(SessionError) in try copy.append(bytes) }
            try copy.close()
        } catch {
            unlink(temporary)
            throw error
        }
        try renameDurably(temporary, path)
    }
}
