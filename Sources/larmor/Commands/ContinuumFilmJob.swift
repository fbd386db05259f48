import ArgumentParser
import FilmFiles
import Foundation
import MagneticFilm
import Outputs
import Plots

/// One `larmor film run --model continuum`: the film, the run and its files.
struct ContinuumFilmJob<Scalar: ContinuumScalar> {
    struct Result: Encodable {
        var output: String
        var samples: Int
        var cells: Int
        var filledCells: Int
        var seconds: Double
        var simulatedSeconds: Double
        var evaluations: Int
        var mean: [Double]
        var energyJ: [String: Double]
        var relaxed: Bool?
        var files: [String]
        var warnings: [String]
        var stopped: Bool
    }

    let film: ContinuumFilm<Scalar>
    private let options: ContinuumOptions
    private let output: String
    private let run: ContinuumRun

    /// - Parameter film: from a film file; nil makes it from the options.
    init(
        _ options: ContinuumOptions, film described: FilmDescription?, material: @autoclosure () throws -> ContinuumMaterial,
        output: String, threads: Int?
    ) throws {
        (self.options, self.output) = (options, output)
        run = try ContinuumRun(
            duration_s: options.durationNs * 1e-9, interval_s: options.samplePs * 1e-12,
            stepping: options.stepFs.map { .fixed(step_s: $0 * 1e-15, options.integrator.method) }
                ?? .adaptive(tolerance: options.tolerance))
        film = try described?.makeFilm(threads: threads, precision: Scalar.self) ?? Self.film(options, try material(), threads)
        let uniform = try Self.field(options)
        film.applied.uniform = { uniform($0) / FilmConstants.vacuumPermeability }
    }

    /// The film of the options.
    private static func film(
        _ options: ContinuumOptions, _ material: ContinuumMaterial, _ threads: Int?
    ) throws -> ContinuumFilm<Scalar> {
        let start = try options.initial.map { try OVFFile(file: $0) }
        let mesh = try start?.mesh ?? options.mesh()
        try FilmMemory.check(mesh)
        let film = try ContinuumFilm<Scalar>(
            mesh: mesh, material: material, filled: filled(options.shape, mesh, start), threads: mesh.threads(threads))
        if let start {
            try film.setMagnetisation(start, name: options.initial ?? "")
        } else {
            film.setMagnetisation { _ in options.start }
        }
        try film.setTemperature(options.temperature ?? 0, seed: options.seed ?? 1)
        return film
    }

    func execute() throws -> Result {
        let begin = ContinuousClock.now
        var relaxed: Bool?
        if options.relax {
            let (run, bias) = (film.applied.uniform, options.relaxFieldT.value / FilmConstants.vacuumPermeability)
            film.applied.uniform = { _ in bias }
            relaxed = film.relax().converged
            film.applied.uniform = run
        }
        let map = MagnetisationMap(nx: film.mesh.nx, ny: film.mesh.ny)
        let small = MagnetisationMap(nx: film.mesh.nx, ny: film.mesh.ny, width: 320)
        let layer = film.mesh.nz / 2
        let first = options.plot == nil ? nil : map.image(of: film.m, layer: layer)
        var frames = options.animation == nil ? [] : [small.image(of: film.m, layer: layer)]
        var samples = [ContinuumRun.Sample(time_s: film.time_s, mean: film.mean)]
        let evaluations = film.evaluations
        let table = try OutputFile(output)
        try table.append("# t_s,mx,my,mz,Bx_T,By_T,Bz_T: mean of m over the filled cells, uniform field\n" + line(samples[0]))
        var failure: (any Error)?
        var progress = ProgressLine("film")
        try run.run(film) { number, sample in
            samples.append(sample)
            do {
                try table.append(line(sample))
                // From the first step on the file can be seen growing.
                if number == 1 { try table.publish() }
            } catch {
                failure = error
                return false
            }
            if options.animation != nil, frames.count < options.frames * number / run.samples {
                frames.append(small.image(of: film.m, layer: layer))
            }
            progress.show(Double(number) / Double(run.samples), String(format: "%.4g ns", sample.time_s * 1e9))
            return !StopRequest.isRequested
        }
        progress.done()
        if let failure { throw failure }
        try table.finish()
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        var files = [output]
        if let ovf = options.ovf {
            try OVFFile(film).write(to: ovf, options.ovfFormat)
            files.append(ovf)
        }
        if let plot = options.plot, let first {
            try write(first.png, to: plot + "-start.png")
            try write(map.image(of: film.m, layer: layer).png, to: plot + "-end.png")
            try write(Array(curves(samples).utf8), to: plot + ".svg")
            files += [plot + "-start.png", plot + "-end.png", plot + ".svg"]
        }
        if let animation = options.animation {
            try write(AnimatedPNG(frames: frames, delay_ms: 80).png, to: animation)
            files.append(animation)
        }
        var warnings = film.warnings
        if relaxed == false { warnings.append("the film was not at rest after the largest number of steps of relaxation") }
        let mean = film.mean
        return Result(
            output: output, samples: samples.count, cells: film.mesh.cells, filledCells: film.filledCells, seconds: seconds,
            simulatedSeconds: film.time_s, evaluations: film.evaluations - evaluations, mean: [mean.x, mean.y, mean.z],
            energyJ: film.energies(), relaxed: relaxed, files: files, warnings: warnings, stopped: StopRequest.isRequested)
    }

    /// Which cells hold material; nil for all.
    private static func filled(_ shape: ContinuumOptions.Outline?, _ mesh: FilmMesh, _ start: OVFFile?) throws -> [Bool]? {
        var filled = start?.filled
        if shape == .ellipse {
            let size = mesh.cellSize_m * SIMD3(Double(mesh.nx), Double(mesh.ny), 1)
            for i in 0..<mesh.cells {
                let d = (mesh.centre_m(i) / size - 0.5) * SIMD3(2, 2, 0)
                let inside = (d * d).sum() <= 1
                if filled == nil { filled = [Bool](repeating: true, count: mesh.cells) }
                if !inside { filled?[i] = false }
            }
        }
        return filled
    }

    private static func field(_ options: ContinuumOptions) throws -> (Double) -> SIMD3<Double> {
        let constant = options.fieldT?.value ?? .zero
        let table = try options.field.map { try FieldTable(file: $0) }
        let pulse = try options.pulseT.map {
            try FieldPulse(
                options.pulseForm, amplitude_T: $0.value, start_s: options.pulseStartPs * 1e-12,
                width_s: options.pulseWidthPs * 1e-12)
        }
        return { time in
            constant + (table?.field_T(at: time) ?? .zero) + (pulse?.field_T(at: time) ?? .zero)
        }
    }

    /// A sample's line of the table.
    private func line(_ sample: ContinuumRun.Sample) -> String {
        let field = film.applied.uniform(sample.time_s) * FilmConstants.vacuumPermeability
        let numbers = [sample.time_s, sample.mean.x, sample.mean.y, sample.mean.z, field.x, field.y, field.z]
        return numbers.map { String(format: "%.12g", $0) }.joined(separator: ",") + "\n"
    }

    private func curves(_ samples: [ContinuumRun.Sample]) -> String {
        let times = samples.map { $0.time_s * 1e9 }
        return LinePlot(
            title: "\(film.material.name), \(film.mesh.nx) × \(film.mesh.ny) × \(film.mesh.nz) cells", xLabel: "time, ns",
            yLabel: "mean of m",
            curves: ["⟨m_x⟩", "⟨m_y⟩", "⟨m_z⟩"].enumerated().map { axis, name in
                .init(name, x: times, y: samples.map { $0.mean[axis] })
            }
        ).svg
    }

    private func write(_ bytes: [UInt8], to file: String) throws { try OutputFile.write(bytes, to: file) }
}
