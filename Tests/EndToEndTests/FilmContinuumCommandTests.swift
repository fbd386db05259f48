import Foundation
import RealTime
import Testing

/// `larmor film run --model continuum` and `larmor film validate` as a user calls them.
struct FilmContinuumCommandTests {
    private struct Answer: Decodable {
        var samples: Int
        var cells: Int
        var filledCells: Int
        var simulatedSeconds: Double
        var mean: [Double]
        var files: [String]
        var warnings: [String]
        var stopped: Bool
    }

    private struct Validation: Decodable {
        struct Check: Decodable {
            var name: String
            var value: Double
            var reference: Double
            var tolerance: Double
            var pass: Bool
        }
        var checks: [Check]
        var pass: Bool
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = try temporaryFolder("film")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func `the quick validation passes and its JSON has name, value, reference, tolerance and verdict`() throws {
        let result = try Larmor.run("film", "validate", "--quick", "--json")
        #expect(result.status == 0)
        let table = try result.json(Validation.self)
        #expect(table.pass && table.checks.count >= 20)
        for check in table.checks {
            #expect(check.pass == (abs(check.value - check.reference) <= check.tolerance), "\(check.name)")
        }
    }

    @Test func `a pulse run writes averages, pictures, an animation and the last state`() throws {
        try inFolder { folder in
            let result = try Larmor.run(
                "film", "run", "--model", "continuum", "--size-nm", "60,40,3", "--cell-nm", "5,5,3", "--shape", "ellipse",
                "--pulse-t", "0,0.05,0", "--pulse-start-ps", "5", "--pulse-width-ps", "2", "--duration-ns", "0.02", "--output",
                "m.csv", "--plot", "p", "--animation", "a.png", "--frames", "5", "--ovf", "end.ovf", "--json", in: folder)
            #expect(result.status == 0, "\(result.messages)")
            let answer = try result.json(Answer.self)
            #expect(answer.samples == 21 && answer.cells == 96 && answer.filledCells < 96 && !answer.stopped)
            #expect(abs(answer.simulatedSeconds - 2e-11) < 1e-20 && answer.warnings.isEmpty)
            let lines = try String(contentsOfFile: folder + "/m.csv", encoding: .utf8).split(separator: "\n").dropFirst()
            let rows = lines.map { $0.split(separator: ",").compactMap { Double($0) } }
            #expect(rows.count == 21 && rows.allSatisfy { $0.count == 7 })
            #expect(zip(rows, rows.dropFirst()).allSatisfy { abs($1[0] - $0[0] - 1e-12) < 1e-20 })
            // The pulse's largest field stands at its centre.
            #expect(rows.map { $0[5] }.max() == 0.05 && rows[5][5] == 0.05)
            if let last = rows.last { #expect(zip(last[1...3], answer.mean).allSatisfy { abs($0 - $1) < 1e-9 }) }
            for file in ["p-start.png", "p-end.png", "a.png"] {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))
                #expect(bytes.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            }
            #expect(try String(contentsOfFile: folder + "/p.svg", encoding: .utf8).contains("time, ns"))
            #expect(answer.files.count == 6)

            let again = try Larmor.run(
                "film", "run", "--model", "continuum", "--initial", "end.ovf", "--duration-ns", "0.001", "--output", "n.csv",
                "--json", in: folder)
            let next = try again.json(Answer.self)
            #expect(next.cells == 96 && next.filledCells == answer.filledCells)
            let first = try String(contentsOfFile: folder + "/n.csv", encoding: .utf8).split(separator: "\n")[1]
            let start = first.split(separator: ",").compactMap { Double($0) }
            #expect(zip(start[1...3], answer.mean).allSatisfy { abs($0 - $1) < 1e-12 })
        }
    }

    @Test func `a run in Float is Double's to its rounding`() throws {
        try inFolder { folder in
            func mean(_ precision: String) throws -> [Double] {
                let result = try Larmor.run(
                    "film", "run", "--model", "continuum", "--precision", precision, "--size-nm", "60,40,3", "--relax",
                    "--field-t=-0.05,0.02,0", "--duration-ns", "0.05", "--output", "m.csv", "--json", in: folder)
                #expect(result.status == 0, "\(result.messages)")
                return try result.json(Answer.self).mean
            }
            let differences = zip(try mean("float"), try mean("double")).map { abs($0 - $1) }
            #expect(differences.max()! < 1e-4 && differences.max()! > 0)
        }
    }

    @Test func `bad input of a continuum run ends with its exit code and says what to do`() throws {
        try inFolder { folder in
            try "not a field".write(toFile: folder + "/bad.ovf", atomically: true, encoding: .utf8)
            try "0 0 0 nan\n".write(toFile: folder + "/field.csv", atomically: true, encoding: .utf8)
            try "saturation_Apm = 1e6\nexchange_Jpm = 1e-11\nalpha = 0.1\n".write(
                toFile: folder + "/m.toml", atomically: true, encoding: .utf8)
            let cases: [(options: [String], status: Int32, message: String)] = [
                (["--initial", "bad.ovf"], 65, "bad.ovf:1: expected"), (["--initial", "none.ovf"], 66, "no such file"),
                (["--field", "field.csv"], 65, "field.csv:1"), (["--material", "m.toml"], 65, "alpha"),
                (["--material", "none"], 66, "no such file"), (["--step-fs", "5000"], 65, "use a smaller step"),
                (["--damping", "2"], 65, "damping is 2.0"),
                (["--pulse-t", "0,0,1", "--pulse-width-ps", "0"], 65, "width"),
                (["--size-nm", "12,5,3"], 64, "whole number of cells"), (["--temperature", "300"], 64, "--step-fs"),
                (["--size-nm", "5,5"], 64, "--size-nm"), (["--duration-ns", "0"], 65, "duration"),
            ]
            for test in cases {
                let result = try RunningLarmor(
                    ["film", "run", "--model", "continuum", "--output", "x.csv"] + test.options, folder: folder
                ).wait()
                #expect(result.status == test.status, "\(test.options): \(result.messages)")
                #expect(result.messages.contains(test.message), "\(test.options): \(result.messages)")
            }
            let large = try Larmor.run(
                "film", "run", "--model", "continuum", "--cell-nm", "20,25,3", "--duration-ns", "0.001", "--output", "x.csv",
                in: folder)
            #expect(large.status == 0 && large.messages.contains("cells are 20.0 nm along x, the exchange length is 5.7 nm"))
        }
    }

    private static let films = URL(fileURLWithPath: rigs).deletingLastPathComponent().path + "/films"

    private struct Points: Decodable {
        var points: Int
        var cells: Int
    }

    @Test func `the example film file is followed, driven and looped`() throws {
        try inFolder { folder in
            let file = Self.films + "/bilayer.toml"
            let run = try Larmor.run(
                "film", "run", "--model", "continuum", "--film", file, "--duration-ns", "0.004", "--output", "m.csv", "--json",
                in: folder)
            #expect(run.status == 0, "\(run.messages)")
            let answer = try run.json(Answer.self)
            #expect(answer.cells == 1024 && answer.filledCells > 700 && answer.filledCells < 800)
            let loop = try Larmor.run(
                "film", "loop", "--film", file, "--largest-mt", "300", "--steps", "2", "--torque", "1000", "--output", "l.csv",
                "--json", in: folder)
            #expect(loop.status == 0, "\(loop.messages)")
            let points = try loop.json(Points.self)
            #expect(points.points == 5 && points.cells == answer.filledCells)
            try "0.1\n0\n".write(toFile: folder + "/drive.csv", atomically: true, encoding: .utf8)
            let driven = try Larmor.run(
                "film", "run", "--model", "continuum", "--film", file, "--input", "drive.csv", "--steps-per-input", "2",
                "--output", "states.csv", in: folder)
            #expect(driven.status == 0 && driven.output.contains("2 inputs, 1024 cells"), "\(driven.messages)")
        }
    }

    @Test func `a film loop takes known materials and material files`() throws {
        try inFolder { folder in
            try "base = \"permalloy\"\nuniaxial_Jpm3 = 1e4\nuniaxial_axis = [1, 0, 0]\n".write(
                toFile: folder + "/m.toml", atomically: true, encoding: .utf8)
            for material in ["permalloy", "Fe", "m.toml"] {
                let loop = try Larmor.run(
                    "film", "loop", "--material", material, "--length-nm", "20", "--width-nm", "10", "--thickness-nm", "5",
                    "--cell-nm", "5", "--steps", "2", "--torque", "1000", "--output", "l.csv", "--json", in: folder)
                #expect(loop.status == 0, "\(material): \(loop.messages)")
                #expect(try loop.json(Points.self).cells == 8)
            }
        }
    }

    @Test func `wrong films, missing files and doubled options end with their exit codes`() throws {
        try inFolder { folder in
            func write(_ text: String, _ name: String) throws {
                try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
            }
            let mesh = "material = \"Py\"\n[mesh]\ncells = [4, 4]\ncell_nm = [5, 5, 3]\n"
            try write(mesh, "good.toml")
            try write(mesh.replacing("[4, 4]", with: "[-4, 4]"), "negative.toml")
            try write(mesh + "[start]\nfile = \"none.ovf\"\n", "start.toml")
            try write(mesh + "[temperature]\nkelvin = 300\n", "hot.toml")
            try write(mesh.replacing("[4, 4]", with: "[1048576, 64]"), "huge.toml")
            try write(mesh.replacing("Py", with: "none.toml"), "material.toml")
            try write(mesh + "[[regoin]]\nmaterial = \"Co\"\n", "lists.toml")
            let current = "[current_across]\ndirection = [1, 0, 0]\npolarisation = 0.5\ndensity_Apm2 = 1e300\n"
            try write(mesh + current, "strong.toml")
            let run = ["film", "run", "--model", "continuum", "--output", "x.csv"]
            let loop = ["film", "loop", "--output", "x.csv"]
            let serve = ["simulate", "film", "--model", "continuum", "--film", "good.toml"]
            let cases: [(options: [String], status: Int32, message: String)] = [
                (run + ["--film", "none.toml"], 66, "none.toml: cannot be read: there is no such file"),
                (loop + ["--film", "none.toml"], 66, "none.toml"), (run + ["--field", "none.csv"], 66, "none.csv"),
                (run + ["--initial", "none.ovf"], 66, "none.ovf"), (run + ["--input", "none.csv"], 66, "none.csv"),
                (["film", "run", "--output", "x.csv", "--input", "none.csv"], 66, "none.csv"),
                (run + ["--film", "start.toml"], 66, "none.ovf"), (run + ["--film", "material.toml"], 66, "none.toml"),
                (loop + ["--material", "none"], 66, "one of Co, Fe, Ni, Py, permalloy"),
                (run + ["--film", "negative.toml"], 65, "negative.toml:3: “cells”"),
                (run + ["--film", "hot.toml"], 65, "add --step-fs"), (loop + ["--film", "hot.toml"], 65, "larmor film run"),
                (run + ["--film", "huge.toml"], 65, "GB are free"),
                (run + ["--size-nm", "200000,200000,3", "--cell-nm", "5,5,3"], 65, "at most 67108864"),
                (run + ["--film", "good.toml", "--cell-nm", "5,5,3"], 64, "--cell-nm is in the file of --film already"),
                (run + ["--film", "good.toml", "--material", "Co"], 64, "--material is in the file"),
                (run + ["--initial", "none.ovf", "--cell-nm", "5,5,3"], 64, "--cell-nm is in the file of --initial already"),
                (run + ["--film", "."], 66, "cannot be read"),
                (run + ["--film", "lists.toml"], 65, "lists.toml:5: unknown key"),
                (run + ["--film", "strong.toml"], 65, "strong.toml:8: “density_Apm2”"),
                (run + ["--field-t", "1e300,0,0"], 64, "--field-t must be from -10000 to 10000 T"),
                (loop + ["--film", "good.toml", "--width-nm", "5"], 64, "--width-nm is in the file"),
                (loop + ["--material", "Co", "--exchange", "1e-11"], 64, "--exchange is said by --material"),
                (["film", "run", "--output", "x", "--film", "good.toml", "--input", "y"], 64, "needs --model continuum"),
                (loop + ["--cell-nm", "nan"], 64, "--cell-nm must be above 0"), (loop + ["--lean", "nan"], 64, "--lean"),
                (run + ["--step-fs", "1e-300"], 64, "--step-fs"),
                (run + ["--cell-nm", "1e-300,5,3"], 65, "cells along one edge"),
                (run + ["--rows=-3", "--input", "good.toml"], 65, "ny is -3"),
                (["simulate", "film", "--rows", "9223372036854775807"], 64, "from 1 to 5000"),
                (["simulate", "film", "--model", "continuum", "--ordering", "study"], 64, "--ordering study"),
                (["simulate", "film", "--film", "good.toml"], 64, "--film needs --model continuum"),
                (serve + ["--damping", "0.1"], 64, "--damping is in the file of --film already"),
                (serve + ["--films", "1000"], 65, "good.toml: films × cells"),
                (loop + ["--thickness-nm=-1"], 64, "--thickness-nm must be above 0"),
                (loop + ["--largest-mt", "inf"], 64, "--largest-mt"),
            ]
            for test in cases {
                let result = try RunningLarmor(test.options, folder: folder).wait()
                #expect(result.status == test.status, "\(test.options): \(result.status) \(result.messages)")
                #expect(result.messages.contains(test.message), "\(test.options): \(result.messages)")
            }
        }
    }

    @Test func `Ctrl-C keeps the averages that were computed`() throws {
        try inFolder { folder in
            let run = try RunningLarmor(
                [
                    "film", "run", "--model", "continuum", "--cell-nm", "2.5,2.5,3", "--duration-ns", "1000", "--output",
                    "m.csv",
                ],
                folder: folder)
            #expect(waitUntil { (FileManager.default.contents(atPath: folder + "/m.csv") ?? Data()).count { $0 == 0x0A } > 2 })
            run.interrupt()
            let result = run.wait()
            #expect(result.status == 130, "\(result.messages)")
            let lines = try String(contentsOfFile: folder + "/m.csv", encoding: .utf8).split(separator: "\n")
            #expect(lines.count > 2)
        }
    }

    private static let python = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]
    /// Whether ubermag's package is there.
    private static let hasReader: Bool = {
        guard let python else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", "import importlib.util as u; exit(u.find_spec('discretisedfield') is None)"]
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(.enabled(if: hasReader, "needs discretisedfield in LARMOR_PYTHON"))
    func `ubermag reads our files in each form, and we read what it writes`() throws {
        try inFolder { folder in
            for form in ["text", "binary4", "binary8"] {
                _ = try Larmor.run(
                    "film", "run", "--model", "continuum", "--size-nm", "20,15,6", "--cell-nm", "5,5,3", "--duration-ns",
                    "0.001",
                    "--output", "m.csv", "--ovf", form + ".ovf", "--ovf-format", form, in: folder)
            }
            let script = """
                import sys, json, discretisedfield as df
                result = []
                for form, other in (("text", "txt"), ("binary4", "bin4"), ("binary8", "bin8")):
                    field = df.Field.from_file(sys.argv[1] + "/" + form + ".ovf")
                    field.to_file(sys.argv[1] + "/theirs-" + form + ".ovf", representation=other)
                    result.append([int(n) for n in field.mesh.n] + [float(c) for c in field.mesh.cell] + [float(v) for v in field.mean()])
                json.dump(result, open(sys.argv[1] + "/read.json", "w"))
                """
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Self.python ?? "")
            process.arguments = ["-W", "ignore", "-c", script, folder]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let read = try JSONDecoder().decode(
                [[Double]].self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/read.json")))
            let line = try String(contentsOfFile: folder + "/m.csv", encoding: .utf8).split(separator: "\n").last
            let mean = line?.split(separator: ",").compactMap { Double($0) }[1...3] ?? []
            for (form, values) in zip(["text", "binary4", "binary8"], read) {
                #expect(Array(values.prefix(3)) == [4, 3, 2])
                #expect(zip(values[3..<6], [5e-9, 5e-9, 3e-9]).allSatisfy { abs($0 - $1) < 1e-15 })
                #expect(zip(values[6..<9], mean).allSatisfy { abs($0 - $1) < 1e-6 }, "\(form): \(values), \(mean)")
                let ours = try Larmor.run(
                    "film", "run", "--model", "continuum", "--initial", "theirs-\(form).ovf", "--duration-ns", "0.001",
                    "--output",
                    "n.csv", "--json", in: folder)
                #expect(ours.status == 0, "\(ours.messages)")
                #expect(try ours.json(Answer.self).cells == 24)
            }
        }
    }
}
