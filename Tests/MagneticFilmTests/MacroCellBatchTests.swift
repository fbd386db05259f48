import MagneticFilm
import Synchronization
import Testing

@Suite struct MacroCellBatchTests {
    private static let steps = 6

    private static func configurations(_ count: Int) -> [MacroCellFilmConfiguration] {
        (0..<count).map {
            MacroCellFilmConfiguration(
                rows: 6, columns: 7, material: $0 % 2 == 0 ? .nickel : .cobalt,
                damping: 0.1 + 0.02 * Double($0))
        }
    }

    private static func inputs(_ films: Int) -> [Float] {
        (0..<steps * films * 42).map { Float(($0 * 7919) % 1009) / 1009 * 0.4 - 0.2 }
    }

    private static func run<Scalar: MacroCellScalar>(
        _ scalar: Scalar.Type, films: Int, threads: Int
    ) throws -> [Float] {
        let batch = try MacroCellBatch<Scalar>(configurations(films))
        let inputs = inputs(films)
        var states = [Float](repeating: .nan, count: 3 * inputs.count)
        inputs.withUnsafeBufferPointer { inputs in
            states.withUnsafeMutableBufferPointer { _ = batch.run(inputs, into: $0, threads: threads) }
        }
        return states
    }

    @Test(arguments: [2, 3, 7])
    func `any number of threads gives the same bits`(threads: Int) throws {
        #expect(
            try Self.run(Float.self, films: 37, threads: threads)
                == Self.run(Float.self, films: 37, threads: 1))
        #expect(
            try Self.run(Double.self, films: 19, threads: threads)
                == Self.run(Double.self, films: 19, threads: 1))
    }

    @Test func `every film of a batch does what it does alone, bit for bit`() throws {
        let (films, cells) = (21, 42)
        let together = try Self.run(Float.self, films: films, threads: 2)
        let inputs = Self.inputs(films)
        for (index, configuration) in Self.configurations(films).enumerated() {
            let alone = try MacroCellFilm<Float>(configuration)
            var state = [Float](repeating: 0, count: 3 * cells)
            for step in 0..<Self.steps {
                let start = (step * films + index) * cells
                Array(inputs[start..<start + cells]).withUnsafeBufferPointer { drive in
                    state.withUnsafeMutableBufferPointer { alone.step(drive: drive, into: $0) }
                }
                #expect(state == Array(together[3 * start..<3 * (start + cells)]))
            }
        }
    }

    @Test func `a run that is stopped leaves the states after that untouched`() throws {
        let batch = try MacroCellBatch<Float>(Self.configurations(4))
        let inputs = Self.inputs(4)
        var states = [Float](repeating: -9, count: 3 * inputs.count)
        let calls = Mutex(0)
        let isWhole = inputs.withUnsafeBufferPointer { inputs in
            states.withUnsafeMutableBufferPointer {
                batch.run(inputs, into: $0, threads: 2) { done in
                    calls.withLock { $0 = done }; return done < 8
                }
            }
        }
        #expect(!isWhole)
        #expect(calls.withLock { $0 } == 8)
        #expect(states[..<(2 * 4 * 42 * 3)].allSatisfy { abs($0) <= 1 })
        #expect(states[(2 * 4 * 42 * 3)...].allSatisfy { $0 == -9 })
    }

    @Test func `a film of another geometry is named`() {
        var configurations = Self.configurations(40)
        configurations[33].columns = 8
        #expect(throws: FilmError(.differentGeometry(film: 33))) { try MacroCellBatch<Float>(configurations) }
        #expect(throws: FilmError.self) { try MacroCellBatch<Float>([]) }
    }
}
