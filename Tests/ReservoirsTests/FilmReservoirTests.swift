import MagneticFilm
import Reservoirs
import Signals
import Testing

struct FilmReservoirTests {
    private func films(_ count: Int) -> [MacroCellFilmConfiguration] {
        [MacroCellFilmConfiguration](
            repeating: MacroCellFilmConfiguration(rows: 3, columns: 4, material: .nickel, damping: 0.4),
            count: count)
    }

    private func drive(_ steps: Int, _ inputs: Int) -> [Float] {
        var random = SplitMix64(seed: 1)
        return (0..<steps * inputs).map { _ in 0.05 * Float(random.normal()) }
    }

    @Test func `states are unit vectors and begin anew after a reset`() throws {
        let reservoir = try FilmReservoir(films(2))
        #expect(reservoir.inputs == 24)
        #expect(reservoir.nodes == 72)
        let input = drive(5, reservoir.inputs)
        let first = reservoir.run(input)
        for step in 0..<5 {
            for film in 0..<2 {
                for cell in 0..<12 {
                    let place = step * 72 + film * 36 + cell
                    let m = SIMD3(first[place], first[place + 12], first[place + 24])
                    #expect(abs((m * m).sum() - 1) < 1e-5)
                }
            }
        }
        reservoir.reset(seed: 1)
        #expect(reservoir.run(input) == first)
    }

    @Test func `films of an array do not feel each other`() throws {
        let single = try FilmReservoir(films(1))
        let pair = try FilmReservoir(films(2))
        let input = drive(4, 12)
        let alone = single.run(input)
        var twice: [Float] = []
        for step in 0..<4 {
            let row = input[step * 12..<step * 12 + 12]
            twice += row
            twice += row
        }
        let doubled = pair.run(twice)
        for step in 0..<4 {
            for node in 0..<36 {
                let expected = alone[step * 36 + node]
                #expect(abs(doubled[step * 72 + node] - expected) < 1e-6)
                #expect(abs(doubled[step * 72 + 36 + node] - expected) < 1e-6)
            }
        }
    }

    @Test func `pooling is the mean over equal parts of the time`() {
        // Four steps of one node in two parts: means of (1, 3) and (5, 9).
        let pooled = [Float]([1, 3, 5, 9]).withUnsafeBufferPointer {
            StatePooling.pool($0, steps: 4, nodes: 1, parts: 2)
        }
        #expect(pooled == [2, 7])
    }
}
