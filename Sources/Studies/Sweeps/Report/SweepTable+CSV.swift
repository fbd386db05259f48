import Texts

extension SweepTable {
    /// All points as a table with commas (RFC 4180), one row each, by number.
    public var csv: String {
        let value = objective.map { [$0.path] } ?? []
        var lines = [["point", "state", "attempts"] + parameters + value + columns + ["seconds", "failure"]]
        for point in points {
            let own = objective == nil ? [] : [point.value.map { "\(SweepValue($0))" } ?? ""]
            lines.append(
                ["\(point.point.number)", point.state.rawValue, "\(point.attempts)"]
                    + point.point.parameters.map { "\($0.value)" } + own + cells(point).map { $0.map { "\($0)" } ?? "" }
                    + [point.seconds.map { "\($0)" } ?? "", point.state == .done ? "" : point.failure ?? ""])
        }
        return lines.map { $0.map(ForeignText.commaCell).joined(separator: ",") + "\n" }.joined()
    }
}
