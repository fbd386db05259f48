import Foundation
import Testing

/// `larmor reservoir search --film` as a user calls it.
struct FilmFileSearchTests {
    private struct Summary: Decodable { var individuals: Int }

    private struct Shown: Decodable {
        struct Again: Decodable { var same: Bool }
        var again: Again?
    }

    @Test func `a search among the maps of a film of a file knows the file and what it names again`() throws {
        let folder = try temporaryFolder("search-file")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let material = "name = \"m\"\nsaturation_Apm = 8e5\nexchange_Jpm = 1.3e-11\ndamping = 0.1\n"
        let film = "material = \"m.toml\"\n[mesh]\ncells = [4, 4, 1]\ncell_nm = [5, 5, 5]\n"
        try material.write(toFile: folder + "/m.toml", atomically: true, encoding: .utf8)
        try film.write(toFile: folder + "/f.toml", atomically: true, encoding: .utf8)
        func run(_ evaluations: Int, _ more: [String] = []) throws -> Larmor.Result {
            let arguments = [
                "reservoir", "search", "run", "--by", "random", "--task", "narma10", "--length", "400", "--film", "f.toml",
                "--contacts", "2x2", "--steps-per-input", "10", "--evaluations", "\(evaluations)", "--output", "s.sqlite",
                "--json",
            ]
            return try RunningLarmor(arguments + more, folder: folder).wait()
        }
        let first = try run(2)
        #expect(first.status == 0, "\(first.messages)")
        #expect(try first.json(Summary.self).individuals == 2)
        #expect(try run(3).json(Summary.self).individuals == 3)
        let shown = try Larmor.run("reservoir", "search", "show", "s.sqlite", "--again", "--json", in: folder)
        #expect(try shown.json(Shown.self).again?.same == true, "\(shown.messages)")
        let other = try run(3, ["--readings", "2"])
        #expect(other.status == 65 && other.messages.contains("--readings"), "\(other.messages)")
        #expect(try run(3, ["--cells", "9"]).status == 64)
        // Another material is another film, though the film file is the same.
        try material.replacingOccurrences(of: "8e5", with: "7e5").write(
            toFile: folder + "/m.toml", atomically: true, encoding: .utf8)
        let changed = try run(3)
        #expect(changed.status == 65 && changed.messages.contains("--film"), "\(changed.messages)")
        let again = try Larmor.run("reservoir", "search", "show", "s.sqlite", "--again", in: folder)
        #expect(again.status == 65 && again.messages.contains("f.toml"), "\(again.messages)")
    }
}
