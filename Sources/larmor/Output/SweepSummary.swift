import Foundation
import Sweeps

/// What a run of a sweep came to.
struct SweepSummary: Encodable {
    struct Best: Encodable {
        var point: Int
        var parameters: [String: SweepValue]
        var value: Double
    }

    struct Failed: Encodable {
        var point: Int
        var parameters: [String: SweepValue]
        var attempts: Int
        var exitCode: Int32?
        var reason: String

        init(_ point: StoredPoint) {
            (self.point, parameters) = (point.point.number, SweepSummary.parameters(point.point))
            (attempts, exitCode, reason) = (point.attempts, point.exitCode, point.failure ?? "")
        }
    }

    var name: String
    var store: String
    var points: Int
    var done: Int
    var failed: Int
    var waiting: Int
    var running: Int
    var objective: String?
    var best: Best?
    var failures: [Failed]
    var seconds: Double

    init(_ store: SweepStore, _ sweep: SweepDescription, _ place: SweepPlace, seconds: Double) throws {
        let counts = try store.counts()
        (name, self.store, self.seconds) = (sweep.name, place.store, seconds)
        (points, done, failed) = (counts.all, counts.done, counts.failed)
        (waiting, running) = (counts.waiting, counts.running)
        objective = sweep.objective?.path
        best = try store.best(sweep.objective).flatMap { point in
            point.value.map { Best(point: point.point.number, parameters: Self.parameters(point.point), value: $0) }
        }
        failures = try store.points(.failed).map(Failed.init)
    }

    static func parameters(_ point: SweepPoint) -> [String: SweepValue] {
        Dictionary(point.parameters.map { ($0.name, $0.value) }) { $1 }
    }

    /// For people.
    var text: String {
        var lines = [
            "\(store): \(done) of \(Console.count(points, "point")) done, \(failed) failed, \(Console.number(seconds, digits: 1)) s"
        ]
        if let best, let objective {
            let options = best.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            lines.append("best \(objective) \(SweepWords.number(best.value)): point \(best.point), \(options)")
        }
        for failure in failures.prefix(10) {
            lines.append("point \(failure.point) failed, \(Console.count(failure.attempts, "attempt")): \(failure.reason)")
        }
        if failures.count > 10 { lines.append("… \(failures.count - 10) more; `larmor sweep report` lists them") }
        return lines.joined(separator: "\n")
    }
}
