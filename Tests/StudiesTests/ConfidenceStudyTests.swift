import Foundation
import Signals
import Testing

/// Intervals, alarms and boldness on forecasters drawn by seed, whose truth is known (``SeededStudy``).
///
/// 2,000 sets for each kind and number of rows in the whole study, 100 in the suite.
@Suite struct ConfidenceStudyTests {
    private static let sets = SeededStudy.cases > 50 ? 2000 : 100
    private static let pieces = 10

    @Test func `intervals cover, calibrated scores raise few alarms, and bold maps always exist`() async throws {
        let begin = ContinuousClock.now
        let cases = ConfidenceStudyCase.all
        let tallies = await SeededStudy.rows(cases.count * Self.pieces) { seed in
            let index = Int(seed) - SeededStudy.firstSeed
            // Mixed once more: neighbouring seeds of a generator that counts would give the same numbers, shifted.
            var mixer = SplitMix64(seed: seed)
            return cases[index / Self.pieces].tally(sets: Self.sets / Self.pieces, seed: mixer.split())
        }
        let rows = cases.indices.map { index in
            (study: cases[index], tally: tallies[index * Self.pieces..<(index + 1) * Self.pieces].reduce(.init(), +))
        }
        try SeededStudy.show(table(rows, seconds: (ContinuousClock.now - begin) / .seconds(1)), as: "confidence.md")
        // Five standard errors of so many sets around 95 %, and the whole study's own bound.
        let margin = max(0.02, 5 * (0.95 * 0.05 / Double(Self.sets)).squareRoot())
        for (study, tally) in rows {
            let name = "\(study.forecaster.rawValue), n = \(study.count), seeds from \(SeededStudy.firstSeed)"
            #expect(tally.sets == Self.sets && tally.failed == 0, "\(name)")
            let fitted = Double(tally.fitted)
            if study.forecaster.truth != nil, study.count >= 100 {
                #expect(
                    abs(Double(tally.deltaCovered) / fitted - 0.95) <= margin, "\(name): δ \(tally.deltaCovered) of \(fitted)")
                #expect(
                    abs(Double(tally.gammaCovered) / fitted - 0.95) <= margin, "\(name): γ \(tally.gammaCovered) of \(fitted)")
            }
            if study.forecaster == .calibrated {
                // P(χ² of 2 degrees > 2 log n) = 1/n.
                let expected = 1 / Double(study.count)
                let spread = (expected / fitted).squareRoot()
                #expect(Double(tally.alarms) / fitted <= 1.5 * expected + 5 * spread, "\(name): \(tally.alarms) alarms")
            } else if study.count >= 2000 {
                #expect(tally.alarms == tally.fitted, "\(name): \(tally.alarms) alarms")
            }
        }
    }

    private func table(_ rows: [(study: ConfidenceStudyCase, tally: ConfidenceStudyCase.Tally)], seconds: Double) -> String {
        var lines = [
            "\(Self.sets) sets each, \(String(format: "%.0f", seconds)) s in all.", "",
            "| forecaster | n | no best map | δ covered | γ covered | posterior < 0.5 | bold map at 95 % | sd best fit → bold |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for (study, tally) in rows {
            let fitted = Double(tally.fitted)
            func percent(_ count: Int) -> String { String(format: "%.1f %%", Double(count) / fitted * 100) }
            let isKnown = study.forecaster.truth != nil
            let cells = [
                study.forecaster.rawValue, "\(study.count)", "\(tally.refused)", isKnown ? percent(tally.deltaCovered) : "–",
                isKnown ? percent(tally.gammaCovered) : "–", percent(tally.alarms),
                String(format: "%.1f %%", fitted / (fitted + Double(tally.failed)) * 100),
                String(format: "%.3f → %.3f", tally.deviationBefore / fitted, tally.deviationAfter / fitted),
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
