import Foundation
import MagneticFilm
import Testing

/// Chosen steps keep their tolerance whatever the drive does.
@Suite struct AdaptiveDriveTests {
    private static let tolerance = 1e-5

    private struct Draw {
        var state: UInt64

        mutating func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(UInt64(1) << 53)
        }

        mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * next() }

        mutating func vector(_ size: Double) -> SIMD3<Double> {
            SIMD3(between(-size, size), between(-size, size), between(-size, size))
        }
    }

    private static func macrospin(damping: Double = 0.01) throws -> ContinuumFilm<Double> {
        let material = ContinuumMaterial(
            name: "spin", saturation_Apm: 8e5, exchange_Jpm: 0, damping: damping, source: "made up")
        return try ContinuumFilm<Double>(
            mesh: FilmMesh(nx: 1, ny: 1, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)), material: material,
            includesDemagnetisation: false)
    }

    private static func continuum() throws -> ContinuumFilm<Double> {
        let film = try ContinuumFilm<Double>(
            mesh: FilmMesh(nx: 8, ny: 4, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)), material: .permalloy)
        film.setMagnetisation { SIMD3(1, $0.x * 2e7 - 0.4, 0.1) }
        return film
    }

    /// m after a turn about z by γ0 ∫H dt/(1 + α²): the field is along z, so damping changes m_z alone.
    @Test(arguments: [(FieldPulse.Form.square, 50e-12, 10e-12 * 1.0), (.gauss, 500e-12, 10e-12 * 2.5066282746310002)])
    func `a pulse in a long run turns a spin by its integral`(form: FieldPulse.Form, start_s: Double, integral_s: Double) throws
    {
        let film = try Self.macrospin()
        var drive = FieldDrive()
        drive.add(try FieldPulse(form, amplitude_T: SIMD3(0, 0, 0.1), start_s: start_s, width_s: 10e-12))
        film.applied.set(drive)
        try film.advance(by: 10e-9, tolerance: Self.tolerance)
        let angle = FilmConstants.gyromagneticRatio / FilmConstants.vacuumPermeability * 0.1 * integral_s / 1.0001
        #expect(abs(atan2(film.m[0].y, film.m[0].x) - angle) < 1e-5)
    }

    private enum Kind: CaseIterable { case square, gauss, sinc, ramp, table, sine, burst, across, inPlane, overlapping }

    private static func add(_ kind: Kind, to drive: inout FieldDrive, _ film: ContinuumFilm<Double>, _ draw: inout Draw) throws
    {
        let end = 1e-9
        func pulse(_ form: FieldPulse.Form, _ width: ClosedRange<Double>) throws {
            drive.add(
                try FieldPulse(
                    form, amplitude_T: draw.vector(0.1), start_s: draw.between(0.1, 0.9) * end,
                    width_s: exp(draw.between(log(width.lowerBound), log(width.upperBound)))))
        }
        switch kind {
        case .square: try pulse(.square, 0.5e-12...200e-12)
        case .gauss: try pulse(.gauss, 0.5e-12...100e-12)
        case .sinc: try pulse(.sinc, 5e-12...100e-12)
        case .ramp:
            let (from, length) = (draw.between(0.1, 0.8) * end, draw.between(1e-12, 100e-12))
            drive.add(
                try FieldTable(text: "\(from) 0 0 0\n\(from + length) 0 \(draw.between(-0.1, 0.1)) 0.05\n", file: "ramp"))
        case .table:
            var (text, time) = ("", 0.0)
            while time < end {
                let field = draw.vector(0.05)
                text += "\(time) \(field.x) \(field.y) \(field.z)\n"
                time += draw.between(1e-13, 1e-10)
            }
            drive.add(try FieldTable(text: text, file: "table"))
        case .sine:
            let (amplitude, period) = (draw.vector(0.02), draw.between(20e-12, 300e-12))
            drive.add(times: DriveTimes(spans: [.init(from_s: 0, to_s: end, longestStep_s: period / 8)])) {
                amplitude * sin(2 * .pi * $0 / period)
            }
        case .burst: for _ in 0..<5 { try pulse(.square, 0.2e-12...5e-12) }
        case .across:
            let (from, length, current) = (draw.between(0.1, 0.8) * end, draw.between(1e-12, 50e-12), draw.between(-5e11, 5e11))
            try film.addCurrentAcross(
                .init(polarisation: 0.5, direction: SIMD3(0, 1, 0.2), asymmetry: 1.5, thickness_m: 3e-9),
                times: DriveTimes(edges_s: [from, from + length])
            ) { $0 >= from && $0 < from + length ? current : 0 }
        case .inPlane:
            let (from, length, u) = (draw.between(0.1, 0.8) * end, draw.between(1e-12, 100e-12), draw.between(-200, 200))
            try film.addCurrentInPlane(nonAdiabaticity: 0.1, times: DriveTimes(edges_s: [from, from + length])) {
                $0 >= from && $0 < from + length ? SIMD3(u, 0, 0) : .zero
            }
        case .overlapping: for kind in [Kind.square, .gauss, .table, .across] { try add(kind, to: &drive, film, &draw) }
        }
    }

    private static func film(seed: Int) throws -> ContinuumFilm<Double> {
        var draw = Draw(state: UInt64(seed) &* 7919 &+ 11)
        for _ in 0..<4 { _ = draw.next() }
        let kind = Kind.allCases[seed % Kind.allCases.count]
        let film = try seed / Kind.allCases.count % 2 == 0 ? macrospin() : continuum()
        var drive = FieldDrive(constant_T: SIMD3(0.02, 0, 0))
        try add(kind, to: &drive, film, &draw)
        film.applied.set(drive)
        return film
    }

    private static func distance(_ a: ContinuumFilm<Double>, _ b: ContinuumFilm<Double>) -> Double {
        (0..<a.mesh.cells).reduce(0) { largest, cell in
            let d = a.m[cell] - b.m[cell]
            return max(largest, abs(d.x), abs(d.y), abs(d.z))
        }
    }

    @Test(arguments: 0..<30) func `no step of a driven film is wrong by more than the tolerance`(seed: Int) throws {
        let (chosen, fixed) = (try Self.film(seed: seed), try Self.film(seed: seed))
        var (before, largest, failure) = (chosen.state, 0.0, FilmError?.none)
        try chosen.sampleMeans(count: 1, at: { _ in 1e-9 }, tolerance: Self.tolerance, { _, _ in true }) { _ in
            // From the same state in ten steps.
            do throws(FilmError) {
                try fixed.restore(before)
                try fixed.advance(to: chosen.time_s, timeStep_s: (chosen.time_s - before.time_s) / 10)
            } catch {
                failure = error
                return false
            }
            largest = max(largest, Self.distance(chosen, fixed))
            before = chosen.state
            return true
        }
        #expect(failure == nil && chosen.time_s == 1e-9)
        #expect(largest <= Self.tolerance, "seed \(seed): \(largest)")
    }

    @Test(arguments: 0..<30) func `a driven film ends where steps of a tenth lead it`(seed: Int) throws {
        let (chosen, fixed) = (try Self.film(seed: seed), try Self.film(seed: seed))
        let report = try chosen.advance(by: 1e-9, tolerance: Self.tolerance)
        try fixed.advance(to: 1e-9, timeStep_s: min(1e-9 / Double(report.steps), 1e-12) / 10)
        // One spin keeps an error as it is; in a film that is driven over its barriers errors grow.
        let bound = chosen.mesh.cells == 1 ? 2 * Self.tolerance : Self.tolerance * Double(report.steps)
        let found = Self.distance(chosen, fixed)
        #expect(found <= bound, "seed \(seed): \(found)")
    }

    @Test func `a function that tells no times is checked over the step, too`() throws {
        let film = try Self.macrospin()
        // 10 ps wide, 0.1 T: shorter than the step that the film alone would allow.
        film.applied.uniform = {
            SIMD3(0, 0, 0.1 / FilmConstants.vacuumPermeability * exp(-pow(($0 - 60e-12) / 10e-12, 2) / 2))
        }
        try film.advance(by: 1e-9, tolerance: Self.tolerance)
        let angle = FilmConstants.gyromagneticRatio / FilmConstants.vacuumPermeability * 0.1 * 2.5066282746310002e-11 / 1.0001
        #expect(abs(atan2(film.m[0].y, film.m[0].x) - angle) < 1e-4)
    }

    @Test func `edges are sorted, once each, and steps are limited within spans`() {
        let times = DriveTimes(
            edges_s: [3, 1, 1, .infinity, .nan],
            spans: [.init(from_s: 2, to_s: 4, longestStep_s: 0.5), .init(from_s: 0, to_s: 0, longestStep_s: 1)])
        #expect(times.edges_s == [1, 2, 3, 4])
        #expect(times.nextEdge(after: 0) == 1 && times.nextEdge(after: 1) == 2 && times.nextEdge(after: 4) == .infinity)
        #expect(
            times.longestStep(at: 1.9) == .infinity && times.longestStep(at: 2) == 0.5 && times.longestStep(at: 4) == .infinity)
        #expect(times.merged(with: DriveTimes(edges_s: [5])).edges_s == [1, 2, 3, 4, 5])
    }

    @Test func `a table's knots are edges where it bends`() throws {
        let table = try FieldTable(text: "1 0 0 0\n2 0 0 1\n3 0 0 2\n4 0 0 2\n5 0 0 2\n", file: "t")
        #expect(table.times.edges_s == [1, 3])
    }

    @Test(arguments: [
        ContinuumRun.Stepping.adaptive(tolerance: 1e-6), .fixed(step_s: 3e-13, .rungeKutta4),
        .fixed(step_s: 1.5e-12, .rungeKutta4),
    ])
    func `a run is as long as asked`(stepping: ContinuumRun.Stepping) throws {
        for (duration, interval) in [(10e-12, 1e-12), (10e-12, 0.1e-12), (1.4e-12, 1e-12), (0.5e-12, 1e-12), (3e-12, 7e-13)] {
            let film = try Self.macrospin()
            film.applied.uniform = { _ in SIMD3(0, 0, 1e5) }
            let run = try ContinuumRun(duration_s: duration, interval_s: interval, stepping: stepping)
            var times: [Double] = []
            try run.run(film) { _, sample in
                times.append(sample.time_s)
                // The turn about the field is known at every time.
                let angle = FilmConstants.gyromagneticRatio * 1e5 / 1.0001 * sample.time_s
                #expect(abs(atan2(sample.mean.y, sample.mean.x) - angle) < 1e-6)
                return true
            }
            #expect(
                times.count == Int((duration / interval - 1e-9).rounded(.up)) && film.time_s == duration
                    && times.last == duration)
            for (number, time) in times.dropLast().enumerated() { #expect(abs(time - Double(number + 1) * interval) < 1e-20) }
        }
    }
}
