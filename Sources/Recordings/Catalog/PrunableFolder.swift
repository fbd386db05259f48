import Foundation
import Sessions

/// A folder that may be deleted, because all that is in it is a session's.
struct PrunableFolder {
    let folder: String

    init(_ folder: String) { self.folder = folder }

    private static let names: Set = [
        manifest, SessionWriter.recordingName, SessionWriter.eventsName, SessionAnnotations.fileName,
    ]
    private static let manifest = "session.json"

    /// Why the folder must stay; nil when it may go.
    var obstacle: String? {
        guard SessionFolders.isSession(folder), Self.isFolder(folder) else { return "it is no session folder" }
        guard isOurs else { return "neither its manifest nor its recording was written by Larmor" }
        guard !SessionLock.isHeld(folder: folder) else { return "it is being written to" }
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return "it cannot be read"
        }
        for name in entries.sorted() where !isKnown(name) { return "“\(name)” in it is no part of a session" }
        let manifest = try? SessionManifest(folder: folder)
        for name in filesBelow() where !isOurs(name, manifest) { return "“\(name)” in it is no part of a session" }
        return nil
    }

    /// Files in the folders, relative to the session's.
    private func filesBelow() -> [String] {
        let walk = FileManager.default.enumerator(atPath: folder)
        return (walk?.compactMap { $0 as? String } ?? []).filter { $0.contains("/") && !Self.isFolder(folder + "/" + $0) }
            .sorted()
    }

    /// Files that Larmor names itself, wherever they stand in the folder of a model or a readout.
    private static let partsOfModels: Set = [
        "model.json", "model.safetensors", "adapter.safetensors", "readout.json", "readout.safetensors", "readout.bin",
        "certificate.json",
    ]

    /// What the manifest names, what repair keeps of it, and of a session that was not closed what has the names of its parts.
    private func isOurs(_ name: String, _ manifest: SessionManifest?) -> Bool {
        let own = Self.withoutCut(name)
        if manifest?.files[own] != nil || manifest?.devices.contains(where: { $0.wire == own }) == true { return true }
        if own.hasPrefix("wire/") { return own.hasSuffix(".wire") && own.count { $0 == "/" } == 1 }
        guard manifest?.state != .complete, SessionWriter.isCopy(own), !own.hasPrefix("source/") else { return false }
        return own.split(separator: "/").last.map { Self.partsOfModels.contains(String($0)) } ?? false
    }

    /// A name without what ``SessionRepair`` adds to that of what it cut, or a power cut left of a file that was being replaced.
    private static func withoutCut(_ name: String) -> String {
        if name.hasSuffix(".new") { return withoutCut(String(name.dropLast(4))) }
        guard let cut = name.ranges(of: ".cut").last, name[cut.upperBound...].allSatisfy(\.isNumber) else { return name }
        return String(name[..<cut.lowerBound])
    }

    /// A manifest that can be read, or a recording with the anchor that Larmor's own have.
    private var isOurs: Bool {
        if (try? SessionManifest(folder: folder)) != nil { return true }
        let recording = try? XDFReader(session: folder, options: .init(keepsValues: false))
        return recording?.anchor != nil
    }

    private func isKnown(_ name: String) -> Bool {
        let isFolder = Self.isFolder(folder + "/" + name)
        if name == "wire" || SessionWriter.isCopyFolder(name) { return isFolder }
        if isFolder { return false }
        return Self.names.contains { known in
            // What repair keeps of a file (NAME.cut, NAME.cut2, …), and what a power cut leaves of one that was being replaced.
            guard name.hasPrefix(known) else { return false }
            let rest = name.dropFirst(known.count)
            return rest.isEmpty || rest == ".new" || (rest.hasPrefix(".cut") && rest.dropFirst(4).allSatisfy(\.isNumber))
        }
    }

    /// Deletes the folder, and before it the links beside it that lead into it.
    /// - Throws: ``SessionError``; what has been deleted until then stays deleted.
    func remove() throws(SessionError) {
        if let obstacle { throw SessionError(path: folder, reason: .unsupported("it is not deleted: " + obstacle)) }
        let lock = try SessionLock(folder: folder)
        defer { lock.release() }
        let manager = FileManager.default
        do {
            for link in RecordingLinks(session: folder).paths { try manager.removeItem(atPath: link) }
            for name in try manager.contentsOfDirectory(atPath: folder) where name != Self.manifest {
                try manager.removeItem(atPath: folder + "/" + name)
            }
            if manager.fileExists(atPath: folder + "/" + Self.manifest) {
                try manager.removeItem(atPath: folder + "/" + Self.manifest)
            }
        } catch {
            throw SessionError(path: folder, reason: .unsupported("it cannot be deleted: \(error.localizedDescription)"))
        }
        guard rmdir(folder) == 0 else { throw SessionError(path: folder, reason: .system(call: "rmdir", code: errno)) }
    }

    private static func isFolder(_ path: String) -> Bool {
        var state = stat()
        return lstat(path, &state) == 0 && state.st_mode & S_IFMT == S_IFDIR
    }
}
