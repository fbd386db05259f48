import FilmFiles
import Foundation
import MagneticFilm
import Testing

@Suite struct FilmCheckpointTests {
    private func film<Scalar: ContinuumScalar>(_ precision: Scalar.Type) throws -> ContinuumFilm<Scalar> {
        let film = try ContinuumFilm<Scalar>(
            mesh: FilmMesh(nx: 5, ny: 3, nz: 2, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)), material: .permalloy)
        film.setMagnetisation { SIMD3(1, $0.x * 1e7, 0.1 + $0.z * 1e7) }
        return film
    }

    private func roundTrip<Scalar: ContinuumScalar>(_ precision: Scalar.Type) throws {
        let film = try self.film(Scalar.self)
        try film.advance(by: 3e-12, tolerance: 1e-5)
        let checkpoint = FilmCheckpoint(
            state: film.state, position: .init(start_s: 0, next: 4), tableBytes: 77, relaxed: true, settings: ["--x": "1"])
        let read = try FilmCheckpoint<Scalar>(checkpoint.encoded(mesh: film.mesh), file: "c")
        #expect(read == checkpoint)
        // A film that takes the state goes on to the bit.
        let other = try self.film(Scalar.self)
        try other.restore(read.state)
        for each in [film, other] { try each.advance(by: 5e-12, tolerance: 1e-5) }
        var (a, b) = (film.state, other.state)
        (a.evaluations, b.evaluations) = (0, 0)
        #expect(a == b)
    }

    @Test func `a checkpoint read again is the same, and a film goes on from it to the bit`() throws {
        try roundTrip(Double.self)
        try roundTrip(Float.self)
    }

    @Test func `any cut and any changed byte of a checkpoint is refused or leaves a state that a film checks`() throws {
        let film = try self.film(Double.self)
        let bytes = try FilmCheckpoint(
            state: film.state, position: .init(start_s: 0), tableBytes: 0, relaxed: nil, settings: [:]
        ).encoded(mesh: film.mesh)
        for count in stride(from: 0, to: bytes.count, by: 13) {
            #expect(throws: FilmCheckpointError.self) { try FilmCheckpoint<Double>(bytes.prefix(count), file: "c") }
        }
        let start = 8 + Int(bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
        for place in stride(from: start, to: bytes.count, by: 31) {
            var wrong = bytes
            wrong[place] ^= 0x10
            #expect(throws: FilmCheckpointError.self) { try FilmCheckpoint<Double>(wrong, file: "c") }
        }
    }

    @Test func `a state of another film is refused`() throws {
        let film = try self.film(Double.self)
        let small = try ContinuumFilm<Double>(
            mesh: FilmMesh(nx: 2, ny: 2, cellSize_m: SIMD3(5e-9, 5e-9, 3e-9)), material: .permalloy)
        #expect(throws: FilmError.self) { try film.restore(small.state) }
        var state = film.state
        state.components[0][3] = 5
        #expect(throws: FilmError.self) { try film.restore(state) }
        state = film.state
        state.nextStep_s = 0
        #expect(throws: FilmError.self) { try film.restore(state) }
    }
}
