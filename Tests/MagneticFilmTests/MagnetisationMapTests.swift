import MagneticFilm
import Plots
import Testing

@Suite struct MagnetisationMapTests {
    /// The colour at the middle of a cell of a one-line film.
    private func colours(_ values: [SIMD3<Double>]) -> [[UInt8]] {
        let map = MagnetisationMap(nx: values.count, ny: 1, width: 30)
        let image = map.image { x, _ in values[x] }
        return values.indices.map { x in
            let place = 3 * (map.scale / 2 * image.width + x * map.scale + map.scale / 2)
            return Array(image.pixels[place..<place + 3])
        }
    }

    @Test func `hue is the angle in the plane and brightness is m_z`() {
        let half = 0.5, r = 0.75.squareRoot()
        let found = colours([
            SIMD3(1, 0, 0), SIMD3(-half, r, 0), SIMD3(-half, -r, 0), SIMD3(-1, 0, 0), SIMD3(0, 0, 1), SIMD3(0, 0, -1), .zero,
        ])
        // Red, green and blue a third of a turn apart; cyan opposite to red; white, black, grey.
        let expected: [[UInt8]] = [
            [255, 0, 0], [0, 255, 0], [0, 0, 255], [0, 255, 255], [255, 255, 255], [0, 0, 0], [160, 160, 160],
        ]
        #expect(found == expected)
    }

    @Test func `the film's upper edge is at the top of the picture`() throws {
        let map = MagnetisationMap(nx: 2, ny: 3, width: 3)
        let image = map.image { _, y in SIMD3(0, 0, y == 2 ? 1 : -1) }
        #expect(Array(image.pixels[0..<3]) == [255, 255, 255])
        #expect(Array(image.pixels[3 * 2 * image.width..<3 * 2 * image.width + 3]) == [0, 0, 0])
    }
}
