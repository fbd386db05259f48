import Foundation
import MagneticFilm
import Testing

/// A run folder made by the test.
final class RunFolder {
    let path = NSTemporaryDirectory() + "larmor-vampire-" + UUID().uuidString

    /// - Parameters:
    ///   - input, material: lines that replace those with the same key, or are added.
    ///   - fields: rows of the source file; by default 4 rows for 2 × 2 cells.
    init(input: [String: String] = [:], material: [String: String] = [:], source: String? = nil) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var keys = [
            "create:crystal-structure": "sc", "dimensions:unit-cell-size": "3.47 !A", "material:file": "Co.mat",
            "dimensions:system-size-x": "9 !nm", "dimensions:system-size-y": "9 !nm",
            "dimensions:system-size-z": "0.1 !A", "cells:macro-cell-size": "5 !nm",
            "micromagnetic:discretisation": "micromagnetic", "micromagnetic:integrator": "llg",
            "sim:time-step": "100 !fs", "sim:time-steps-increment": "100", "sim:temperature": "0",
            "sim:total-time-steps": "500", "dipole:solver": "tensor", "sim:program": "time-series",
            "output:time-steps": "",
        ]
        keys.merge(input) { $1 }
        var lines = ["#system"]
        for (key, value) in keys.sorted(by: { $0.key < $1.key }) where value != "-" {
            lines.append(value.isEmpty ? key : "\(key) = \(value) ")
        }
        try lines.joined(separator: "\n").write(toFile: path + "/input", atomically: true, encoding: .utf8)
        var properties = [
            "material:num-materials": "1", "material[1]:damping-constant": "0.1",
            "material[1]:exchange-matrix[1]": "6.064e-21", "material[1]:atomic-spin-moment": "1.72 !muB",
            "material[1]:second-order-uniaxial-anisotropy-constant": "6.69e-24",
            "material[1]:initial-spin-direction": "1,0,0", "material[1]:material-name": "Co",
        ]
        properties.merge(material) { $1 }
        try properties.sorted { $0.key < $1.key }.filter { $0.value != "-" }.map { "\($0.key)=\($0.value)" }
            .joined(separator: "\r\n").write(toFile: path + "/Co.mat", atomically: true, encoding: .utf8)
        let fields = "1 1 2 2 -2\n1 2 1 2 -1\n0.1 0 -0.2 0.3 0\n0 0 0 0 1\n0.2 0.1 0 0 2\n-0.1 0.1 -0.1 0.1 3\n"
        try (source ?? fields).write(toFile: path + "/sourcefield.txt", atomically: true, encoding: .utf8)
    }

    /// The lines of `input`, to find a key's number.
    func line(of key: String, in file: String = "input") throws -> Int {
        let text = try String(contentsOfFile: path + "/" + file, encoding: .utf8)
        let lines = text.split(whereSeparator: { $0.isNewline })
        return (lines.firstIndex { $0.hasPrefix(key) } ?? -1) + 1
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct VAMPIRERunTests {
    /// Largest difference of two runs relative to the cells' moments.
    private func difference(_ run: VAMPIRERun, _ file: String) throws -> Double {
        let theirs = try VAMPIREOutput.read(file, cells: run.cells)
        let ours = try run.moments()
        #expect(ours.count == theirs.count)
        let film = try MacroCellFilm<Double>(run.configuration, allowsLargeTurns: true)
        let moments = FilmRecord.studyOrder(film.moments, rows: run.configuration.rows, columns: run.configuration.columns)
        var worst = 0.0
        for (a, b) in zip(ours, theirs) {
            for k in a.indices where moments[k % run.cells] > 0 {
                worst = max(worst, abs(a[k] - b[k]) / moments[k % run.cells])
            }
            for k in a.indices where moments[k % run.cells] == 0 { #expect(b[k] == 0 && a[k] == 0) }
        }
        return worst
    }

    @Test(.enabled(if: FilmRecord.folder != nil, "needs shared/data/film-record"))
    func `the study's own run folder gives the study's own output`() throws {
        guard let folder = FilmRecord.folder?.path else { return }
        let run = try VAMPIRERun(folder: folder)
        #expect(run.rows == 275 && run.cells == 100)
        #expect(try difference(run, folder + "/reservoir_output.txt") < 1e-5)
        // The layout too: the same number of lines and words, and every number written as the program writes it.
        let theirs = try String(contentsOfFile: folder + "/reservoir_output.txt", encoding: .utf8)
        let written = try VAMPIREOutput.text(VAMPIREOutput.read(folder + "/reservoir_output.txt", cells: 100))
        #expect(String(decoding: written, as: UTF8.self) == theirs)
    }

    /// Folders that VAMPIRE itself has run: other sizes, materials, steps.
    private static let folders: [String] = {
        guard let parent = ProcessInfo.processInfo.environment["LARMOR_VAMPIRE_RUNS"] else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        return names.sorted().map { parent + "/" + $0 }.filter {
            FileManager.default.fileExists(atPath: $0 + "/reservoir_output.txt")
        }
    }()

    @Test(
        .enabled(if: !folders.isEmpty, "needs folders with runs of VAMPIRE in the folder that LARMOR_VAMPIRE_RUNS names"),
        arguments: folders)
    func `other films give what VAMPIRE gives`(folder: String) throws {
        let worst = try difference(VAMPIRERun(folder: folder), folder + "/reservoir_output.txt")
        print("\(folder.split(separator: "/").last ?? ""): largest difference \(worst)")
        #expect(worst < 1e-5)
    }
}
