public import Foundation

/// Files inside a folder that somebody else may have made, as a model's: a FIFO or a device there would hold the reader for ever.
public enum RegularFile {
    /// The file's bytes; nil when it is not there or is no regular file. Links are followed.
    public static func contents(_ path: String) -> Data? {
        isThere(path) ? FileManager.default.contents(atPath: path) : nil
    }

    /// Whether there is such a file, or a link to one.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
