import Foundation

/// Real recordings that may lie beside a checkout: a folder `shared/data` in or above the current folder, or the one that
/// LARMOR_SHARED_DATA names.
enum SharedData {
    /// A real Cyton recording in OpenBCI's text form; nil when there is none.
    static var cytonRecording: String? { file("cyton/blinks-jaw-clench-alpha.txt.gz") }

    /// The folder itself; nil when there is none.
    static var folder: String? { file("") }

    private static func file(_ name: String) -> String? {
        var folders: [URL] = []
        if let set = ProcessInfo.processInfo.environment["LARMOR_SHARED_DATA"] {
            folders.append(URL(fileURLWithPath: set))
        }
        var place = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        while true {
            folders.append(place.appendingPathComponent("shared/data"))
            guard place.path != "/" else { break }
            place.deleteLastPathComponent()
        }
        return folders.map { $0.appendingPathComponent(name).path }.first { FileManager.default.fileExists(atPath: $0) }
    }
}
