import Foundation
import Glibc
import Recording
import Signals
import Texts

/// A run on the terminal, drawn over itself four times a second: streams, times and the last lines. Without a terminal there is none.
final class TerminalView {
    private let title: String
    private let begin = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant?
    private var lines: [String] = []
    private var height = 0
    private var looks: [(time: ContinuousClock.Instant, received: [UInt64])] = []

    private static let mostLines = 8
    private static let interval = Duration.milliseconds(250)

    /// nil where standard output or standard error is no terminal: then lines are printed.
    init?(title: String) {
        guard isatty(1) == 1, isatty(2) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb" else { return nil }
        self.title = title
    }

    /// A line for people.
    func take(_ line: String) {
        lines.append(line)
        if lines.count > Self.mostLines { lines.removeFirst() }
    }

    /// To be called again and again.
    func draw(_ run: LiveRun) {
        let now = ContinuousClock.now
        if let lastDrawn, now - lastDrawn < Self.interval { return }
        lastDrawn = now
        put(text(run, at: now))
    }

    /// The last picture is drawn and stays, and the cursor is below it.
    func end(_ run: LiveRun) {
        put(text(run, at: .now))
        height = 0
    }

    private func put(_ rows: [String]) {
        var size = winsize()
        let width = ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
        // Up to where the last picture began; each row is cut, so that none takes two.
        var picture = height > 0 ? "\u{1B}[\(height)A" : ""
        for row in rows {
            let isBold = row.hasPrefix("*")
            let text = String(ForeignText.line(isBold ? String(row.dropFirst()) : row).prefix(width - 1))
            picture += "\r\u{1B}[K" + (isBold ? "\u{1B}[1m\(text)\u{1B}[0m" : text) + "\n"
        }
        if rows.count < height { picture += "\u{1B}[J" }
        height = rows.count
        Console.terminal(picture)
    }

    private func text(_ run: LiveRun, at now: ContinuousClock.Instant) -> [String] {
        let states = run.streamStates
        looks.append((now, states.map(\.received)))
        while let first = looks.first, now - first.time > .seconds(5) { looks.removeFirst() }
        let seconds = Int((now - begin) / .seconds(1))
        var rows = ["*\(title)  \(seconds / 60):\(String(format: "%02d", seconds % 60))", ""]
        let arrivals = run.metrics.arrivals
        var table: [[String]] = [["stream", "Hz", "nominal", "lost", "drift ppm", "ring %", ""]]
        for (index, state) in states.enumerated() where !state.description.isText {
            table.append([
                state.description.name, rate(index).map { Console.number($0, digits: 1) } ?? "…",
                Console.number(state.description.nominalRate, digits: 1), state.owed ?? "\(state.lost)",
                arrivals[index].driftPpm.map { Console.number($0, digits: 1) } ?? "–",
                Console.number(100 * state.ringFill, digits: 0), state.isAway ? "AWAY" : "",
            ])
        }
        rows += Self.aligned(table) + [""]
        for latency in run.metrics.latencies where latency.kind != "pipeline" || run.metrics.latencies.count == 1 {
            rows.append(
                "\(latency.kind.replacing("_", with: " "))\(latency.stage.map { " of \($0)" } ?? ""): median "
                    + "\(Console.number(latency.p50, digits: 1)) ms, 99 % \(Console.number(latency.p99, digits: 1)) ms, \(latency.count) times"
            )
        }
        return rows + [""] + lines.reversed() + Array(repeating: "", count: Self.mostLines - lines.count)
    }

    private func rate(_ stream: Int) -> Double? {
        guard let first = looks.first, let last = looks.last else { return nil }
        let seconds = (last.time - first.time) / .seconds(1)
        guard seconds >= 1, first.received.indices.contains(stream) else { return nil }
        return Double(last.received[stream] &- first.received[stream]) / seconds
    }

    private static func aligned(_ table: [[String]]) -> [String] {
        let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        return table.map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }
    }
}
