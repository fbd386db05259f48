import Foundation
import Sessions
import Signals

/// What a recorded device sent while it streamed, piece by piece as it arrived, with the time of each.
struct RecordedTimeline: Sendable {
    struct Piece: Sendable {
        /// Seconds from the first piece, divided by the speed.
        var time: Double
        var bytes: [UInt8]
    }

    private let first: WireLogReader
    private var reader: WireLogReader
    private let speed: Double
    private let range: Range<HostTime>
    private let loops: Bool
    private var begin: HostTime?
    private var last: (time: Double, step: Double) = (0, 0)
    private var offset = 0.0
    private var isFresh = true

    /// - Parameters:
    ///   - path: of the wire log.
    ///   - start: the session's first stamp, from which the options' seconds count.
    /// - Throws: `SessionError` when the log cannot be opened.
    init(path: String, start: HostTime, options: ReplayOptions) throws(SessionError) {
        first = try WireLogReader(path: path)
        reader = first
        speed = options.speed ?? 1
        let low = options.from.map { start + $0 } ?? HostTime(nanoseconds: .min)
        range = low..<max(low, options.to.map { start + $0 } ?? HostTime(nanoseconds: .max))
        loops = options.loops
    }

    /// Back to the beginning, time 0.
    mutating func rewind() {
        reader = first
        begin = nil
        last = (0, 0)
        offset = 0
        isFresh = true
    }

    /// The next piece; nil at the end.
    mutating func next() -> Piece? {
        while true {
            while let record = reader.next() {
                guard record.kind == .received, range.contains(record.hostTime) else { continue }
                let begin = begin ?? record.hostTime
                self.begin = begin
                isFresh = false
                let time = offset + (record.hostTime - begin) / speed
                last = (time, time - last.time)
                return Piece(time: time, bytes: record.body)
            }
            // An empty range would loop for ever.
            guard loops, !isFresh else { return nil }
            let next = last.time + last.step
            reader = first
            begin = nil
            offset = next
            isFresh = true
        }
    }
}
