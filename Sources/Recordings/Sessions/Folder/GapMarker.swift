/// How a hole in a stream is written among the markers of a recording: "gap STREAM first=N count=N at=N".
struct GapMarker: Equatable {
    var stream: String
    /// Device counter of the first missing frame.
    var first: UInt64
    var count: UInt64
    /// Number of the first sample after the hole, counted from the stream's start in the file; nil in older recordings.
    var index: Int?

    var text: String { "gap \(stream) first=\(first) count=\(count)" + (index.map { " at=\($0)" } ?? "") }

    init(stream: String, first: UInt64, count: UInt64, index: Int?) {
        self.stream = stream
        self.first = first
        self.count = count
        self.index = index
    }

    init?(_ text: String) {
        // The name may have spaces.
        guard text.hasPrefix("gap "), let end = text.ranges(of: " first=").last?.lowerBound else { return nil }
        let name = text[..<end].dropFirst(4)
        let words = text[end...].split(separator: " ")
        guard !name.isEmpty, words.count == 2 || words.count == 3, words[0].hasPrefix("first="), words[1].hasPrefix("count="),
            let first = UInt64(words[0].dropFirst(6)), let count = UInt64(words[1].dropFirst(6))
        else { return nil }
        var index: Int?
        if words.count == 3 {
            guard words[2].hasPrefix("at="), let number = Int(words[2].dropFirst(3)), number >= 0 else { return nil }
            index = number
        }
        self.init(stream: String(name), first: first, count: count, index: index)
    }
}
