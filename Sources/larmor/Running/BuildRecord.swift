import Foundation
import Origin

/// Which program this is: its version, what it was built from, and the libraries that it runs with.
struct BuildRecord: Encodable {
    var version = LarmorVersion.text
    /// What stands beside a released program; absent in one that was built from sources.
    var release: Release?
    /// Shared libraries of this process, by the names of their files, which hold their versions.
    var libraries: [String]

    struct Release: Codable {
        var commit: String
        /// The package's version, which may be newer than the program's.
        var package: String
        /// The compiler's.
        var swift: String
    }

    static let fileName = "build.json"

    static var own: BuildRecord {
        let record = FileManager.default.contents(atPath: OwnProgram.sibling(fileName))
        return BuildRecord(
            release: record.flatMap { try? JSONDecoder().decode(Release.self, from: $0) }, libraries: loadedLibraries)
    }

    /// The loader shows files, with their links resolved.
    private static var loadedLibraries: [String] {
        // Such a file has no size; it has to be read to its end.
        let bytes = (try? ByteFile.bytes(of: "/proc/self/maps", atMost: 1 << 24)) ?? []
        let map = String(decoding: bytes, as: UTF8.self)
        let files = map.split(separator: "\n").compactMap { line in
            line.firstIndex(of: "/").map { String(line[$0...]) }
        }
        return Set(files.filter { $0.contains(".so") }.map { ($0 as NSString).lastPathComponent }).sorted()
    }

    /// For people.
    var text: String {
        guard let release else { return "\(version), built from sources" }
        return "\(version) (package \(release.package), commit \(release.commit), Swift \(release.swift))"
    }
}
