import Foundation
import Testing

/// Pulses that a board and a sound card take in at the same moments, by the stamps of either stream (``SeededStudy``).
///
/// Neither has a known delay, so the difference that is true is 0.
@Suite struct TwoStreamsStudyTests {
    @Test func `After an hour at ±200 ppm pulses have the same times in EEG and sound within 2 ms, 99 % of them`()
        async throws
    {
        let (count, first) = (max(1, SeededStudy.cases / TwoStreamsStudyCase.boards.count), SeededStudy.firstSeed)
        let all = await SeededStudy.rows(count) { seed in
            let study = TwoStreamsStudyCase(seed: seed, seconds: SeededStudy.seconds)
            return (study: study, result: Result { try TwoStreamsStudyRun(study).result() })
        }
        let rows = try all.map { (study: $0.study, result: try $0.result.get()) }
        try SeededStudy.show(TwoStreamsStudyTable(rows).text, as: "two-streams.md")
        #expect(rows.count == count)
        for (study, result) in rows {
            #expect(result.pulses == study.wholePulses.count && result.missing == 0, "\(result.pulses) pulses: \(study)")
            for found in [result.causal, result.twoSided] {
                #expect(found.p99 <= 0.002 && found.lastP99 <= 0.002, "\(found): \(study), seeds from \(first)")
            }
            // 20 ppm are 72 ms after an hour: the study sees clocks that run apart.
            let apart = abs(study.boardCrystal.error - study.cardCrystal.error)
            #expect(apart < 50e-6 || result.nominal.p99 > 20e-6 * study.seconds, "\(result.nominal): \(study)")
        }
    }
}

/// The study's results by board, in milliseconds.
struct TwoStreamsStudyTable {
    private let rows: [(study: TwoStreamsStudyCase, result: TwoStreamsStudyResult)]

    init(_ rows: [(study: TwoStreamsStudyCase, result: TwoStreamsStudyResult)]) { self.rows = rows }

    var text: String {
        var lines = [
            "| | cases | pulses | causal: median | p99 of the worst case | in its last 5 min | worst pulse | two-sided: median | p99 of the worst case | in its last 5 min | worst pulse | by nominal rates: p99 of the worst case | board's stamps: p99 of the worst case | card's |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
        ]
        lines.append(line("all", rows))
        for driver in TwoStreamsStudyCase.boards {
            lines.append(line(driver.rawValue, rows.filter { $0.study.driver == driver }))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ name: String, _ rows: [(study: TwoStreamsStudyCase, result: TwoStreamsStudyResult)]) -> String {
        func text(_ seconds: Double?) -> String { seconds.map { String(format: "%.3f", $0 * 1000) } ?? "–" }
        func part(_ differences: [TwoStreamsStudyResult.Difference]) -> [String] {
            let medians = differences.map(\.median).sorted()
            return [
                text(medians.isEmpty ? nil : medians[medians.count / 2]), text(differences.map(\.p99).max()),
                text(differences.map(\.lastP99).max()), text(differences.map(\.worst).max()),
            ]
        }
        let results = rows.map(\.result)
        let cells =
            [name, "\(rows.count)", "\(results.reduce(0) { $0 + $1.pulses })"] + part(results.map(\.causal))
            + part(results.map(\.twoSided))
            + [results.map(\.nominal.p99).max(), results.map(\.boardError).max(), results.map(\.cardError).max()].map(text)
        return "| " + cells.joined(separator: " | ") + " |"
    }
}
