import Foundation
import MagneticFilm
import Testing

@Suite struct FieldDriveTests {
    @Test func `a table is linear between its lines and constant outside`() throws {
        let table = try FieldTable(text: "# s, T\n0, 0 0 0\n1e-9; 1 2 -4\n3e-9 1 0 0\n", file: "f.csv")
        #expect(table.field_T(at: -1) == .zero)
        #expect(table.field_T(at: 0.5e-9) == SIMD3(0.5, 1, -2))
        let middle = table.field_T(at: 2e-9) - SIMD3(1, 1, -2)
        #expect((middle * middle).sum().squareRoot() < 1e-14)
        #expect(table.field_T(at: 9) == SIMD3(1, 0, 0))
    }

    @Test(arguments: [
        ("0 0 0\n", "f.csv:1"), ("0 0 0 0\n0 1 1 1\n", "f.csv:2"), ("0 0 0 inf\n", "f.csv:1"), ("# nothing\n", "at least one"),
        ("0 0 0 x\n", "“x”"),
    ])
    func `a bad table names the line`(text: String, message: String) {
        do {
            _ = try FieldTable(text: text, file: "f.csv")
            Issue.record("the table was taken")
        } catch {
            #expect(error.description.contains(message))
        }
    }

    @Test func `pulses have their forms`() throws {
        let a = SIMD3(0.0, 0, 2)
        let gauss = try FieldPulse(.gauss, amplitude_T: a, start_s: 1, width_s: 0.5)
        #expect(gauss.field_T(at: 1).z == 2 && abs(gauss.field_T(at: 1.5).z - 2 * exp(-0.5)) < 1e-15)
        let square = try FieldPulse(.square, amplitude_T: a, start_s: 1, width_s: 0.5)
        #expect(square.field_T(at: 0.99).z == 0 && square.field_T(at: 1.2).z == 2 && square.field_T(at: 1.5).z == 0)
        let sinc = try FieldPulse(.sinc, amplitude_T: a, start_s: 1, width_s: 0.5)
        // sin(π)/π at half a width, sin(π/2)/(π/2) at a quarter.
        #expect(sinc.field_T(at: 1).z == 2 && abs(sinc.field_T(at: 1.25).z) < 1e-15)
        #expect(abs(sinc.field_T(at: 1.125).z - 4 / .pi) < 1e-15)
        #expect(throws: FilmError.self) { try FieldPulse(.gauss, amplitude_T: a, start_s: 0, width_s: 0) }
        #expect(throws: FilmError.self) { try FieldPulse(.gauss, amplitude_T: SIMD3(0, .nan, 0), start_s: 0, width_s: 1) }
    }

    @Test func `chosen and fixed steps give the same samples`() throws {
        var ends: [[SIMD3<Double>]] = []
        for stepping in [ContinuumRun.Stepping.adaptive(tolerance: 1e-8), .fixed(step_s: 1e-13, .rungeKutta4)] {
            let film = try ContinuumFilm<Double>(
                mesh: FilmMesh(nx: 8, ny: 4, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)), material: .permalloy)
            film.setMagnetisation { SIMD3(1, $0.x * 1e7, 0.1) }
            film.applied.uniform = { time in SIMD3(0, 3e4 * sin(2e11 * time), 0) }
            let run = try ContinuumRun(duration_s: 2e-11, interval_s: 1e-12, stepping: stepping)
            var means: [SIMD3<Double>] = []
            try run.run(film) { number, sample in
                means.append(sample.mean)
                return abs(sample.time_s - Double(number) * 1e-12) < 1e-20
            }
            ends.append(means)
        }
        #expect(ends[0].count == 20 && ends[1].count == 20)
        for (a, b) in zip(ends[0], ends[1]) {
            let d = a - b
            #expect((d * d).sum().squareRoot() < 1e-6)
        }
    }

    @Test func `a drive per cell acts where it is and refuses what is no number`() throws {
        let film = try ContinuumFilm<Double>(
            mesh: FilmMesh(nx: 2, ny: 1, cellSize_m: SIMD3(repeating: 5e-9)),
            material: ContinuumMaterial(
                name: "decoupled", saturation_Apm: 8e5, exchange_Jpm: 0, damping: 0.1, source: "made up"),
            includesDemagnetisation: false)
        let driven = try DrivenContinuumFilm(film, timeStep_s: 1e-14, stepsPerInput: 1000, method: .rungeKutta4)
        var state = [Float](repeating: 0, count: 6)
        func step(_ drive: [Float]) throws {
            try drive.withUnsafeBufferPointer { drive in
                try state.withUnsafeMutableBufferPointer { try driven.step(drive: drive, into: $0) }
            }
        }
        try step([0.5, 0])
        // m_z = tanh(α ω t), ω = γ₀H/(1 + α²), from the equator; the other cell has no field.
        let turn = 2.211e5 * 0.5 / (4 * Double.pi * 1e-7) / 1.01 * 1e-11
        #expect(abs(Double(state[4]) - tanh(0.1 * turn)) < 1e-6 && state[5] == 0 && state[1] == 1)
        #expect(throws: FilmError(.notFinite(name: "drive", at: 1))) { try step([0, .nan]) }
        driven.reset()
        try step([0, 0])
        #expect(state == [1, 1, 0, 0, 0, 0])
    }
}
