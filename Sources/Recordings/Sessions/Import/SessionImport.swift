import Foundation
import Signals

/// Makes a session folder of a recording that another program made.
///
/// `recording.xdf` holds the samples; the file that was read lies unchanged under `source/`. There is no wire log: such a session
/// can be exported and used for training, and a replay of it starts at the samples.
public struct SessionImport {
    /// What the reader had to say about the file: cut tails, damage, missing parts.
    public let remarks: [String]

    /// - Parameters:
    ///   - path: a file that ``Recording/init(contentsOf:clocks:)`` reads.
    ///   - folder: the session's folder, which must not exist or be empty.
    ///   - subject: nil takes the file's.
    ///   - version: of this program, for the manifest.
    /// - Throws: ``SessionError``.
    public init(_ path: String, to folder: String, subject: String? = nil, version: String) throws(SessionError) {
        var isFolder = ObjCBool(false)
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            let isSession = (try? SessionManifest(folder: path)) != nil
            throw SessionError(
                path: path,
                reason: .noFile(
                    isSession
                        ? "it is a session already: copy the folder, or import its recording.xdf"
                        : "it is a folder; an import reads one file"))
        }
        let recording = try Recording(contentsOf: path)
        remarks = recording.remarks
        let start = recording.start ?? Date()
        var manifest = SessionManifest(
            larmor: version, created: start, anchor: recording.anchor(start), seed: 0, subject: subject ?? recording.subject,
            note: Self.note(path, remarks), rig: "", rigName: "import")
        manifest.dateUnknown = recording.start == nil ? true : nil
        // Nothing has to be closed in a hurry here: no space is kept free.
        let writer = try SessionWriter(
            folder: folder, manifest: manifest, devices: [],
            origin: .imported(hasDate: recording.start != nil, metadata: recording.metadata), freeBytesMinimum: 0)
        do throws(SessionError) {
            try writer.xdf.append(recording, events: writer.markers)
            try Self.copySource(path, to: folder + "/source")
            try writer.close()
        } catch {
            // Half a session would look like one.
            writer.discard(folders: ["source"])
            throw error
        }
    }

    /// The first remarks stay with the session.
    private static func note(_ path: String, _ remarks: [String]) -> String {
        let first = remarks.prefix(5) + (remarks.count > 5 ? ["\(remarks.count - 5) more remarks"] : [])
        return (["imported from \(URL(fileURLWithPath: path).lastPathComponent)"] + first).joined(separator: "; ")
    }

    /// The file, and those that belong to it (BrainVision).
    private static func copySource(_ path: String, to folder: String) throws(SessionError) {
        var paths = [path]
        if let header = try? BrainVisionText(path), let files = try? BrainVisionFiles(header, path: path),
            Recording.isBrainVision(path)
        {
            paths += [files.data] + (files.markers.map { [$0] } ?? [])
        }
        try makeFolderDurably(folder)
        var copied: Set<String> = []
        for path in paths where FileManager.default.fileExists(atPath: path) {
            let name = URL(fileURLWithPath: path).lastPathComponent
            if copied.insert(name).inserted { try copyDurably(path, to: folder + "/" + name) }
        }
    }
}
