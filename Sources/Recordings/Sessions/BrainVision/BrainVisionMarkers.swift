import Foundation

/// What a BrainVision marker file tells: markers and the segments that were recorded one after the other.
struct BrainVisionMarkers {
    struct Marker: Equatable {
        /// "Stimulus", "New Segment", …
        var type: String
        var description: String
        /// Sample, from 0.
        var sample: Int
        /// Samples; 0 and 1 are moments.
        var length: Int
        /// Of segments that tell it.
        var date: Date?
    }

    /// In the file's order.
    private(set) var markers: [Marker] = []
    private(set) var remarks: [String] = []
    static let segment = "New Segment"
    private static let mostRemarks = 10

    /// - Throws: ``SessionError`` when the file cannot be read.
    init(_ path: String) throws(SessionError) {
        let text = try BrainVisionText(path)
        var (untold, ofChannels) = (0, 0)
        func tell(_ remark: String) { if remarks.count < Self.mostRemarks { remarks.append(remark) } else { untold += 1 } }
        for entry in text.entries("Marker Infos") {
            guard entry.key.lowercased().hasPrefix("mk"), Int(entry.key.dropFirst(2)) != nil else { continue }
            // Numbers of markers may be missing or stand twice: the entries count, not their numbers.
            var fields = entry.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            func place(_ index: Int) -> Int? {
                fields.indices.contains(index) ? Int(fields[index].trimmingCharacters(in: .whitespaces)) : nil
            }
            if place(2) == nil, fields.count > 4 {
                // A comma in the description that was not written as `\1`: the last fields are numbers.
                let numbers = fields.reversed().prefix { Int($0.trimmingCharacters(in: .whitespaces)) != nil }.count
                if (2...3).contains(numbers) {
                    let end = fields.count - numbers
                    tell("\(path): \(entry.key) has commas in its description; it was read as a whole")
                    fields.replaceSubrange(1..<end, with: [fields[1..<end].joined(separator: ",")])
                }
            }
            guard let position = place(2) else {
                tell("\(path): \(entry.key)=\(entry.value.prefix(60)) tells no position and was left out")
                continue
            }
            guard position > 0, position < 1 << 50 else {
                tell("\(path): \(entry.key) stands at position \(position), positions count from 1; it was left out")
                continue
            }
            if let channel = place(4), channel > 0 { ofChannels += 1 }
            let length = place(3).map { min(max(0, $0), 1 << 50) } ?? 1
            markers.append(
                Marker(
                    type: BrainVisionText.text(fields[0]), description: BrainVisionText.text(fields[1]), sample: position - 1,
                    length: length, date: fields.count > 5 ? BrainVisionText.moment(fields[5]) : nil))
        }
        if untold > 0 { remarks.append("\(path): \(untold) more remarks of this kind") }
        if ofChannels > 0 { remarks.append("\(path): \(ofChannels) markers are of one channel; they count for all") }
    }

    /// The date of the first sample.
    var start: Date? {
        guard let first = markers.first(where: { $0.type == Self.segment }), first.sample == 0 else { return nil }
        return first.date
    }

    /// A pause between two segments shorter than this many seconds is the two clocks' difference.
    private static let leastPause = 0.01

    /// Frames that were not recorded before later segments, by the dates at which these began.
    func gaps(rate: Double, samples: Int) -> [Recording.Track.Gap] {
        let segments = markers.filter { $0.type == Self.segment && $0.date != nil && $0.sample < samples }
            .sorted { $0.sample < $1.sample }
        guard let first = segments.first, let begin = first.date else { return [] }
        var gaps: [Recording.Track.Gap] = []
        var missing = 0
        for segment in segments.dropFirst() where segment.sample > first.sample {
            guard let date = segment.date else { continue }
            let seconds = date.timeIntervalSince(begin) - Double(segment.sample - first.sample + missing) / rate
            let count = (seconds * rate).rounded()
            guard seconds >= Self.leastPause, count >= 1, count < 1e12 else { continue }
            gaps.append(.init(index: segment.sample, count: Int(count)))
            missing += Int(count)
        }
        return gaps
    }
}
