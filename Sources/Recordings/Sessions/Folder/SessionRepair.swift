import Foundation

/// Brings a cut session into a state that every reader takes, and says what was cut.
///
/// Only tails are cut off; damage in the middle is left where it is, because readers go on behind it, and stays visible: a
/// file that was changed keeps the checksum that it had when it was closed. What is cut is kept beside the file as
/// `NAME.cut` (`NAME.cut2`, … in later repairs) and noted in the manifest. A repair that is interrupted can be repeated.
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

    /// - Throws: ``SessionError`` when the folder is no session, is being written, or cannot be changed.
    public init(folder: String) throws(SessionError) {
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw SessionError(path: folder, reason: .system(call: "open", code: errno)) }
        defer { close(lock) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw SessionError(path: folder, reason: .inUse) }
        // By name, not by closing alone: a child that was just forked may still hold the descriptor.
        defer { flock(lock, LOCK_UN) }
        let isManifestWhole = SessionManifest.isWhole(folder: folder) != false
        var manifest = try manifest(folder)
        // A manifest that can still be read gets a new seal below, so that it was changed must be kept in words.
        if !isManifestWhole, remade.isEmpty {
            let text = "\(SessionManifest.fileName): it was changed before it was repaired; what it says may be wrong"
            remaining.append(text)
            manifest.damage = (manifest.damage ?? []) + [text]
        }
        for device in manifest.devices where isThere(device.wire, folder) { try cutWire(device.wire, folder) }
        if isThere(SessionWriter.recordingName, folder) { try cutRecording(folder) }
        for name in [SessionWriter.eventsName, SessionAnnotations.fileName] {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            try cut(folder + "/" + name, name: name, to: data.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
        }
        _ = isThere(SessionWriter.eventsName, folder)
        for name in manifest.devices.map(\.wire)
            + [SessionWriter.recordingName, SessionWriter.eventsName, SessionAnnotations.fileName]
        {
            try note(name, &manifest, folder)
        }
        if !cuts.isEmpty { manifest.cuts = (manifest.cuts ?? []) + cuts }
        manifest.state = .complete
        try manifest.write(folder: folder)
    }

    /// The folder's manifest, or a new one from what the recording and the wire logs tell. One that cannot be read is kept.
    private mutating func manifest(_ folder: String) throws(SessionError) -> SessionManifest {
        let path = folder + "/" + SessionManifest.fileName
        do {
            return try SessionManifest(folder: folder)
        } catch {
            if error.reason == .notASession { throw error }
            let manifest = try SessionManifest(reconstructing: folder)
            if error.reason != .manifestMissing { try renameDurably(path, path + ".cut") }
            remade.append("\(SessionManifest.fileName): rig file, seed, subject and note are lost")
            return manifest
        }
    }

    /// The checksum of a file that has its closed length stays: what was changed inside must still be seen.
    private mutating func note(_ name: String, _ manifest: inout SessionManifest, _ folder: String) throws(SessionError) {
        guard FileManager.default.fileExists(atPath: folder + "/" + name) else {
            manifest.files[name] = nil
            return
        }
        let found = try SessionWriter.checksum(folder + "/" + name)
        if let closed = manifest.files[name], closed.bytes == found.bytes {
            if closed.sha256 != found.sha256 {
                remaining.append("\(name): the content was changed after the session was closed (SHA-256 differs)")
            }
            return
        }
        if let closed = manifest.files[name], closed.bytes > found.bytes {
            remaining.append("\(name): \(closed.bytes - found.bytes) bytes fewer than when it was closed")
        }
        manifest.files[name] = found
    }

    private mutating func isThere(_ name: String, _ folder: String) -> Bool {
        if FileManager.default.fileExists(atPath: folder + "/" + name) { return true }
        remaining.append("\(name): missing")
        return false
    }

    private mutating func cutWire(_ name: String, _ folder: String) throws(SessionError) {
        let path = folder + "/" + name
        var reader = try WireLogReader(path: path)
        while reader.next() != nil {}
        try cut(path, name: name, to: reader.lastRecordEnd)
        remaining += reader.damages.filter { $0.offset < reader.lastRecordEnd }
            .map { "\(name): byte \($0.offset): \($0.length) bytes are damaged" }
    }

    private mutating func cutRecording(_ folder: String) throws(SessionError) {
        let path = folder + "/" + SessionWriter.recordingName
        let reader: XDFReader
        do {
            reader = try XDFReader(path: path, keepsValues: false)
        } catch {
            guard case .damaged = error.reason else { throw error }
            remaining.append(error.description)
            return
        }
        try cut(path, name: SessionWriter.recordingName, to: reader.validLength)
        remaining += reader.problems.filter { $0.offset < reader.validLength }
            .map { "\(SessionWriter.recordingName): \($0)" }
    }

    private mutating func cut(_ path: String, name: String, to length: Int) throws(SessionError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SessionError(path: path, reason: .system(call: "open", code: errno))
        }
        guard data.count > length else { return }
        var kept = name + ".cut"
        var number = 2
        while FileManager.default.fileExists(atPath: path.dropLast(name.utf8.count) + kept) {
            kept = "\(name).cut\(number)"
            number += 1
        }
        // On the disk under its new name before it goes from the old place.
        try replaceDurably(path.dropLast(name.utf8.count) + kept, with: Array(data[length...]))
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SessionError(path: path, reason: .system(call: "open", code: errno)) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(length)) == 0, fsync(descriptor) == 0 else {
            throw SessionError(path: path, reason: .system(call: "ftruncate", code: errno))
        }
        cuts.append(Cut(file: name, bytes: data.count - length, kept: kept))
    }
}
