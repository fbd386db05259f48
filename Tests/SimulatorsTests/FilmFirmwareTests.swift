import MagneticFilm
import Protocols
import Simulators
import Testing

@Suite struct FilmFirmwareTests {
    private func macroCell() throws -> FilmFirmware {
        try FilmFirmware([MacroCellFilmConfiguration(rows: 2, columns: 3, material: .nickel, damping: 0.4, stepsPerInput: 50)])
    }

    private func continuumFilm() throws -> DrivenContinuumFilm<Double> {
        var material = ContinuumMaterial.nickel
        material.damping = 0.4
        return try DrivenContinuumFilm(
            ContinuumFilm<Double>(mesh: FilmMesh(nx: 3, ny: 2, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)), material: material),
            timeStep_s: 1e-13, stepsPerInput: 50)
    }

    /// Messages that come back for some messages of a host.
    private func answers(_ film: FilmFirmware, _ messages: [(RigLinkType, [UInt8])]) -> [(RigLinkType, [UInt8])] {
        var encoder = RigLinkEncoder()
        var decoder = RigLinkDecoder()
        var result: [(RigLinkType, [UInt8])] = []
        for (type, payload) in messages {
            encoder.encode(type, payload).withUnsafeBytes { bytes in
                film.receive(bytes, time: 0) { frame in
                    frame.withUnsafeBytes { decoder.feed($0) { result.append(($0.type, Array($1))) } }
                }
            }
        }
        return result
    }

    @Test func `both models declare model, step, steps per input, refresh and order`() throws {
        let continuum = FilmFirmware(try ContinuumFilmArray([continuumFilm(), continuumFilm()]))
        let expected: [(FilmFirmware, RigLinkTiming, Int)] = [
            (
                try macroCell(), RigLinkTiming(model: "macro-cell", timeStep_s: 1e-13, stepsPerInput: 50, refreshSteps: 50),
                6
            ),
            (continuum, RigLinkTiming(model: "continuum", timeStep_s: 1e-13, stepsPerInput: 50, refreshSteps: 0), 12),
        ]
        for (film, timing, channels) in expected {
            let answer = try #require(answers(film, [(.hello, [1])]).first)
            #expect(answer.0 == .descriptor)
            let descriptor = try #require(answer.1.withUnsafeBytes { RigLinkDescriptor($0) })
            #expect(descriptor == film.descriptor && descriptor.timing == timing)
            #expect(descriptor.streams[0].channels == channels && descriptor.streams[1].channels == 3 * channels)
        }
    }

    @Test(arguments: InputOrdering.allCases, [20, 100])
    func `a macro-cell film declares and keeps the order and the refresh that were chosen`(
        ordering: InputOrdering, refresh: Int
    ) throws {
        let configuration = MacroCellFilmConfiguration(
            rows: 2, columns: 3, material: .nickel, damping: 0.4, timeStep_s: 2e-13, stepsPerInput: 40)
        let firmware = try FilmFirmware([configuration], ordering: ordering, refreshSteps: refresh)
        let timing = try #require(firmware.descriptor.timing)
        #expect(timing.timeStep_s == 2e-13 && timing.stepsPerInput == 40 && timing.refreshSteps == UInt32(refresh))
        #expect(timing.ordering == (ordering == .study ? .study : .heldThenRead))
        let fields: [[Float]] = (0..<6).map { step in (0..<6).map { Float(($0 * 7 + step * 5) % 11 - 5) * 0.03 } }
        var messages: [(RigLinkType, [UInt8])] = [(.hello, [1]), (.start, [])]
        for (counter, drive) in fields.enumerated() {
            messages.append((.drive, RigLinkFrames.payload(stream: 0, firstCounter: UInt64(counter), frames: 1, values: drive)))
        }
        let found = answers(firmware, messages).filter { $0.0 == .samples }.map(\.1)

        // The same by hand, from the film's own operations.
        var expected: [[UInt8]] = []
        func answer(_ values: [Float]) {
            let counter = UInt64(expected.count)
            expected.append(RigLinkFrames.payload(stream: 1, firstCounter: counter, frames: 1, values: values))
        }
        let film = try MacroCellFilm<Float>(configuration)
        switch ordering {
        case .study:
            // Cells of the study's files have y fastest.
            let place = (0..<6).map { $0 % 3 * 2 + $0 / 3 }
            let inputs = fields.map { field in
                var row = [Double](repeating: 0, count: 6)
                for cell in 0..<6 { row[place[cell]] = Double(field[cell]) }
                return row
            }
            let schedule = StudySchedule(stepsPerInput: 40, dipoleInterval: refresh)
            for row in try film.studyRun(inputs, schedule: schedule) {
                answer((0..<18).map { Float(row[$0 / 6 * 6 + place[$0 % 6]]) })
            }
        case .heldThenRead:
            var step = 0
            for field in fields {
                for _ in 0..<40 {
                    if step % refresh == 0 || step % 40 == 0 {
                        // The field is the one of the last refresh; only the drive changes with the input.
                        if step % refresh == 0 {
                            film.refreshField()
                        } else {
                            film.addDrive { _, cell in -fields[step / 40 - 1][cell] }
                        }
                        film.addDrive { _, cell in field[cell] }
                    }
                    film.advance(steps: 1)
                    step += 1
                }
                let m = (0..<6).map { film.magnetisation(cell: $0) }
                answer((0..<18).map { Float(m[$0 % 6][$0 / 6]) })
            }
        }
        #expect(found.count == 6 && expected.count == 6)
        for (a, b) in zip(found, expected) {
            let (x, y) = (Self.values(a), Self.values(b))
            #expect(x.count == 18 && zip(x, y).allSatisfy { abs($0 - $1) < 1e-6 })
            if ordering == .study { #expect(a == b) }
        }
        // After a reset the same again.
        let again = answers(firmware, [(.reset, [UInt8](repeating: 0, count: 8))] + messages.dropFirst(2))
        #expect(again.filter { $0.0 == .samples }.map(\.1) == found)
    }

    private static func values(_ payload: [UInt8]) -> [Float] {
        payload.withUnsafeBytes { raw in
            stride(from: RigLinkFrames.headerSize, to: raw.count, by: 4).map {
                Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
            }
        }
    }

    @Test func `the continuum film on the wire answers as the film in the program`() throws {
        let firmware = FilmFirmware(try ContinuumFilmArray([continuumFilm()]))
        let film = try continuumFilm()
        let drive: [Float] = [0.05, -0.02, 0.01, 0, 0.03, -0.05]
        var state = [Float](repeating: 0, count: 18)
        var messages: [(RigLinkType, [UInt8])] = [(.hello, [1]), (.start, [])]
        var expected: [[UInt8]] = []
        for counter in 0..<3 {
            messages.append((.drive, RigLinkFrames.payload(stream: 0, firstCounter: UInt64(counter), frames: 1, values: drive)))
            try drive.withUnsafeBufferPointer { drive in
                try state.withUnsafeMutableBufferPointer { try film.step(drive: drive, into: $0) }
            }
            expected.append(RigLinkFrames.payload(stream: 1, firstCounter: UInt64(counter), frames: 1, values: state))
        }
        let found = answers(firmware, messages).filter { $0.0 == .samples }.map(\.1)
        #expect(found == expected)
        // m has left its start along x, and each vector has length one.
        #expect(state[12..<18].contains { abs($0) > 1e-4 })
        for cell in 0..<6 {
            let square = state[cell] * state[cell] + state[6 + cell] * state[6 + cell] + state[12 + cell] * state[12 + cell]
            #expect(abs(square - 1) < 1e-5)
        }
    }

    @Test func `a reset brings the continuum film back to its start`() throws {
        let firmware = FilmFirmware(try ContinuumFilmArray([continuumFilm()]))
        let drive = RigLinkFrames.payload(stream: 0, firstCounter: 0, frames: 1, values: [0.1, 0, 0, 0, 0, -0.1])
        let found = answers(
            firmware,
            [(.hello, [1]), (.start, []), (.drive, drive), (.reset, [UInt8](repeating: 0, count: 8)), (.drive, drive)]
        ).filter { $0.0 == .samples }.map(\.1)
        #expect(found.count == 2 && found[0] == found[1])
    }

    @Test func `a reset's seed gives each hot film of an array noise of its own, and again the same one`() throws {
        let hot = try (0..<2).map { _ in
            let film = try ContinuumFilm<Double>(
                mesh: FilmMesh(nx: 1, ny: 1, cellSize_m: SIMD3(repeating: 5e-9)), material: .nickel)
            film.setMagnetisation { _ in SIMD3(1, 0, 0) }
            try film.setTemperature(300, seed: 1)
            return try DrivenContinuumFilm(film, timeStep_s: 1e-14, stepsPerInput: 20)
        }
        let firmware = FilmFirmware(try ContinuumFilmArray(hot))
        let drive = RigLinkFrames.payload(stream: 0, firstCounter: 0, frames: 1, values: [0, 0])
        func reset(_ seed: UInt8) -> (RigLinkType, [UInt8]) { (.reset, [seed] + [UInt8](repeating: 0, count: 7)) }
        let found = answers(
            firmware,
            [(.hello, [1]), (.start, [])] + [4, 5, 4].flatMap { [reset($0), (.drive, drive)] }
        ).filter { $0.0 == .samples }.map { Self.values($0.1) }
        try #require(found.count == 3)
        #expect(found[0] == found[2] && found[0] != found[1])
        // Film 2 of seed 4 has the noise of film 1 of seed 5.
        #expect(found[0][3..<6] == found[1][0..<3] && found[0][0..<3] != found[0][3..<6])
        let fault = answers(firmware, [(.hello, [1]), (.start, []), (.reset, [1, 2])]).last
        #expect(fault?.0 == .error)
    }

    @Test func `a drive too strong for the step is an error message and the film goes on`() throws {
        // 10 T turn a spin by 1.76 rad in 1 ps; 1 ps is stable for these cells without it.
        var material = ContinuumMaterial.nickel
        material.damping = 0.4
        let film = try DrivenContinuumFilm(
            ContinuumFilm<Double>(mesh: FilmMesh(nx: 1, ny: 1, cellSize_m: SIMD3(repeating: 5e-9)), material: material),
            timeStep_s: 1e-12, stepsPerInput: 5)
        let firmware = FilmFirmware(try ContinuumFilmArray([film]))
        func drive(_ value: Float, _ counter: UInt64) -> (RigLinkType, [UInt8]) {
            (.drive, RigLinkFrames.payload(stream: 0, firstCounter: counter, frames: 1, values: [value]))
        }
        let found = answers(firmware, [(.hello, [1]), (.start, []), drive(10, 0), drive(0.01, 1)])
        #expect(found.map(\.0) == [.descriptor, .status, .error, .status, .samples])
        let fault = try #require(found[2].1.withUnsafeBytes { RigLinkFault($0) })
        #expect(fault.code == 5 && fault.text.contains("time step"))
    }
}
