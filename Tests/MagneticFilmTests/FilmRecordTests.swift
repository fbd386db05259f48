import Foundation
import MagneticFilm
import Testing

/// The founding study's published run, where it is at hand.
enum FilmRecord {
    /// The material file of the record.
    static let material = FilmMaterial(
        name: "record", moment_muB: 2.344712, anisotropy_J: 3.889522e-25, exchange_J: 2.534925e-21,
        source: "MaterialMan/Spinspired, batch0/core0, Co.mat")

    static var folder: URL? {
        var starts = [
            URL(fileURLWithPath: FileManager.default.currentDirectoryPath), URL(fileURLWithPath: #filePath),
        ]
        if let set = ProcessInfo.processInfo.environment["LARMOR_SHARED_DATA"] {
            let folder = URL(fileURLWithPath: set).appendingPathComponent("film-record")
            if FileManager.default.fileExists(atPath: folder.path) { return folder }
        }
        for index in starts.indices {
            while starts[index].path != "/" {
                let folder = starts[index].appendingPathComponent("shared/data/film-record")
                if FileManager.default.fileExists(atPath: folder.path) { return folder }
                starts[index].deleteLastPathComponent()
            }
        }
        return nil
    }

    static func numbers(_ file: String) throws -> [[Double]] {
        guard let folder else { return [] }
        let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        return text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }.filter {
            !$0.isEmpty
        }
    }
}

@Suite struct FilmRecordTests {
    @Test(.enabled(if: FilmRecord.folder != nil, "needs shared/data/film-record beside the checkout"))
    func `all values of the study's published run are met`() throws {
        let source = try FilmRecord.numbers("sourcefield.txt")
        let output = try FilmRecord.numbers("reservoir_output.txt")
        let inputs = source.dropFirst(2).map { Array($0.prefix(100)) }
        let film = try MacroCellFilm<Double>(
            MacroCellFilmConfiguration(material: FilmRecord.material, damping: 0.07205369))
        let rows = try film.studyRun(Array(inputs))
        #expect(output.count == 3 * rows.count)
        var worst = 0.0
        for (t, row) in rows.enumerated() {
            for axis in 0..<3 {
                for cell in 0..<100 {
                    let reference = output[axis * rows.count + t][cell] / film.moments[cell]
                    worst = max(worst, abs(row[axis * 100 + cell] - reference))
                }
            }
        }
        #expect(worst < 1e-5)
    }
}
