import Foundation
import MagneticFilm
import Testing

@Suite struct VAMPIREFilesTests {
    private func failure(_ folder: RunFolder) -> VAMPIREError? {
        do {
            _ = try VAMPIRERun(folder: folder.path)
            return nil
        } catch {
            return error
        }
    }

    @Test func `sizes, cells, steps and units are read as the program reads them`() throws {
        // 19 nm and 0.3 µm in cells of 5 nm are 4 and 61 cells (the program adds 0.01 Å and rounds up); 1500 steps in
        // increments of 50 are 29 answered inputs.
        let cells = 4 * 61
        let row = (0..<cells).map { _ in "0.5" }.joined(separator: " ")
        let ones = (0..<cells).map { _ in "1" }.joined(separator: " ")
        let source = "\(ones) -2\n\(ones) -1\n" + (0..<30).map { "\(row) \($0) \n" }.joined()
        let folder = try RunFolder(
            input: [
                "dimensions:system-size-x": "19 !nm # comment", "dimensions:system-size-y": "0.3 !um",
                "sim:time-step": "0.05 !ps", "sim:time-steps-increment": "50", "sim:total-time-steps": "1500",
                "sim:applied-field-strength": "200 !mT", "sim:applied-field-unit-vector": "0,3,4",
            ],
            material: [
                "material[1]:exchange-matrix[1]": "10 !meV", "material[1]:atomic-spin-moment": "1.8548018e-23 !J/T",
                "material[1]:initial-spin-direction": "0, 0, -2",
            ], source: source)
        let run = try VAMPIRERun(folder: folder.path)
        #expect(run.configuration.columns == 4 && run.configuration.rows == 61)
        #expect(run.rows == 29 && run.inputs.count == 29)
        #expect(abs(run.configuration.timeStep_s - 5e-14) < 1e-28)
        // 10 meV with the program's 1.602176487e-22 J, and two of its Bohr magnetons.
        #expect(abs(run.configuration.material.exchange_J - 1.602176487e-21) < 1e-36)
        #expect(abs(run.configuration.material.moment_muB - 2) < 1e-6)
        #expect(run.initialDirection == SIMD3(0, 0, -1))
        let field = run.appliedField_T - SIMD3(0, 0.12, 0.16)
        #expect((field * field).sum() < 1e-30)
        // All sources stand on the first cell: their fields add.
        #expect(run.inputs[0][0] == 0.5 * Double(cells) && run.inputs[0][1] == 0)
        #expect(run.warnings.isEmpty)
    }

    @Test(arguments: [
        ("sim:time-step", "100 !parsec"), ("sim:time-step", "fast"), ("sim:time-step", "1e-3"), ("sim:time-step", ""),
        ("sim:time-steps-increment", "0"), ("sim:time-steps-increment", "1.5"), ("sim:total-time-steps", "-4"),
        ("sim:temperature", "-1"), ("sim:program", "curie-temperature"), ("create:crystal-structure", "fcc"),
        ("micromagnetic:discretisation", "atomistic"), ("dimensions:system-size-x", "nan"),
        ("dimensions:system-size-z", "0.01"), ("dimensions:unit-cell-size", "1e99"), ("cells:macro-cell-size", "-5 !nm"),
        ("dipole:solver", "fft"), ("dipole:field-update-rate", "0"), ("sim:applied-field-unit-vector", "0,0,0"),
        ("create:cylinder", ""), ("create:periodic-boundaries-x", "true"), ("material:unit-cell-file", "a.ucf"),
        // The run folder holds the file: nobody's folder leads to another one of this machine.
        ("material:file", "../Co.mat"), ("material:file", "/etc/hostname"), ("material:file", "a/../../Co.mat"),
    ])
    func `a key that cannot be used is named with its line`(key: String, value: String) throws {
        let folder = try RunFolder(input: [key: value])
        let failure = try #require(self.failure(folder))
        #expect(failure.file == folder.path + "/input")
        #expect(try failure.line == folder.line(of: key))
        #expect(failure.description.contains(key))
    }

    @Test(arguments: [
        ("material[1]:damping-constant", "11"), ("material[1]:exchange-matrix[1]", "x"),
        ("material[1]:atomic-spin-moment", "1.72 !T"), ("material[1]:initial-spin-direction", "random"),
        ("material[1]:density", "0.9"), ("material[1]:uniaxial-anisotropy-direction", "1,0,0"),
        ("material:num-materials", "2"), ("material[1]:geometry-file", "cutout.geo"),
    ])
    func `a material that cannot be used is named with its line`(key: String, value: String) throws {
        let folder = try RunFolder(material: [key: value])
        let failure = try #require(self.failure(folder))
        #expect(failure.file == folder.path + "/Co.mat")
        #expect(try failure.line == folder.line(of: key, in: "Co.mat"))
    }

    @Test(arguments: [
        "sim:time-step", "material:file", "cells:macro-cell-size", "sim:program", "sim:temperature", "micromagnetic:integrator",
        "dimensions:system-size-y",
    ])
    func `a missing key is named with an example`(key: String) throws {
        let folder = try RunFolder(input: [key: "-"])
        let failure = try #require(self.failure(folder))
        guard case .missingKey(let missing, let example) = failure.reason else {
            Issue.record("\(failure)")
            return
        }
        #expect(missing == key && example.contains(key))
    }

    @Test func `missing files are named`() throws {
        for file in ["input", "Co.mat", "sourcefield.txt"] {
            let folder = try RunFolder()
            try FileManager.default.removeItem(atPath: folder.path + "/" + file)
            #expect(failure(folder) == VAMPIREError(.noSuchFile, file: folder.path + "/" + file))
        }
    }

    @Test(arguments: [
        ("", 1), ("1 1 2 2 -2\n1 2 1 2 -1\n0 0 0 0 0\n0 0 0\n", 4), ("1 1 2 2 -2\n1 2 1 2 -1\n0 0 x 0 0\n", 3),
        ("1 1 2 2 -2\n1 2 1 2 -1\n0 0 inf 0 0\n", 3), ("1 1 9 2 -2\n1 2 1 2 -1\n0 0 0 0 0\n", 1),
        ("0 0 0 0 0\n0 0 0 0 1\n", 1), ("1 1 2 2 -2\n1 2 1 2 -1\n0 0 0 0 0\n", 0), ("\u{FF}\u{FE}rubbish\n", 1),
    ])
    func `a damaged source file is named with its line`(source: String, line: Int) throws {
        let folder = try RunFolder(source: source)
        let failure = try #require(self.failure(folder))
        #expect(failure.file == folder.path + "/sourcefield.txt")
        #expect(failure.line == line)
    }

    @Test func `cut and flipped files give an error or a run, never a crash`() throws {
        let whole = try RunFolder()
        for file in ["input", "Co.mat", "sourcefield.txt"] {
            let path = whole.path + "/" + file
            let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
            for trial in 0..<200 {
                var damaged = bytes
                if trial < bytes.count, trial % 2 == 0 {
                    damaged.removeLast(trial * bytes.count / 200)
                } else {
                    let place = (trial * 7919) % bytes.count
                    damaged[place] = UInt8(truncatingIfNeeded: trial * 31 + 128)
                }
                try Data(damaged).write(to: URL(fileURLWithPath: path))
                if let run = try? VAMPIRERun(folder: whole.path) { #expect(run.inputs.count == run.rows) }
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        #expect(self.failure(whole) == nil)
    }

    @Test func `unknown keys of the simulation are reported and ignored`() throws {
        let folder = try RunFolder(input: ["sim:weather": "sunny"])
        let run = try VAMPIRERun(folder: folder.path)
        #expect(run.warnings.map { $0.line } == [try folder.line(of: "sim:weather")])
    }

    @Test func `a time step that is too long is a warning, as the program takes it`() throws {
        let folder = try RunFolder(input: ["sim:time-step": "2 !ps"])
        let run = try VAMPIRERun(folder: folder.path)
        #expect(run.warnings.count == 1)
        #expect(try run.moments().count == run.rows)
    }

    @Test func `numbers are written as the program's output stream writes them`() {
        // C++ streams write six significant digits in the shorter of fixed and scientific notation (ISO C++ [ostream], %g).
        let text = VAMPIREOutput.text([[4.890694e-21, 0, 1, -4.5663e-21, 1e-5, 123456.7]])
        #expect(String(decoding: text, as: UTF8.self) == "4.89069e-21 0 \n1 -4.5663e-21 \n1e-05 123457 \n")
    }
}
