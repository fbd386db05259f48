import MagneticFilm
import Reservoirs
import Signals
import Testing

@Suite struct RecordedReservoirTests {
    private func continuum() throws -> ContinuumFilmReservoir {
        let mesh = try FilmMesh(nx: 4, ny: 3, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9))
        let films = try (0..<2).map { _ in
            let film = try ContinuumFilm<Double>(mesh: mesh, material: .permalloy)
            try film.setTemperature(50, seed: 0)
            return try DrivenContinuumFilm(film, timeStep_s: 2e-13, stepsPerInput: 5)
        }
        return ContinuumFilmReservoir(try ContinuumBatch(films), threads: 2)
    }

    private func drive(_ steps: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<steps * 24).map { _ in 0.05 * Float(random.normal()) }
    }

    @Test func `a continuum film is a reservoir whose states are unit vectors and repeat with the seed`() throws {
        let film = try continuum()
        #expect(film.inputs == 24 && film.nodes == 72)
        film.reset(seed: 5)
        let first = try film.run(drive(6, seed: 1))
        film.reset(seed: 5)
        let parts = try film.run(drive(6, seed: 1).prefix(48) + []) + film.run(Array(drive(6, seed: 1).dropFirst(48)))
        #expect(first == parts)
        for place in stride(from: 0, to: first.count, by: 36) {
            for cell in 0..<12 {
                let m = SIMD3(first[place + cell], first[place + 12 + cell], first[place + 24 + cell])
                #expect(abs((m * m).sum() - 1) < 1e-5)
            }
        }
    }

    @Test func `a recording, written and read, answers as the device did`() throws {
        let recorder = RecordingReservoir(try continuum())
        var answers: [[Float]] = []
        for seed in [UInt64(1), 2, 1] {
            try recorder.reset(seed: seed)
            answers.append(try recorder.run(drive(3, seed: seed)) + recorder.run(drive(2, seed: seed + 10)))
        }
        let text = recorder.recording.text
        let recording = try ReservoirRecording(text: text, file: "film.csv")
        #expect(recording == recorder.recording)
        let replay = RecordedReservoir(recording)
        #expect(replay.inputs == 24 && replay.nodes == 72)
        for (index, seed) in [UInt64(1), 2, 1, 1].enumerated() {
            try replay.reset(seed: seed)
            // Cut in other places than in the recording.
            let inputs = drive(3, seed: seed) + drive(2, seed: seed + 10)
            let states = try replay.run(Array(inputs.prefix(24))) + replay.run(Array(inputs.dropFirst(24)))
            #expect(states == answers[index == 3 ? 0 : index])
        }
    }

    @Test func `other inputs, seeds and longer runs are typed errors that say what was recorded`() throws {
        let run = ReservoirRecording.Run(seed: 7, inputs: [0.1, 0.2, 0.3, 0.4], states: [1, 2])
        let replay = RecordedReservoir(ReservoirRecording(description: "bench", inputs: 2, nodes: 1, runs: [run]))
        #expect(throws: RecordedReservoir.QuestionError.otherInput(step: 1, index: 1, recorded: 0.4, asked: 0.5)) {
            try replay.run([0.1, 0.2, 0.3, 0.5])
        }
        #expect(try replay.run([0.1, 0.2]) == [1])
        #expect(throws: RecordedReservoir.QuestionError.atEnd(steps: 2)) { try replay.run([0.3, 0.4, 0.5, 0.6]) }
        #expect(throws: RecordedReservoir.QuestionError.otherSeed(asked: 1, recorded: [7])) { try replay.reset(seed: 1) }
        #expect(throws: RecordedReservoir.QuestionError.self) { try replay.run([.nan, 0.4]) }
    }

    @Test(arguments: [
        ("", 1), ("rubbish", 1), ("# larmor reservoir recording: inputs 0, nodes 1, x", 1),
        ("# larmor reservoir recording: inputs 2, nodes -1, x", 1),
        ("# larmor reservoir recording: inputs 2, nodes 1, x\n", 0),
        ("# larmor reservoir recording: inputs 2, nodes 1, x\n1,2,3\n1,2\n", 3),
        ("# larmor reservoir recording: inputs 2, nodes 1, x\n1,2,nan\n", 2),
        ("# larmor reservoir recording: inputs 2, nodes 1, x\n# reset soon\n", 2),
    ])
    func `a damaged file is named with its line`(text: String, line: Int) {
        do {
            _ = try ReservoirRecording(text: text, file: "film.csv")
            Issue.record("no error")
        } catch {
            #expect(error.file == "film.csv" && error.line == line)
        }
    }
}
