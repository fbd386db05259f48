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
