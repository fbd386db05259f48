import Foundation

/// Where the files of a sweep are: `NAME.sqlite`, the store, and `NAME.points`, with a folder for each point.
public struct SweepPlace: Sendable, Equatable {
    public let store: String
    /// Absolute: points may run on other machines.
    public let points: String

    /// - Parameters:
    ///   - file: the sweep file, or a store.
    ///   - output: a folder; nil for the file's own.
    public init(file: String, output: String? = nil) {
        let url = URL(fileURLWithPath: file)
        let stem =
            ["toml", "sqlite"].contains(url.pathExtension)
            ? url.deletingPathExtension().lastPathComponent : url.lastPathComponent
        var folder = output ?? (file.contains("/") ? String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) : ".")
        if folder.isEmpty { folder = "/" }
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        let base = (folder == "." ? "" : folder == "/" ? "/" : folder + "/") + stem
        store = base + ".sqlite"
        points = URL(fileURLWithPath: base + ".points").standardizedFileURL.path
    }

    /// Of a report.
    public var page: String { (store.hasSuffix(".sqlite") ? String(store.dropLast(7)) : store) + ".html" }

    /// Of one point.
    public func folder(_ number: Int) -> String { "\(points)/\(number)" }

    var slurm: String { points + "/slurm" }
}
