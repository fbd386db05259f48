import Foundation
import Sessions

/// The files of a session folder by their sizes.
struct SessionFiles {
    /// Regular files below the folder, relative to it.
    private(set) var files: [(name: String, bytes: Int)] = []
    var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

    /// - Parameter folder: links in it are not followed.
    init(folder: String) { add(folder, "") }

    private mutating func add(_ folder: String, _ prefix: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        for name in names.sorted() {
            var state = stat()
            guard lstat(folder + "/" + name, &state) == 0 else { continue }
            if state.st_mode & S_IFMT == S_IFDIR {
                add(folder + "/" + name, prefix + name + "/")
            } else {
                files.append((prefix + name, Int(state.st_size)))
            }
        }
    }

    /// What differs first between the sizes of the files and what the manifest says; contents are not read.
    static func firstDifference(_ manifest: SessionManifest, folder: String) -> String? {
        for (name, file) in manifest.files.sorted(by: { $0.key < $1.key }) {
            var state = stat()
            guard lstat(folder + "/" + name, &state) == 0 else { return "\(name) is missing" }
            guard state.st_mode & S_IFMT == S_IFREG else { return "\(name) is no plain file" }
            guard UInt64(state.st_size) == file.bytes else {
                return "\(name): \(state.st_size) bytes, \(file.bytes) when it was closed"
            }
        }
        return nil
    }
}
