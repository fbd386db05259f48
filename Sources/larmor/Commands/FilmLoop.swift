import ArgumentParser
import Failures
import FilmFiles
import Foundation
import Logging
import MagneticFilm
import Outputs
import Plots

struct FilmLoop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loop", abstract: "Computes the hysteresis loop of a continuum film: lets it come to rest at each field.",
        discussion: """
            Example: larmor film loop --output loop.csv --plot loop.svg
            Example: larmor film loop --along y --cell-nm 10 --output long.csv
            Example: larmor film loop --shape ellipse --length-nm 200 --width-nm 100 --thickness-nm 5 --cell-nm 5 \
            --largest-mt 100 --output ellipse.csv
            Example: larmor film loop --film films/bilayer.toml --largest-mt 300 --output bilayer.csv

            The defaults are muMAG's standard problem 1: permalloy, 1 × 2 µm × 20 nm, ±50 mT one degree off an edge. The field \
            falls from its largest value to the opposite one and comes back; a line of the output is field, mean of m, and \
            whether the film came to rest. With --film the file describes the whole film; options about the film are then errors.
            """)

    enum Outline: String, ExpressibleByArgument, CaseIterable { case rectangle, ellipse }
    enum Axis: String, ExpressibleByArgument, CaseIterable { case x, y, z }

    @Option(help: "File for the table.")
    var output: String

    @Option(help: "File for a plot, .svg or .png.")
    var plot: String?

    @Option(help: "A film file: grid, materials, regions, couplings, defects; see films/README.md.")
    var film: String?

    @Option(help: "Edge along x, nanometre. (default: 1000)")
    var lengthNm: Double?

    @Option(help: "Edge along y, nanometre. (default: 2000)")
    var widthNm: Double?

    @Option(help: "Thickness, nanometre; one layer of cells. (default: 20)")
    var thicknessNm: Double?

    @Option(help: "Edge of a cell in the plane, nanometre. (default: 20)")
    var cellNm: Double?

    @Option(help: "Outline: \(Outline.allCases.map(\.rawValue).joined(separator: ", ")). (default: rectangle)")
    var shape: Outline?

    @Option(help: "Material: \(ContinuumMaterial.names.joined(separator: ", ")), or a TOML file; in place of the next four.")
    var material: String?

    @Option(help: "Saturation magnetisation, A/m. (default: 8e5)")
    var saturation: Double?

    @Option(help: "Exchange stiffness, J/m. (default: 1.3e-11)")
    var exchange: Double?

    @Option(help: "Uniaxial anisotropy, J/m³. (default: 500)")
    var anisotropy: Double?

    @Option(help: "Axis of --anisotropy: x, y, z. (default: y)")
    var easyAxis: Axis?

    @Option(help: "Grains of this diameter, nanometre, each with its own direction of the easy axis in the plane.")
    var grainsNm: Double?

    @Option(help: "Seed of the grains. (default: 1)")
    var seed: UInt64?

    @Option(help: "Direction of the field: x, y, z.")
    var along = Axis.x

    @Option(help: "Degrees between the field and its axis: from x towards y, from y towards x, from z towards x.")
    var lean = 1.0

    @Option(help: "Largest field, millitesla.")
    var largestMt = 50.0

    @Option(help: "Steps of each branch.")
    var steps = 100

    @Option(help: "The film is at rest when no cell has a torque |m × H| above this, A/m.")
    var torque = 10.0

    @Option(help: "Threads; by default as many as the film keeps busy, at most 8.")
    var threads: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var output: String
        var plot: String?
        var points: Int
        var cells: Int
        var coerciveMt: [Double]
        var remanence: [Double]
        var notConverged: Int
        var seconds: Double
        var warnings: [String]
    }

    private var length: Double { lengthNm ?? 1000 }
    private var width: Double { widthNm ?? 2000 }
    private var thickness: Double { thicknessNm ?? 20 }
    private var cell: Double { cellNm ?? 20 }

    func validate() throws {
        if let plot { try PictureFile.check(plot, "--plot") }
        if grainsNm == nil {
            try GivenOptions.refuse(film == nil ? ["--seed"] : [], "needs --grains-nm")
        } else {
            try GivenOptions.refuse(["--easy-axis"], "is each grain's own with --grains-nm; leave one of them out")
        }
        let constants = [
            ("--saturation", saturation != nil), ("--exchange", exchange != nil), ("--anisotropy", anisotropy != nil),
            ("--easy-axis", easyAxis != nil),
        ]
        if material != nil, let option = constants.first(where: \.1)?.0 {
            throw ValidationError("\(option) is said by --material; take one of them away")
        }
        let described = [
            ("--length-nm", lengthNm != nil), ("--width-nm", widthNm != nil), ("--thickness-nm", thicknessNm != nil),
            ("--cell-nm", cellNm != nil), ("--shape", shape != nil), ("--material", material != nil),
            ("--grains-nm", grainsNm != nil), ("--seed", seed != nil),
        ]
        if film != nil, let option = (described + constants).first(where: \.1)?.0 {
            throw ValidationError("\(option) is in the file of --film already; remove one of the two")
        }
        for (name, value) in [("length-nm", length), ("width-nm", width), ("thickness-nm", thickness), ("cell-nm", cell)] {
            guard value.isFinite, value > 0 else { throw ValidationError("--\(name) must be above 0") }
        }
        for (name, value) in [("length-nm", length), ("width-nm", width)] {
            let count = value / cell
            guard count > 0.5, count < 1e5, abs(count - count.rounded()) < 1e-6 * count else {
                throw ValidationError("--\(name) is not a whole number of cells of \(cell) nm")
            }
        }
        guard lean.isFinite else { throw ValidationError("--lean must be finite") }
        guard abs(largestMt) <= 1e7 else { throw ValidationError("--largest-mt must be from -1e7 to 1e7") }
        guard steps >= 1, steps <= 1_000_000 else { throw ValidationError("--steps must be from 1 to 1000000") }
        guard torque > 0, torque.isFinite else { throw ValidationError("--torque must be above 0") }
        guard (1...256).contains(threads ?? 1) else { throw ValidationError("--threads must be from 1 to 256") }
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let inputs = [self.film, material].compactMap(\.self)
            try OutputFile.check(output, inputs: inputs)
            for input in inputs { ProcessProvenance.note(data: input) }
            try PictureFile.prepare(plot, inputs: inputs)
            let start = ContinuousClock.now
            let film = try makeFilm()
            let loop = try HysteresisLoop(
                direction: direction, fields_T: HysteresisLoop.branches(largest_T: largestMt * 1e-3, steps: steps))
            film.setMagnetisation { _ in loop.direction }
            var progress = ProgressLine("loop")
            let table = try AppendedTable(output)
            try table.append("field_T,mx,my,mz,along,converged\n")
            var failure: (any Error)?
            let points = loop.run(
                film, torque_Apm: torque, isStopped: { StopRequest.isRequested || failure != nil }
            ) { done, point in
                do { try table.append(Self.line(point)) } catch { failure = error }
                progress.show(
                    Double(done) / Double(loop.fields_T.count), "\(Console.number(point.field_T * 1e3, digits: 2)) mT")
            }
            progress.done()
            if let failure { throw failure }
            table.sync()
            try ProcessProvenance.write(beside: output, inputs: inputs)
            if let plot { try PictureFile.write(picture(points), to: plot) }
            let result = Result(
                output: output, plot: plot, points: points.count, cells: film.filledCells,
                coerciveMt: HysteresisLoop.coerciveFields_T(points).map { $0 * 1e3 },
                remanence: HysteresisLoop.remanences(points), notConverged: points.count { !$0.converged },
                seconds: (ContinuousClock.now - start) / .seconds(1), warnings: film.warnings)
            if json { try Console.json(result) } else { show(result) }
            if points.count < loop.fields_T.count {
                Console.note("larmor: stopped; \(output) has \(points.count) of \(loop.fields_T.count) fields")
                throw StopRequest.exitCode
            }
            if result.notConverged > 0 {
                Console.note("larmor: the film did not come to rest at \(result.notConverged) fields; take a larger --torque")
                throw ExitCode(FailureKind.checkFailed.rawValue)
            }
        }
    }

    private func show(_ result: Result) {
        for warning in result.warnings { log.warning("\(warning)") }
        func list(_ values: [Double], _ digits: Int) -> String {
            values.isEmpty ? "none" : values.map { Console.number($0, digits: digits) }.joined(separator: ", ")
        }
        Console.result(
            "\(output): \(Console.count(result.points, "field")), \(Console.count(result.cells, "cell")), \(Console.number(result.seconds, digits: 1)) s; "
                + "coercive fields \(list(result.coerciveMt, 3)) mT, remanence \(list(result.remanence, 4))")
    }

    private func makeFilm() throws -> ContinuumFilm<Double> {
        if let film {
            let description = try FilmDescription(contentsOf: film)
            guard !description.hasCurrent, (description.temperature?.kelvin ?? 0) == 0 else {
                throw FilmError(
                    .notPossible(
                        "\(film): a loop relaxes the film, so currents and a temperature would do nothing; take them out of a "
                            + "copy of the file, or follow the film with `larmor film run`"))
            }
            return try description.makeFilm(threads: threads)
        }
        let mesh = try FilmMesh(
            nx: Int((length / cell).rounded()), ny: Int((width / cell).rounded()),
            cellSize_m: SIMD3(cell, cell, thickness) * 1e-9)
        try FilmMemory.check(mesh)
        let material =
            try material.map { try ContinuumMaterial(named: $0) }
            ?? ContinuumMaterial(
                name: "film", saturation_Apm: saturation ?? 8e5, exchange_Jpm: exchange ?? 1.3e-11,
                uniaxial_Jpm3: anisotropy ?? 5e2, uniaxialAxis: vector(easyAxis ?? .y), damping: 0.5, source: "command line")
        let size = SIMD2(length, width) * 1e-9
        let outline: FilmShape = shape != .ellipse ? .all : try .ellipse(centre_m: size / 2, radii_m: size / 2)
        var regions = try FilmRegions(mesh: mesh, filling: outline, with: material)
        if let grainsNm {
            try regions.addGrains(size_m: grainsNm * 1e-9, seed: seed ?? 1) { material, random in
                var grain = material
                grain.uniaxialAxis = SIMD3(cos(2 * .pi * random.x), sin(2 * .pi * random.x), 0)
                return grain
            }
        }
        return try ContinuumFilm<Double>(regions, threads: mesh.threads(threads))
    }

    private func vector(_ axis: Axis) -> SIMD3<Double> {
        switch axis {
        case .x: SIMD3(1, 0, 0)
        case .y: SIMD3(0, 1, 0)
        case .z: SIMD3(0, 0, 1)
        }
    }

    private var direction: SIMD3<Double> {
        let angle = lean * .pi / 180
        return cos(angle) * vector(along) + sin(angle) * vector(along == .x ? .y : .x)
    }

    private static func line(_ point: HysteresisLoop.Point) -> String {
        let numbers = [point.field_T, point.mean.x, point.mean.y, point.mean.z, point.along]
        return numbers.map { String(format: "%.9g", $0) }.joined(separator: ",") + ",\(point.converged ? 1 : 0)\n"
    }

    private func picture(_ points: [HysteresisLoop.Point]) -> String {
        let turn = min(points.count, steps + 1)
        let parts = [("falling", points[..<turn]), ("rising", points[max(0, turn - 1)...])]
        return LinePlot(
            title: (film ?? "\(length) × \(width) × \(thickness) nm") + ", field along \(along.rawValue)", xLabel: "µ0H, mT",
            yLabel: "mean of m along the field",
            curves: parts.map { name, part in
                .init(name, x: part.map { $0.field_T * 1e3 }, y: part.map(\.along))
            }
        ).svg
    }
}
