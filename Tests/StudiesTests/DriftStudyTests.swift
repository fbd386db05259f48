import Confidence
import Foundation
import Signals
import Testing

/// False alarms of the running posterior, and how soon it sees a drift, on words drawn by seed (``SeededStudy``).
///
/// The whole study has several windows and ten times as many words and runs as the suite.
@Suite struct DriftStudyTests {
    private static let isWhole = SeededStudy.cases > 50
    private static let windows = isWhole ? [100, 200, 300, 500, 1000] : [CalibrationMonitor.Settings.usualWindow]
    private static let words = isWhole ? 400_000 : 40_000
    private static let runs = isWhole ? 400 : 40
    private static let pieces = 10

    private struct Row {
        var study: DriftStudyCase
        var tally: DriftStudyCase.Tally
    }

    @Test func `calibrated words raise few alarms, and drifts are seen the sooner the larger they are`() async throws {
        let begin = ContinuousClock.now
        let cases = Self.windows.flatMap { window in
            DriftStudyCase.Speech.allCases.flatMap { speech in
                ([nil] + DriftStudyCase.drifts.map(Optional.some)).map {
                    DriftStudyCase(speech: speech, window: window, drift: $0)
                }
            }
        }
        let tallies = await SeededStudy.rows(cases.count * Self.pieces) { seed in
            let index = Int(seed) - SeededStudy.firstSeed
            var mixer = SplitMix64(seed: seed)
            return cases[index / Self.pieces].tally(
                words: Self.words / Self.pieces, runs: Self.runs / Self.pieces, seed: mixer.split())
        }
        let rows = cases.indices.map { index in
            Row(
                study: cases[index],
                tally: tallies[index * Self.pieces..<(index + 1) * Self.pieces].reduce(.init(), +))
        }
        try SeededStudy.show(table(rows, seconds: (ContinuousClock.now - begin) / .seconds(1)), as: "drift.md")

        let usual = try #require(DriftStudyCase.levels.firstIndex(of: CalibrationMonitor.Settings.usualLevel))
        for row in rows where row.study.window == CalibrationMonitor.Settings.usualWindow {
            let name = "\(row.study.speech.rawValue), seeds from \(SeededStudy.firstSeed)"
            guard let drift = row.study.drift else {
                // The bound of the defaults is one in ten thousand words; a tenth of the study may see a few more by chance.
                let rate = Double(row.tally.alarms[usual]) / Double(row.tally.words)
                let expected = 1e-4
                #expect(
                    rate <= expected + 4 * (expected / Double(row.tally.words)).squareRoot(),
                    "\(name): \(row.tally.alarms[usual]) alarms in \(row.tally.words) words")
                continue
            }
            let median = row.tally.delays[usual].sorted()[Self.runs / 2]
            // A strong drift is seen before the window is full of it.
            if drift.name == "δ 0.25", row.study.speech != .together {
                #expect(median < row.study.window, "\(name), \(drift.name): \(median) words")
            }
        }
        let even = rows.filter { $0.study.speech == .even && $0.study.window == CalibrationMonitor.Settings.usualWindow }
        let medians = even.compactMap { row in
            row.study.drift.map { ($0.name, row.tally.delays[usual].sorted()[Self.runs / 2]) }
        }
        let delay = Dictionary(uniqueKeysWithValues: medians)
        #expect((delay["δ 0.25"] ?? .max) < (delay["δ 0.5"] ?? 0) && (delay["δ 0.5"] ?? .max) < (delay["δ 0.7"] ?? 0))
        #expect((delay["γ 0.5"] ?? .max) < (delay["γ 0.7"] ?? 0))
    }

    private func table(_ rows: [Row], seconds: Double) -> String {
        var lines = [
            "\(Self.words) calibrated words and \(Self.runs) runs for each drift, \(String(format: "%.0f", seconds)) s in all.",
            "",
            "| words | window | level | false alarms per 1000 words | "
                + DriftStudyCase.drifts.map(\.name).joined(separator: " | ") + " |",
            "|---|---|---|---|" + String(repeating: "---|", count: DriftStudyCase.drifts.count),
        ]
        for calm in rows where calm.study.drift == nil {
            let drifted = rows.filter {
                $0.study.drift != nil && $0.study.speech == calm.study.speech && $0.study.window == calm.study.window
            }
            for (place, level) in DriftStudyCase.levels.enumerated() {
                let rate = Double(calm.tally.alarms[place]) / Double(calm.tally.words) * 1000
                let cells = drifted.map { row in
                    let sorted = row.tally.delays[place].sorted()
                    func quantile(_ share: Double) -> String {
                        let value = sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
                        return value >= DriftStudyCase.patience ? "–" : "\(value)"
                    }
                    return "\(quantile(0.5)) (\(quantile(0.9)))"
                }
                lines.append(
                    "| \(calm.study.speech.rawValue) | \(calm.study.window) | \(String(format: "%.0f", level * 100)) % | "
                        + String(format: "%.3f", rate) + " | " + cells.joined(separator: " | ") + " |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
