import ArgumentParser
import FilmFiles
import Foundation
import Logging
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
        /// Iterations of the relaxation and the largest torque at its end.
        var relaxIterations: Int?
        var relaxTorqueApm: Double?
        var files: [String]
        var warnings: [String]
        var stopped: Bool
    }

    let film: ContinuumFilm<Scalar>
    private let options: ContinuumOptions
    private let output: String
    private let run: ContinuumRun
    private let drive: FieldDrive
    /// The grid's corner where the film came from a file, for those that are written.
    private let origin_m: SIMD3<Double>
    /// What the film and its run depend on; a checkpoint keeps it.
    private let settings: [String: String]

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
        drive = try options.drive()
        let start = try options.initial.map { try OVFFile(file: $0) }
        origin_m = start?.origin_m ?? .zero
        film =
            try described?.makeFilm(threads: threads, precision: Scalar.self)
            ?? Self.film(options, start, try material(), threads)
        film.applied.set(drive)
        settings = try options.settings(film, described)
    }

    /// The film of the options.
    private static func film(
        _ options: ContinuumOptions, _ start: OVFFile?, _ material: ContinuumMaterial, _ threads: Int?
    ) throws -> ContinuumFilm<Scalar> {
        let mesh = try start?.mesh ?? options.mesh()
        try FilmMemory.check(mesh)
        let film = try ContinuumFilm<Scalar>(
            mesh: mesh, material: material, filled: options.filled(mesh, start), threads: mesh.threads(threads))
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
        let map = MagnetisationMap(nx: film.mesh.nx, ny: film.mesh.ny)
        let small = MagnetisationMap(nx: film.mesh.nx, ny: film.mesh.ny, width: 320)
        let layer = film.mesh.nz / 2
        var files = [output]
        var warnings = film.warnings
        let start = try begun()
        let table = start.table
        // A run that was stopped before it began has no samples.
        let runs = !(start.isNew && StopRequest.isRequested)
        if start.isNew, runs {
            try table.append(row(ContinuumRun.Sample(time_s: film.time_s, mean: film.mean)))
            if let plot = options.plot { try write(map.image(of: film.m, layer: layer).png, to: plot + "-start.png") }
        }
        if options.plot != nil, runs { files.append((options.plot ?? "") + "-start.png") }
        var frames = options.animation == nil ? [] : [small.image(of: film.m, layer: layer)]
        let evaluations = film.evaluations
        var progress = ProgressLine("film")
        var (failure, lastKept): ((any Error)?, Int) = (nil, start.position?.next ?? 1)
        if runs {
            try run.run(film, from: start.position) { number, sample in
                do {
                    try table.append(row(sample))
                    if let file = snapshot(number) {
                        try placed(OVFFile(film, time_s: sample.time_s)).write(to: file, options.ovfFormat)
                        files.append(file)
                    }
                } catch {
                    failure = error
                    return false
                }
                if options.animation != nil, frames.count < options.frames * number / run.samples {
                    frames.append(small.image(of: film.m, layer: layer))
                }
                progress.show(Double(number) / Double(run.samples), String(format: "%.4g ns", sample.time_s * 1e9))
                return true
            } stepped: { position in
                let isDue = (position.next - 1) / options.checkpointEvery > (lastKept - 1) / options.checkpointEvery
                let isEnding = StopRequest.isRequested || position.next > run.samples
                if options.checkpoint != nil, isDue || isEnding {
                    lastKept = position.next
                    do {
                        try keep(position, table, start.relaxed)
                    } catch {
                        failure = error
                    }
                }
                return failure == nil && !StopRequest.isRequested
            }
        }
        progress.done()
        if let failure { throw failure }
        table.sync()
        if options.checkpoint != nil, runs { files.append(options.checkpoint ?? "") }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        if let ovf = options.ovf {
            try placed(OVFFile(film)).write(to: ovf, options.ovfFormat)
            files.append(ovf)
        }
        let isRegular = FileManager.default.contents(atPath: output)?.isEmpty == false
        if let plot = options.plot, runs {
            try write(map.image(of: film.m, layer: layer).png, to: plot + "-end.png")
            files.append(plot + "-end.png")
            if isRegular {
                try write(Array(curves(try Self.samples(in: output)).utf8), to: plot + ".svg")
                files.append(plot + ".svg")
            }
        }
        if let animation = options.animation, runs {
            try write(AnimatedPNG(frames: frames, delay_ms: 80).png, to: animation)
            files.append(animation)
        }
        if start.relaxed == false, !StopRequest.isRequested { warnings.append(Self.notAtRest) }
        let mean = film.mean
        return Result(
            output: output, samples: max(0, table.lines - 1), cells: film.mesh.cells, filledCells: film.filledCells,
            seconds: seconds, simulatedSeconds: film.time_s, evaluations: film.evaluations - evaluations,
            mean: [mean.x, mean.y, mean.z], energyJ: film.energies(), relaxed: start.relaxed,
            relaxIterations: start.relaxation?.iterations, relaxTorqueApm: start.relaxation?.torque_Apm, files: files,
            warnings: warnings, stopped: StopRequest.isRequested)
    }

    static var notAtRest: String { "the film was not at rest after the largest number of steps of relaxation" }

    private struct Start {
        var table: AppendedTable
        var position: ContinuumRun.Position?
        var relaxed: Bool?
        var relaxation: RelaxationReport?
        var isNew: Bool
    }

    /// The film and its table where the run begins: anew, relaxed if asked, or at a checkpoint.
    private func begun() throws -> Start {
        if options.resume, let file = options.checkpoint {
            let checkpoint = try FilmCheckpoint<Scalar>(file: file)
            do {
                try checkpoint.check(settings)
                try film.restore(checkpoint.state)
            } catch let error as FilmCheckpointError {
                throw FilmCheckpointError(error.reason, file: file)
            } catch let error as FilmError {
                throw FilmCheckpointError(.damaged("\(error)"), file: file)
            }
            let table = try AppendedTable(continuing: output, count: checkpoint.tableBytes)
            return Start(table: table, position: checkpoint.position, relaxed: checkpoint.relaxed, isNew: false)
        }
        let table = try AppendedTable(output)
        try table.append("# t_s,mx,my,mz,Bx_T,By_T,Bz_T: mean of m over the filled cells, uniform field\n")
        let relaxation = options.relax ? relaxed() : nil
        return Start(table: table, relaxed: relaxation?.converged, relaxation: relaxation, isNew: true)
    }

    /// Relaxes the film in the field of `--relax-field-t`, from a little beside where it stands, as loops do: exactly on a saddle there
    /// is no torque, and the film would be called relaxed.
    private func relaxed() -> RelaxationReport {
        let bias = options.relaxFieldT.value / FilmConstants.vacuumPermeability
        film.applied.uniform = { _ in bias }
        defer { film.applied.set(drive) }
        film.disturb(by: 1e-3, seed: 1, step: 0)
        var progress = ProgressLine("relaxing")
        defer { progress.done() }
        let report = film.relax(torque_Apm: options.relaxTorque, isStopped: { StopRequest.isRequested }) { iteration, torque in
            progress.show(nil, String(format: "%d steps, largest torque %.3g A/m", iteration, torque))
        }
        if StopRequest.isRequested {
            Console.note(
                "larmor: stopped while relaxing, after \(report.iterations) steps at a torque of \(report.torque_Apm) A/m; there is no run"
            )
        } else if !report.converged {
            log.warning(
                "\(Self.notAtRest): \(report.iterations), the largest torque is \(report.torque_Apm) A/m, asked were \(options.relaxTorque)"
            )
        }
        return report
    }

    private func placed(_ file: OVFFile) -> OVFFile {
        var file = file
        file.origin_m = origin_m
        return file
    }

    private func snapshot(_ sample: Int) -> String? {
        guard let prefix = options.snapshots, sample.isMultiple(of: options.snapshotEvery) else { return nil }
        return prefix + "-" + String(format: "%0\(String(run.samples).count)d", sample) + ".ovf"
    }

    private func keep(_ position: ContinuumRun.Position, _ table: AppendedTable, _ relaxed: Bool?) throws {
        guard let file = options.checkpoint else { return }
        let checkpoint = FilmCheckpoint(
            state: film.state, position: position, tableBytes: table.count, relaxed: relaxed, settings: settings)
        // The lines are on the disk before the file that counts on them.
        table.sync()
        try OutputFile.write([UInt8](checkpoint.encoded(mesh: film.mesh)), to: file)
    }

    private func row(_ sample: ContinuumRun.Sample) -> String {
        let field = drive.field_T(at: sample.time_s)
        let numbers = [sample.time_s, sample.mean.x, sample.mean.y, sample.mean.z, field.x, field.y, field.z]
        return numbers.map { String(format: "%.12g", $0) }.joined(separator: ",") + "\n"
    }

    /// The samples of a table: pictures come from it, so that a run in two pieces has the same ones.
    private static func samples(in table: String) throws -> [ContinuumRun.Sample] {
        let text = String(decoding: FileManager.default.contents(atPath: table) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let numbers = line.split(separator: ",").compactMap { Double($0) }
            guard numbers.count == 7 else { return nil }
            return ContinuumRun.Sample(time_s: numbers[0], mean: SIMD3(numbers[1], numbers[2], numbers[3]))
        }
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
