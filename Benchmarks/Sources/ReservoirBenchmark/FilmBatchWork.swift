import Foundation
import MagneticFilm
import Measuring
import Reservoirs

/// NARMA-10 with films of 100 cells, as a search evaluates a batch: on two threads, and one after the other on one.
struct FilmBatchWork {
    var films = 32
    var rounds = 5

    /// What one batch took, in seconds.
    private struct Took {
        var wall: Double
        /// Of the processor, in all threads.
        var processor: Double
        /// In which threads were ready and other programs had the processor.
        var waiting: Double
    }

    func run() throws {
        let family = try FilmFamily(cells: 100, material: .nickel)
        let data = try ReservoirTask.narma10.data(seed: 1)
        var took: [Int: [Took]] = [:]
        var answers: [[ReservoirSearch.Entry]] = []
        // In turns, so that other programs on the machine slow both alike.
        for round in 0...rounds {
            for threads in [1, 2] {
                var settings = ReservoirSearch.Settings()
                settings.method = .random
                (settings.evaluations, settings.batch, settings.threads) = (films, films, threads)
                let before = Self.scheduled()
                let (entries, time) = seconds {
                    ReservoirSearch(genes: family.genes.count, settings).run(
                        evaluate: { try family.evaluate($0, .narma10, data, settings: .init()) },
                        note: { (_) throws(Never) in true })
                }
                let after = Self.scheduled()
                answers.append(entries)
                // The first round warms up.
                guard round > 0 else { continue }
                took[threads, default: []].append(
                    Took(
                        wall: time, processor: after.processor - before.processor, waiting: after.waiting - before.waiting))
            }
        }
        let (one, two) = (took[1] ?? [], took[2] ?? [])
        let ratios = zip(one, two).map { $0.wall / $1.wall }
        let quiet = zip(one, two).map { ($0.wall - $0.waiting) / ($1.wall - $1.waiting / 2) }
        print("\nNARMA-10, \(films) films of 100 cells in one batch, median of \(rounds) rounds:")
        print(
            String(
                format: "  one thread %.2f s, two threads %.2f s, %.2f times as fast (%.2f to %.2f); %@",
                middle(one.map(\.wall)), middle(two.map(\.wall)), middle(ratios), ratios.min() ?? .nan,
                ratios.max() ?? .nan, answers.allSatisfy { $0 == answers[0] } ? "same errors" : "OTHER ERRORS"))
        print(
            String(
                format: "  other programs took %.2f s and %.2f s of the threads' time; without it %.2f times (%.2f to %.2f)",
                middle(one.map(\.waiting)), middle(two.map(\.waiting)), middle(quiet), quiet.min() ?? .nan,
                quiet.max() ?? .nan))
        print(
            String(
                format: "  processor time %.2f s and %.2f s; one evaluation %.3f s", middle(one.map(\.processor)),
                middle(two.map(\.processor)), middle(one.map(\.processor)) / Double(films)))
    }

    /// Of all threads of this process since they began, by the kernel's accounting.
    private static func scheduled() -> (processor: Double, waiting: Double) {
        var sums = [0.0, 0.0]
        for task in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] {
            let text = (try? String(contentsOfFile: "/proc/self/task/\(task)/schedstat", encoding: .utf8)) ?? ""
            for (place, word) in text.split(separator: " ").prefix(2).enumerated() {
                sums[place] += (Double(word) ?? 0) * 1e-9
            }
        }
        return (sums[0], sums[1])
    }

    private func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
