import Foundation
import StudyFiles

/// A sweep's points with their values, for tables and pictures.
public struct SweepTable: Sendable {
    public let name: String
    public let objective: SweepObjective?
    /// Further paths that are shown.
    public let columns: [String]
    /// All points by number.
    public let points: [StoredPoint]
    public let counts: SweepCounts

    /// - Throws: ``SweepError``, `SettingsError` when the file in the store cannot be read any more.
    package init(_ store: SweepStore) throws {
        let summary = try store.summary()
        let sweep = try SweepDescription(toml: summary.text, file: store.path)
        name = summary.name
        objective = sweep.objective
        columns = sweep.columns.filter { $0 != sweep.objective?.path }
        points = try store.points()
        let names = sweep.parameters.map(\.name)
        if let wrong = points.first(where: { $0.point.parameters.map(\.name) != names }) {
            throw SweepError(
                path: store.path, reason: .store(.damaged("point \(wrong.point.number) has other parameters than its sweep")))
        }
        counts = try store.counts()
    }

    /// Names of the parameters in the file's order.
    public var parameters: [String] { points.first?.point.parameters.map(\.name) ?? [] }

    /// Done ones, the best first; without an objective by number.
    public var ranking: [StoredPoint] {
        let done = points.filter { $0.state == .done }
        guard let objective else { return done }
        return done.sorted { a, b in
            let (x, y) = (a.value ?? .infinity, b.value ?? .infinity)
            return x == y ? a.point.number < b.point.number : objective.isBetter(x, y)
        }
    }

    public var failed: [StoredPoint] { points.filter { $0.state == .failed } }

    /// What stands at the columns' paths of a point's result; nil where there is nothing.
    public func cells(_ point: StoredPoint) -> [SweepValue?] {
        guard let text = point.result, let result = PointResult(Array(text.utf8)) else { return columns.map { _ in nil } }
        return columns.map { result.value(at: $0) }
    }
}
