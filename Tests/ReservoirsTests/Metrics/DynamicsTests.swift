import Glibc
import LinearAlgebra
import MagneticFilm
import Reservoirs
import Signals
import Testing

/// Metrics that drive a reservoir, on maps whose answers are known.
struct DynamicsTests {
    @Test(arguments: [0.5, 0.8, 0.95])
    func `a linear map has the logarithm of its factor as exponent, and forgets at this rate`(factor: Double) throws {
        let map = MapReservoir(start: 0) { factor * $0 + 0.3 * $1 }
        let found = try LyapunovExponent(map)
        #expect(abs(try #require(found.value) - log(factor)) < 1e-6)
        let echo = try EchoState(map, steps: 400)
        #expect(echo.isEcho)
        #expect(abs(try #require(echo.rate) - log(factor)) < 1e-3)
    }

    /// The logistic map at 4 has the exponent ln 2; the input is so small that it only decides the place.
    @Test func `the logistic map has the exponent ln 2, and is no echo`() throws {
        let map = MapReservoir(start: 0.3) { x, u in
            let next = 4 * x * (1 - x) + 1e-3 * u
            return next < 0 ? -next : next > 1 ? 2 - next : next
        }
        let found = try LyapunovExponent(map, disturbance: 1e-3, places: 400, steps: 40)
        #expect(abs(try #require(found.value) - log(2)) < 0.1)
        let echo = try EchoState(map)
        #expect(!echo.isEcho && echo.steps == nil)
    }

    @Test func `a map that keeps everything is no echo`() throws {
        let map = MapReservoir(start: 0) { $0 + 0.01 * $1 }
        #expect(try !EchoState(map).isEcho)
    }

    @Test func `separation of a map without memory is its factor`() throws {
        let map = MapReservoir(start: 0) { 3 * $1 }
        let one = try Separation(map, streams: 10, steps: 1)
        #expect(abs(one.value - 3) < 1e-12)
        #expect(throws: MetricError.self) {
            let same = Matrix<Double>(rows: 3, columns: 1, repeating: 1)
            _ = try Separation(streams: [same, same], ends: Matrix(rows: 2, columns: 1))
        }
    }

    @Test func `a linear map without memory hands on the noise as it is`() throws {
        let map = MapReservoir(start: 0) { 2 * $1 + 5 }
        let found = try NoiseRobustness(map, inputSNR_dB: 20, steps: 20_000)
        #expect(abs(found.stateSNR_dB - 20) < 0.2)
        #expect(abs(found.error - 0.1) < 0.002)
    }

    /// A slow integrator of u² never comes back: its drift is what it has gathered.
    @Test func `drift is 0 for a map that forgets, and large for one that ages`() throws {
        #expect(try StateDrift(MapReservoir(start: 0) { 0.5 * $0 + $1 }).value < 1e-12)
        let ageing = MapReservoir(start: 0) { $0 + $1 * $1 }
        // Block to block 1200 steps of mean 1/3, beside a ramp of 150 steps over ±√(1/12) of its height.
        let expected = (1200 / 3.0) / (150 / 3.0 / 12.0.squareRoot())
        #expect(abs(try StateDrift(ageing).value / expected - 1) < 0.1)
    }

    @Test func `a film behind a mask forgets its past: the distance falls`() throws {
        let film = try FilmReservoir([MacroCellFilmConfiguration(rows: 3, columns: 3, material: .nickel, damping: 0.6)])
        let masked = MaskedReservoir(film, mask: InputMask(inputs: 1, cells: 9, fields_T: [0.1], density: 1, seed: 4))
        #expect(masked.inputs == 1 && masked.nodes == 27)
        let echo = try EchoState(masked, steps: 300)
        #expect((echo.rate ?? 0) < 0)
        #expect((echo.distances.last ?? 1) < 0.1 * (echo.distances.first ?? 0))
        let exponent = try LyapunovExponent(masked).value
        #expect((exponent ?? 1) < 0)
    }
}
