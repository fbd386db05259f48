import Glibc
import Texts

/// One line on a terminal's standard error that says how far long work is and when it will be done.
///
/// Nothing is printed when standard error is not a terminal.
struct ProgressLine {
    private let label: String
    private let start = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?
    private let isTerminal = isatty(2) == 1

    init(_ label: String) { self.label = label }

    /// - Parameters:
    ///   - fraction: 0 … 1; nil when the end is not known.
    ///   - detail: a few words or numbers.
    mutating func show(_ fraction: Double?, _ detail: String) {
        guard isTerminal else { return }
        let now = ContinuousClock.now
        if let lastShown, now - lastShown < .milliseconds(200), (fraction ?? 0) < 1 { return }
        lastShown = now
        var text = "\(label): \(detail)"
        if let fraction {
            text = "\(label): \(Int(fraction * 100)) %, \(detail)"
            let elapsed = (now - start) / .seconds(1)
            if fraction > 0.02, fraction < 1 { text += ", \(duration(elapsed * (1 - fraction) / fraction)) left" }
        }
        Console.terminal("\r\u{1B}[K\(ForeignText.line(text))")
    }

    /// Clears the line.
    func done() {
        if isTerminal { Console.terminal("\r\u{1B}[K") }
    }

    private func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
    }
}
