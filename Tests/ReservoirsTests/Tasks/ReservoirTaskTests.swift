import Failures
import Foundation
import LinearAlgebra
import Reservoirs
import Testing

struct ReservoirTaskTests {
    private func column(_ matrix: Matrix<Double>, _ index: Int = 0) -> [Double] { (0..<matrix.rows).map { matrix[$0, index] } }

    @Test(arguments: [(ReservoirTask.narma10, 10), (.narma20, 20), (.narma30, 30)])
    func `a moving average follows its recursion from input to target`(_ task: ReservoirTask, _ order: Int) throws {
        let data = try task.data(seed: 3)
        #expect(data.inputs.rows == 5000 && data.training == 0..<3000 && data.validation == 3000..<4000)
        // Back to u and y from 2u − 0.5 and 2y − 0.5.
        let u = column(data.inputs).map { ($0 + 0.5) / 2 }
        let y = column(data.targets).map { ($0 + 0.5) / 2 }
        #expect(u.allSatisfy { (0...0.5).contains($0) } && abs(u.reduce(0, +) / 5000 - 0.25) < 0.01)
        for t in 100..<5000 {
            let before = y[t - 1]
            let sum = (1...order).reduce(0) { $0 + y[t - $1] }
            let late = u[t - order + 1] * u[t]
            let expected: Double =
                switch order {
                case 10: 0.3 * before + 0.05 * before * sum + 1.5 * late + 0.1
                case 20: tanh(0.3 * before + 0.05 * before * sum + 1.5 * late + 0.01)
                default: 0.2 * before + 0.004 * before * sum + 1.5 * late + 0.001
                }
            try #require(abs(y[t] - expected) < 1e-12, "step \(t)")
        }
    }

    @Test(arguments: [ReservoirTask.henon, .mackeyGlass, .lorenz])
    func `a series is told one step ahead`(_ task: ReservoirTask) throws {
        let data = try task.data(seed: 1, length: 2000)
        for step in 0..<1999 { #expect(data.targets.row(step) == data.inputs.row(step + 1)) }
        #expect(try task.data(seed: 1, length: 2000) == data)
        #expect(try task.data(seed: 2, length: 2000) != data)
    }

    @Test func `the Lorenz system keeps to its equations, and the Mackey–Glass series to its known size`() throws {
        let lorenz = try ReservoirTask.lorenz.data(seed: 1, length: 4000).inputs
        // The divergence of the flow is −41/3; the attractor's mean height is 23.5.
        let z = column(lorenz, 2)
        #expect(abs(z.reduce(0, +) / 4000 - 23.55) < 0.5 && z.allSatisfy { $0 > 0 && $0 < 50 })
        // Central differences of x against 10 (y − x).
        for step in 1..<3999 {
            let slope = (lorenz[step + 1, 0] - lorenz[step - 1, 0]) / 0.05
            #expect(abs(slope - 10 * (lorenz[step, 1] - lorenz[step, 0])) < 12)
        }
        let glass = column(try ReservoirTask.mackeyGlass.data(seed: 1, length: 4000).inputs)
        let mean = glass.reduce(0, +) / 4000
        let deviation = (glass.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000).squareRoot()
        #expect(abs(mean - 0.93) < 0.02 && abs(deviation - 0.226) < 0.01)
    }

    @Test func `the channel mixes, bends and disturbs its symbols as written, 24 dB above the noise`() throws {
        let data = try ReservoirTask.channelEqualisation.data(seed: 5)
        let told = column(data.targets)
        #expect(Set(told) == [-3, -1, 1, 3])
        // The target of step t is d(t − 2), so that d(t) is the target of step t + 2.
        func d(_ t: Int) -> Double { told[t + 2] }
        var (signal, noise): ([Double], [Double]) = ([], [])
        for t in 20..<7900 {
            let q =
                0.08 * d(t + 2) - 0.12 * d(t + 1) + d(t) + 0.18 * d(t - 1) - 0.1 * d(t - 2) + 0.091 * d(t - 3) - 0.05 * d(t - 4)
                + 0.04 * d(t - 5) + 0.03 * d(t - 6) + 0.01 * d(t - 7)
            let clean = q + 0.036 * q * q - 0.011 * q * q * q
            signal.append(clean)
            noise.append(data.inputs[t, 0] - 30 - clean)
        }
        func power(_ x: [Double]) -> Double {
            let mean = x.reduce(0, +) / Double(x.count)
            return x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        }
        #expect(abs(10 * log10(power(signal) / power(noise)) - 24) < 0.3)
    }

    @Test func `parity is of the three signs before, and waveforms are what they are told to be`() throws {
        let parity = try ReservoirTask.parity.data(seed: 2)
        for t in 3..<4000 {
            #expect(parity.targets[t, 0] == parity.inputs[t - 1, 0] * parity.inputs[t - 2, 0] * parity.inputs[t - 3, 0])
        }
        let waves = try ReservoirTask.waveforms.data(seed: 2)
        for period in 0..<500 {
            let isSquare = (0..<8).allSatisfy { abs(waves.inputs[8 * period + $0, 0]) == 1 }
            #expect(waves.targets[8 * period, 0] == (isSquare ? 1 : 0))
        }
    }

    @Test func `lengths and series that cannot be are refused with what is needed`() {
        #expect(throws: TaskFailure(task: "narma10", reason: .length(100, least: 302))) {
            try ReservoirTask.narma10.data(seed: 1, length: 100)
        }
        #expect(throws: TaskFailure(task: "laser", reason: .noSeries(needed: 2001))) { try ReservoirTask.laser.data(seed: 1) }
        #expect(throws: TaskFailure(task: "laser", reason: .shortSeries(500, needed: 2001))) {
            try ReservoirTask.laser.data(seed: 1, series: [Double](repeating: 1, count: 500))
        }
    }

    @Test func `a series is read from a file, or refused with the line`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("series-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/s.txt"
        try "# laser\n 86 \n141,95;\t41\r\n-1e-3\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try NumberSeries(file: file).values == [86, 141, 95, 41, -1e-3])
        for (text, line) in [("1\n2 x\n", 2), ("nan\n", 1), ("", 0), ("1\n\n1e999", 3)] {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: NumberSeries.FileError.self) { try NumberSeries(file: file) }
            #expect(error?.line == line, "\(text)")
        }
        let missing = #expect(throws: NumberSeries.FileError.self) { try NumberSeries(file: folder + "/none") }
        #expect(missing?.kind == .missingInput)
    }
}
