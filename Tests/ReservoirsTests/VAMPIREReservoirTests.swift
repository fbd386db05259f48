import Foundation
import MagneticFilm
import RealTime
import Reservoirs
import Testing

/// A run folder and programs to run in it.
private final class Stand {
    let folder = NSTemporaryDirectory() + "larmor-stand-" + UUID().uuidString

    init(columns: Int = 3, rows: Int = 3) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try """
        dimensions:unit-cell-size = 3.47 !A
        material:file = film.mat
        dimensions:system-size-x = \(5 * columns - 1) !nm
        dimensions:system-size-y = \(5 * rows - 1) !nm
        dimensions:system-size-z = 0.1 !A
        cells:macro-cell-size = 5 !nm
        micromagnetic:discretisation = micromagnetic
        micromagnetic:integrator = llg
        sim:integrator = llg-heun
        sim:time-step = 100 !fs
        sim:time-steps-increment = 100
        sim:total-time-steps = 1000
        sim:temperature = 0
        dipole:solver = tensor
        sim:program = time-series
        """.write(toFile: folder + "/input", atomically: true, encoding: .utf8)
        try """
        material:num-materials = 1
        material[1]:damping-constant = 0.1
        material[1]:exchange-matrix[1] = 6.064e-21
        material[1]:atomic-spin-moment = 1.72 !muB
        material[1]:second-order-uniaxial-anisotropy-constant = 6.69e-24
        material[1]:initial-spin-direction = 1,0,0
        material[1]:micromagnetic-discretisation-enabled
        """.write(toFile: folder + "/film.mat", atomically: true, encoding: .utf8)
    }

    func program(_ script: String) throws -> String {
        let file = folder + "-" + UUID().uuidString + ".sh"
        try ("#!/bin/sh\n" + script + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        programs.append(file)
        return file
    }

    private var programs: [String] = []

    deinit { for file in programs + [folder] { try? FileManager.default.removeItem(atPath: file) } }
}

/// The larmor command of this build.
private let larmor: String? = {
    let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let candidates = [
        products.appendingPathComponent("larmor").path,
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../.build/release/larmor").path,
    ]
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
}()

@Suite struct VAMPIREReservoirTests {
    private static func drive(_ cells: Int, steps: Int) -> [Float] {
        (0..<cells * steps).map { Float(($0 * 37) % 41) / 100 - 0.2 }
    }

    /// The same film in this process, driven in the order of the study's program.
    private func expected(_ columns: Int, _ rows: Int, _ inputs: [Float]) throws -> [Float] {
        let film = try MacroCellFilm<Double>(
            MacroCellFilmConfiguration(rows: rows, columns: columns, material: .cobalt, damping: 0.1))
        let cells = rows * columns
        let place = (0..<cells).map { $0 % columns * rows + $0 / columns }
        let drives = stride(from: 0, to: inputs.count, by: cells).map { start in
            var drive = [Double](repeating: 0, count: cells)
            for cell in 0..<cells { drive[place[cell]] = Double(inputs[start + cell]) }
            return drive
        }
        return try film.studyRun(drives).flatMap { state in
            (0..<3 * cells).map { Float(state[$0 / cells * cells + place[$0 % cells]]) }
        }
    }

    private func compare(_ program: String, _ columns: Int, _ rows: Int) throws {
        let stand = try Stand(columns: columns, rows: rows)
        let reservoir = try VAMPIREReservoir(folder: stand.folder, program: program, seconds: patience)
        #expect(reservoir.inputs == columns * rows && reservoir.nodes == 3 * columns * rows)
        let inputs = Self.drive(reservoir.inputs, steps: 7)
        let whole = try reservoir.run(inputs)
        let expected = try expected(columns, rows, inputs)
        #expect(whole.count == expected.count)
        // The file has six significant digits.
        #expect(zip(whole, expected).map { abs($0 - $1) }.max() ?? 1 < 1e-5)

        // In two pieces it continues where it was.
        reservoir.reset(seed: 0)
        let cut = 3 * reservoir.inputs
        let pieces = try reservoir.run(Array(inputs[..<cut])) + reservoir.run(Array(inputs[cut...]))
        #expect(pieces == whole)
        // The folder is as it was.
        let names = try FileManager.default.contentsOfDirectory(atPath: stand.folder).sorted()
        #expect(names == ["film.mat", "input"])
    }

    @Test(
        .enabled(if: larmor != nil, "needs the larmor command, built in the same folder"), arguments: [(3, 3), (5, 2), (2, 4)])
    func `a stand-in that runs the folder with the larmor command answers as the film does`(columns: Int, rows: Int) throws {
        let stand = try Stand()
        let script = try stand.program("exec '\(larmor ?? "")' film run --vampire . --output reservoir_output.txt")
        try compare(script, columns, rows)
    }

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["LARMOR_VAMPIRE"] != nil,
            "needs the study's vampire-serial, named by LARMOR_VAMPIRE"), arguments: [(3, 3), (5, 2), (2, 4)])
    func `VAMPIRE itself answers as the film does`(columns: Int, rows: Int) throws {
        try compare(ProcessInfo.processInfo.environment["LARMOR_VAMPIRE"] ?? "", columns, rows)
    }

    @Test(arguments: [
        ("echo no licence; exit 3", "exit code 3"), ("echo hello", "wrote no reservoir_output.txt"),
        ("kill -9 $$", "signal 9"), ("exec sleep 30", "did not end within 0.3 s"),
    ])
    func `a program that fails is an error with its last words`(script: String, problem: String) throws {
        let stand = try Stand()
        let reservoir = try VAMPIREReservoir(
            folder: stand.folder, program: stand.program(script), seconds: script.hasPrefix("exec sleep") ? 0.3 : patience)
        do {
            _ = try reservoir.run(Self.drive(9, steps: 1))
            Issue.record("no error")
        } catch let error as VAMPIREReservoir.ProgramError {
            #expect(error.problem.contains(problem))
            if script.contains("licence") { #expect(error.output == "no licence") }
        }
    }

    @Test(arguments: ["1 2 3\n", "1 2 3 4 5 6 7 8 x\n", "1 2 3 4 5 6 7 8 9\n1 2 3 4 5 6 7 8 9\n", ""])
    func `an answer of the wrong shape is an error that names the file`(answer: String) throws {
        let stand = try Stand()
        let reservoir = try VAMPIREReservoir(
            folder: stand.folder, program: stand.program("printf '%s' '\(answer)' > reservoir_output.txt"), seconds: patience)
        do {
            _ = try reservoir.run(Self.drive(9, steps: 1))
            Issue.record("no error")
        } catch let error as VAMPIREError {
            #expect(error.file.hasSuffix("/reservoir_output.txt"))
        }
    }

    @Test func `a missing program and a missing folder are errors that name them`() throws {
        let stand = try Stand()
        #expect(throws: VAMPIREReservoir.ProgramError.self) {
            try VAMPIREReservoir(folder: stand.folder, program: stand.folder + "/nothing")
        }
        #expect(throws: VAMPIREError(.noSuchFile, file: "/nowhere/input")) {
            try VAMPIREReservoir(folder: "/nowhere", program: "/bin/sh")
        }
    }
}
