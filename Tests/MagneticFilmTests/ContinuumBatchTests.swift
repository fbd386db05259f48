import Foundation
import MagneticFilm
import Testing

/// Films that differ in damping and, from the second one on, are at a temperature.
private func films(_ count: Int) throws -> [DrivenContinuumFilm<Double>] {
    try (0..<count).map { index in
        var material = ContinuumMaterial.permalloy
        material.damping = 0.05 * Double(index + 1)
        let film = try ContinuumFilm<Double>(
            mesh: FilmMesh(nx: 6, ny: 5, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)), material: material)
        if index > 0 { try film.setTemperature(100, seed: UInt64(index)) }
        return try DrivenContinuumFilm(film, timeStep_s: 2e-13, stepsPerInput: 10)
    }
}

private func run(_ batch: ContinuumBatch<Double>, _ inputs: [Float], threads: Int) throws -> [Float] {
    var states = [Float](repeating: 0, count: 3 * inputs.count)
    try inputs.withUnsafeBufferPointer { inputs in
        try states.withUnsafeMutableBufferPointer { try batch.run(inputs, into: $0, threads: threads) }
    }
    return states
}

@Suite struct ContinuumBatchTests {
    @Test func `every film does what it does alone, for any number of threads`() throws {
        let steps = 7
        let inputs: [Float] = (0..<steps * 150).map { (i: Int) -> Float in Float(0.05 * sin(Double(i) * 0.7)) }
        let batch = try ContinuumBatch(films(5))
        let together = try run(batch, inputs, threads: 1)
        for threads in [2, 3, 8] { #expect(try run(ContinuumBatch(films(5)), inputs, threads: threads) == together) }
        for (index, film) in try films(5).enumerated() {
            let alone = try ContinuumBatch([film])
            var own: [Float] = []
            for step in 0..<steps {
                let start = (step * 5 + index) * 30
                own += inputs[start..<start + 30]
            }
            let states = try run(alone, own, threads: 1)
            for step in 0..<steps {
                let start = (step * 5 + index) * 90
                #expect(together[start..<start + 90].elementsEqual(states[step * 90..<(step + 1) * 90]))
            }
        }
    }

    @Test func `a reset repeats a run, another seed changes the warm films only`() throws {
        let inputs: [Float] = (0..<240).map { (i: Int) -> Float in Float(0.05 * cos(Double(i))) }
        let batch = try ContinuumBatch(films(2))
        var answers: [[Float]] = []
        for seed in [UInt64(3), 3, 4] {
            batch.reset(seed: seed)
            answers.append(try run(batch, inputs, threads: 2))
        }
        #expect(answers[0] == answers[1] && answers[0] != answers[2])
        for step in 0..<4 {
            let cold = step * 180..<step * 180 + 90
            #expect(answers[0][cold] == answers[2][cold])
        }
    }

    @Test func `the first film with a bad drive is named by its error`() throws {
        var inputs = [Float](repeating: 0, count: 2 * 3 * 30)
        inputs[3 * 30 + 30 + 4] = .nan
        let batch = try ContinuumBatch(films(3))
        #expect(throws: FilmError(.notFinite(name: "drive", at: 4))) { try run(batch, inputs, threads: 2) }
        #expect(throws: FilmError.self) { try ContinuumBatch<Double>([]) }
    }
}
