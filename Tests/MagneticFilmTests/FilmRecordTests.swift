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

    /// Values of our cells (x runs fastest) in the order of the study's files (y runs fastest).
    static func studyOrder(_ values: [Double], rows: Int, columns: Int) -> [Double] {
        (0..<columns).flatMap { i in (0..<rows).map { j in values[j * columns + i] } }
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
    /// The largest deviations of a film of ours from the record, relative to the cell's moment, for each row.
    private func deviations<Scalar: MacroCellScalar>(
        _ scalar: Scalar.Type, _ set: InstructionSet = .best
    ) throws -> [Double] {
        let source = try FilmRecord.numbers("sourcefield.txt")
        let output = try FilmRecord.numbers("reservoir_output.txt")
        let film = try MacroCellFilm<Scalar>(
            MacroCellFilmConfiguration(material: FilmRecord.material, damping: 0.07205369),
            instructionSet: set)
        let rows = try film.studyRun(source.dropFirst(2).map { Array($0.prefix(100)) })
        #expect(rows.count == 275 && output.count == 3 * rows.count)
        let moments = FilmRecord.studyOrder(film.moments, rows: 10, columns: 10)
        return rows.enumerated().map { t, row in
            (0..<300).map { abs(row[$0] - output[$0 / 100 * rows.count + t][$0 % 100] / moments[$0 % 100]) }
                .max() ?? 0
        }
    }

    @Test(
        .enabled(if: FilmRecord.folder != nil, "needs shared/data/film-record"),
        arguments: InstructionSet.available)
    func `all values of the study's published run are met`(set: InstructionSet) throws {
        // The file has 6 significant digits; issue and study ask for 1e-5.
        #expect(try deviations(Double.self, set).max() ?? 1 < 1e-5)
    }

    @Test(
        .enabled(if: FilmRecord.folder != nil, "needs shared/data/film-record"),
        arguments: InstructionSet.available)
    func `single precision stays within 1e-4 of the published run`(set: InstructionSet) throws {
        // Rounding is 6e-8; where the film is unstable (around input 100) it grows some hundredfold, and then is forgotten.
        // Half of all rows stay within twice the last digit of the file.
        let rows = try deviations(Float.self, set)
        let worst = rows.indices.max { rows[$0] < rows[$1] } ?? 0
        print(
            "Float against the record, \(set): \(rows[worst]) at input \(worst), median \(rows.sorted()[rows.count / 2])"
        )
        #expect(rows[worst] < 1e-4)
        #expect(rows.sorted()[rows.count / 2] < 4e-6)
    }
}
