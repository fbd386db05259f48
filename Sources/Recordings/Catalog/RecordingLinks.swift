import Foundation
import Sessions

/// Links that the remote control sets beside a session's folder: `NAME.xdf` leads to `NAME/recording.xdf`, because a program that
/// named a file looks for it there.
struct RecordingLinks {
    /// Of this session, by the alphabet.
    let paths: [String]

    /// - Parameter session: the folder; links that lead elsewhere, or to it in other words, are somebody's own.
    init(session: String) {
        let folder = SessionCatalog.absolute(session)
        let name = URL(fileURLWithPath: folder).lastPathComponent
        let above = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        let manager = FileManager.default
        let entries = (try? manager.contentsOfDirectory(atPath: above)) ?? []
        paths = entries.sorted().filter { entry in
            entry.count == name.count + 4 && entry.hasPrefix(name) && entry.lowercased().hasSuffix(".xdf")
                && (try? manager.destinationOfSymbolicLink(atPath: above + "/" + entry))
                    == name + "/" + SessionWriter.recordingName
        }.map { (above == "/" ? "" : above) + "/" + $0 }
    }
}
