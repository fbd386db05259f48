import FilmFiles
import Foundation
import MagneticFilm

extension FuzzTarget {
    /// Vector fields of other programs: what was read takes no more room than its bytes, and is the same after writing and reading.
    public static let ovf = FuzzTarget(
        name: "ovf",
        check: { bytes throws(FuzzFinding) in
            var read: OVFFile?
            try onFile(bytes, "ovf") { path throws(FuzzFinding) in read = try? OVFFile(file: path) }
            guard let file = read else { return }
            try require(
                6 * file.values.count <= bytes.count + 1,
                "\(file.values.count) cells in \(bytes.count) bytes")
            try require(
                file.values.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite },
                "a vector that is not finite")
            // A title may hold what a line cannot, and is a label only.
            var plain = file
            plain.title = "m"
            plain.unit = "1"
            guard let again = try? OVFFile([UInt8](plain.encoded()), file: "f") else {
                // Edges that overflow when they are written as the corners of the film.
                try require(
                    file.mesh.cellSize_m.max() > 1e290 || file.origin_m.max() > 1e290,
                    "what was written is refused")
                return
            }
            try require(
                again.values == file.values && again.mesh == file.mesh,
                "writing and reading changes the field")
        },
        seeds: {
            guard let mesh = try? FilmMesh(nx: 2, ny: 2, nz: 1, cellSize_m: SIMD3(5e-9, 4e-9, 3e-9))
            else { return [] }
            let values = [SIMD3(1.0, 0, 0), SIMD3(0, -0.5, 0.25), .zero, SIMD3(0.1, 0.2, 0.3)]
            let file = OVFFile(title: "m", mesh: mesh, values: values, time_s: 1e-9)
            return OVFFile.Representation.allCases.map { [UInt8](file.encoded($0)) }
        })

    /// A run folder of VAMPIRE: input, material file and sourcefield.txt, with zero bytes between them. Whatever file the input names, none
    /// outside of the folder is read.
    public static let vampireFolder = FuzzTarget(
        name: "vampire-folder",
        check: { bytes throws(FuzzFinding) in
            let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return }
            let files = zip(["input", "Co.mat", "sourcefield.txt"], parts).map { (name: $0, bytes: Array($1)) }
            var found: (VAMPIREGrid, VAMPIRERun)?
            // Large grids are for VAMPIRERun to refuse, not for this loop to build.
            try inFolder(files) { folder throws(FuzzFinding) in
                guard let grid = try? VAMPIREGrid(folder: folder), let run = try? VAMPIRERun(folder: folder) else { return }
                found = (grid, run)
            }
            guard let (grid, run) = found else { return }
            try require(run.cells == grid.cells, "\(run.cells) and \(grid.cells) cells")
            try require(
                2 * run.cells * (run.inputs.count + 2) <= bytes.count,
                "\(run.inputs.count) rows of \(run.cells) fields")
            let (steps, tooMany) = run.schedule.stepsPerInput.multipliedReportingOverflow(
                by: run.rows + 1)
            guard !tooMany, steps <= 2000, run.cells <= 64, let moments = try? run.moments() else {
                return
            }
            try require(
                moments.count == run.rows && moments.allSatisfy { $0.count == 3 * run.cells },
                "\(moments.count) rows of moments")
        },
        seeds: {
            let input = [
                "create:crystal-structure=sc", "dimensions:unit-cell-size = 3.47 !A",
                "material:file=Co.mat",
                "dimensions:system-size-x = 9 !nm", "dimensions:system-size-y = 9 !nm",
                "dimensions:system-size-z = 0.1 !A",
                "cells:macro-cell-size = 5 !nm", "micromagnetic:discretisation=micromagnetic",
                "micromagnetic:integrator=llg",
                "sim:time-step = 100 !fs", "sim:time-steps-increment = 10", "sim:total-time-steps = 40",
                "sim:temperature = 0",
                "sim:program = time-series", "dipole:solver = tensor", "output:real-time",
            ].joined(separator: "\n")
            let material = [
                "material:num-materials = 1", "material[1]:damping-constant=0.1",
                "material[1]:exchange-matrix[1]=6.064e-21",
                "material[1]:atomic-spin-moment=1.72 !muB", "material[1]:initial-spin-direction=1,0,0",
            ].joined(separator: "\n")
            let source = "1 1 2 2 -2\n1 2 1 2 -1\n" + (0..<4).map { "0.1 -0.2 0 0.05 \($0)\n" }.joined()
            let warm = input.replacingOccurrences(of: "temperature = 0", with: "temperature = 10")
            let leading = ["../victim", "../outside/a.wire", "/etc/passwd", "x/../../victim", "./Co.mat"].map {
                input.replacingOccurrences(of: "=Co.mat", with: "=" + $0)
            }
            return ([input, warm] + leading).map { Array(($0 + "\0" + material + "\0" + source).utf8) }
        })

    /// Film files: small ones are made, and hold unit vectors where they are filled.
    ///
    /// Paths in a film file begin at its folder and may lead out of it: a material or a state of magnetisation that it names may be read
    /// there. Nothing is read that it does not name, and nothing outside is made or changed. `@` stands for the folder around its own.
    public static let filmFile = FuzzTarget(
        name: "film-file",
        check: { bytes throws(FuzzFinding) in
            let text = String(decoding: bytes, as: UTF8.self)
            // The grid is as large as the file says; a loop of millions takes small ones.
            let size = text.split(whereSeparator: \.isNewline).filter { $0.contains("cells") }.map {
                line in
                line.split { !$0.isNumber }.compactMap { Double($0) }.reduce(1) { $0 * max(1, $1) }
            }.reduce(1, *)
            guard size <= 1000 else { return }
            let placed = text.replacingOccurrences(of: "@", with: Surroundings.ofThisThread().stage)
            let files = [
                ("own.toml", Array("base = \"Py\"\ndamping = 0.2\n".utf8)), ("start.ovf", smallState),
                ("f.toml", Array(placed.utf8)),
            ]
            // A name leads out of the folder by its slashes, or by what is escaped.
            let leadsOut = placed.contains { $0 == "/" || $0 == "\\" }
            var found: (FilmDescription, ContinuumFilm<Double>)?
            try inFolder(files, allowsReading: leadsOut) { folder throws(FuzzFinding) in
                guard let description = try? FilmDescription(contentsOf: folder + "/f.toml"),
                    description.mesh.cells <= 1000,
                    description.mesh.copies.x + description.mesh.copies.y <= 4,
                    let film = try? description.makeFilm(threads: 1, precision: Double.self)
                else { return }
                found = (description, film)
            }
            guard let (description, film) = found else { return }
            for cell in 0..<film.mesh.cells {
                let size = (film.m[cell] * film.m[cell]).sum()
                let isFilled = description.regions.cells[cell] >= 0
                try require(
                    isFilled ? abs(size - 1) < 1e-9 || size == 0 : size == 0, "m² is \(size) in cell \(cell)")
            }
            try require(
                film.stiffestFrequency_radps >= 0, "a bound of \(film.stiffestFrequency_radps) rad/s")
        },
        seeds: {
            let head = "material = \"Py\"\n[mesh]\ncells = [4, 3, 2]\ncell_nm = [4, 4, 3]\n"
            let flat = "[mesh]\ncells = [2, 2]\ncell_nm = [5, 4, 3]\n"
            return [
                head,
                "material = \"own.toml\"\n" + flat + "[start]\nfile = \"start.ovf\"\n",
                "material = \"../victim\"\n" + flat, "material = \"@/outside/a.wire\"\n" + flat,
                "material = \"Py\"\n" + flat + "[start]\nfile = \"../outside/a.wire\"\n",
                "material = \"Py\"\n" + flat + "[start]\nfile = \"@/victim\"\n",
                head
                    + "[[region]]\nname = \"low\"\nmaterial = \"Co\"\nshape = { kind = \"layer\", from_nm = 0, to_nm = 3 }\n"
                    + "direction = [0, 0, 1]\n[[coupling]]\nbetween = [\"film\", \"low\"]\nsurface_Jpm2 = -2e-4\n"
                    + "[[hole]]\nshape = { kind = \"ellipse\", centre_nm = [8, 6], radii_nm = [2, 2] }\n"
                    + "[vacancies]\nfraction = 0.1\n[grains]\nsize_nm = 8\neasy_axis = \"any\"\nuniaxial_spread = 0.1\n",
                "demagnetisation = false\n[material]\nbase = \"permalloy\"\ninterfacial_dmi_Jpm2 = 1e-3\n[mesh]\ncells = [2, 2]\n"
                    + "cell_nm = [4, 4, 3]\ncopies = [1, 0]\n[current_across]\ndensity_Apm2 = 1e11\npolarisation = 0.4\n"
                    + "direction = [1, 0, 0]\nfrom_ps = 1\nto_ps = 5\n[start]\nrandom_seed = 7\n",
            ].map { Array($0.utf8) }
        })

    /// Checkpoints of films: what is read is the same after writing and reading, and a film takes it or refuses it.
    public static let filmCheckpoint = FuzzTarget(
        name: "film-checkpoint",
        check: { bytes throws(FuzzFinding) in
            guard let checkpoint = try? FilmCheckpoint<Float>(Data(bytes), file: "f"), let film = small()
            else { return }
            _ = try? film.restore(checkpoint.state)
            let cells = checkpoint.state.components[0].count
            guard cells > 0,
                let mesh = try? FilmMesh(nx: cells, ny: 1, cellSize_m: SIMD3(repeating: 1e-9))
            else { return }
            guard let data = try? checkpoint.encoded(mesh: mesh),
                let again = try? FilmCheckpoint<Float>(data, file: "f")
            else {
                throw FuzzFinding("what was read cannot be written and read")
            }
            // Numbers that are none are not equal to themselves.
            try require(
                again.settings == checkpoint.settings && again.position == checkpoint.position,
                "writing changes it")
        },
        seeds: {
            guard let film = small() else { return [] }
            let checkpoint = FilmCheckpoint(
                state: film.state, position: .init(start_s: 0, next: 3), tableBytes: 100, relaxed: true,
                settings: ["--field-t": "0"])
            return [(try? checkpoint.encoded(mesh: film.mesh)).map { [UInt8]($0) } ?? []]
        })

    private static let smallState: [UInt8] = {
        guard let mesh = try? FilmMesh(nx: 2, ny: 2, nz: 1, cellSize_m: SIMD3(5e-9, 4e-9, 3e-9)) else { return [] }
        return [UInt8](
            OVFFile(title: "m", mesh: mesh, values: [SIMD3](repeating: SIMD3(0, 1, 0), count: 4), time_s: 0).encoded())
    }()

    private static func small() -> ContinuumFilm<Float>? {
        guard let mesh = try? FilmMesh(nx: 2, ny: 2, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)) else {
            return nil
        }
        return try? ContinuumFilm<Float>(mesh: mesh, material: .permalloy)
    }
}
