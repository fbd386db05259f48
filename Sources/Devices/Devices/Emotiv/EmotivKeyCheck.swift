import Protocols

/// Whether decrypted reports make sense: with the right key each counter is one more than the last one, with another key the
/// counters are random bytes, of which one in about 256 is.
struct EmotivKeyCheck {
    /// Steps that are looked at: an eighth of a second.
    static let steps = 16
    /// Of them, right ones at least. A key that does not fit has so many by chance once in 10¹⁵ times; a right one still passes
    /// when seven reports are lost or stale.
    static let neededSteps = 9

    private var last: UInt64?
    private(set) var seen = 0
    private(set) var right = 0

    var isDone: Bool { seen >= Self.steps }
    var fits: Bool { right >= Self.neededSteps }

    mutating func take(_ report: UnsafeRawBufferPointer) {
        let counter = EmotivReport.counter(report)
        if let last, !isDone {
            seen += 1
            if counter == (last + 1) % EmotivReport.counterValues { right += 1 }
        }
        last = counter
    }
}
