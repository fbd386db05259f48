import Foundation
import Overview
import Testing

struct SpectrogramTests {
    private let rate = 16_000.0

    private func spectrogram(_ signal: [Float], columns: Int, rows: Int = 256, isWhole: (Int, Int) -> Bool = { _, _ in true })
        -> Spectrogram
    {
        let bounds = (0...columns).map { signal.count * $0 / columns }
        return Spectrogram(signal, rate: rate, bounds: bounds, rows: rows, highest: rate / 2, isWhole: isWhole)
    }

    @Test(arguments: [250.0, 1000, 3000, 7500])
    func `a tone's power a²/2 lies at its frequency`(hertz: Double) throws {
        let amplitude = 0.4
        let signal = (0..<32_000).map { Float(amplitude * sin(2 * .pi * hertz * Double($0) / rate)) }
        let found = spectrogram(signal, columns: 10)
        let step = found.highest / Double(found.rows)
        for column in 0..<found.columns {
            let powers = (0..<found.rows).map { pow(10, Double(found.decibels[column * found.rows + $0]) / 10) * step }
            let peak = try #require(powers.indices.max { powers[$0] < powers[$1] })
            #expect(abs((Double(peak) + 0.5) * step - hertz) <= 1.5 * step)
            // The integral over all frequencies is the mean square (Parseval).
            #expect(abs(powers.reduce(0, +) / (amplitude * amplitude / 2) - 1) < 0.02)
        }
    }

    @Test func `columns without a whole window stay empty`() {
        let signal = [Float](repeating: 0.1, count: 16_000)
        // Nothing may reach over sample 8000.
        let found = spectrogram(signal, columns: 100) { first, last in !(first < 8000 && last >= 8000) }
        let empty = (0..<100).filter { found.decibels[$0 * found.rows].isNaN }
        #expect(empty.allSatisfy { (47...52).contains($0) } && !empty.isEmpty)
        let short = spectrogram([0.1, 0.2], columns: 4).decibels
        #expect(short.allSatisfy { $0.isNaN })
    }
}
