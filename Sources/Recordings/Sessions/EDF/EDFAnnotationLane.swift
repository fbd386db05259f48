import Foundation

/// The annotation signal of a file that is written: equally many bytes in each record, which hold the record's time and as many
/// annotations, in their order, as have room.
///
/// - Source: B. Kemp and J. Olivan, "European data format 'plus' (EDF+)", section 2.2.2: an annotation may stand in any record, and
///   lies whole in one.
struct EDFAnnotationLane {
    /// Bytes of the signal in a record.
    let size: Int
    private let lists: [[UInt8]]
    private var next = 0

    /// Bytes of a record's time: sign, digits, point, seven decimals and the three bytes behind it.
    private static let mostTimeBytes = 24
    private static let leastBytes = 60
    /// A text of up to so many bytes always lies whole in one list.
    static let leastWholeText = 4096

    /// - Parameters:
    ///   - annotations: sorted by their onsets, which are seconds from the header's start.
    ///   - records: at least 1.
    ///   - sampleSize: bytes of one number, 2 or 3.
    ///   - recordBytes: of the samples in a record. A longer text (and longer than ``leastWholeText``) is split into annotations of one
    ///     onset, so that one text does not make every record of a file as long as itself.
    init(_ annotations: [EDFAnnotation], records: Int, sampleSize: Int, recordBytes: Int) {
        let most = max(Self.leastWholeText, recordBytes)
        lists = annotations.flatMap { annotation in
            Self.pieces(annotation.text, most: most).map { Self.list(annotation.onset, annotation.duration, $0) }
        }
        let longest = lists.reduce(0) { max($0, $1.count) }
        let total = lists.reduce(0) { $0 + $1.count }
        var size = max(Self.leastBytes, Self.mostTimeBytes + max(longest, total / max(1, records)))
        while !Self.fits(lists, records, size - Self.mostTimeBytes) { size += max(sampleSize, size / 4) }
        self.size = (size + sampleSize - 1) / sampleSize * sampleSize
    }

    /// Texts that are told in more than one annotation.
    static func splitTexts(_ annotations: [EDFAnnotation], recordBytes: Int) -> Int {
        annotations.count { $0.text.utf8.count > max(leastWholeText, recordBytes) }
    }

    private static func fits(_ lists: [[UInt8]], _ records: Int, _ room: Int) -> Bool {
        var (used, left) = (1, room)
        for list in lists {
            if list.count > left { (used, left) = (used + 1, room) }
            guard list.count <= left, used <= records else { return false }
            left -= list.count
        }
        return true
    }

    /// Cuts between characters.
    private static func pieces(_ text: String, most: Int) -> [Substring] {
        guard text.utf8.count > most else { return [text[...]] }
        var pieces: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            let limit = rest.utf8.index(rest.startIndex, offsetBy: most, limitedBy: rest.endIndex) ?? rest.endIndex
            var end = limit
            while end > rest.startIndex, !isBoundary(end, rest) { end = rest.utf8.index(before: end) }
            // A character of thousands of bytes is cut between its scalars.
            if end == rest.startIndex { end = rest.unicodeScalars.index(before: rest.unicodeScalars.index(after: limit)) }
            pieces.append(rest[..<end])
            rest = rest[end...]
        }
        return pieces
    }

    private static func isBoundary(_ index: String.Index, _ text: Substring) -> Bool {
        index == text.endIndex || String.Index(index, within: text) != nil
    }

    private static func list(_ onset: Double, _ duration: Double, _ text: Substring) -> [UInt8] {
        var bytes = Array(time(onset).utf8)
        if duration > 0 { bytes += [0x15] + Array(time(duration).utf8.dropFirst()) }
        bytes.append(0x14)
        bytes += text.utf8
        return bytes + [0x14, 0]
    }

    /// "+12.5", with at most seven decimals.
    static func time(_ seconds: Double) -> String {
        let ticks = (seconds * 1e7).rounded()
        guard let whole = Int64(exactly: ticks) else { return String(format: "%+.0f", seconds) }
        let (full, part) = whole.magnitude.quotientAndRemainder(dividingBy: 10_000_000)
        let text = (whole < 0 ? "-" : "+") + String(full)
        guard part > 0 else { return text }
        let digits = String(part)
        var decimals = String(repeating: "0", count: 7 - digits.count) + digits
        while decimals.last == "0" { decimals.removeLast() }
        return text + "." + decimals
    }

    /// The bytes of the next record.
    /// - Parameter seconds: when it begins, from the header's start.
    mutating func record(at seconds: Double) -> [UInt8] {
        var bytes = Array(Self.time(seconds).utf8) + [0x14, 0x14, 0]
        // As `fits` counts, so that every list finds its room.
        var left = size - Self.mostTimeBytes
        while next < lists.count, lists[next].count <= left {
            bytes += lists[next]
            left -= lists[next].count
            next += 1
        }
        return bytes + [UInt8](repeating: 0, count: size - bytes.count)
    }
}
