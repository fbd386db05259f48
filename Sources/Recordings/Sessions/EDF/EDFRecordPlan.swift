/// Where the data records of a file lie on a track's uniform time axis.
struct EDFRecordPlan {
    /// Frames, gaps counted, of records that follow each other without a pause; all but the last end of the track are whole records.
    var segments: [Range<Int>]
    let length: EDFRecordLength

    /// Records that follow each other from the first frame to the last.
    init(continuous frames: Int, length: EDFRecordLength) {
        self.length = length
        segments = [0..<frames]
    }

    /// Records that leave the gaps out: one begins at the first sample after a gap, unless the one before it still covers that.
    init(of track: Recording.Track, length: EDFRecordLength) {
        self.length = length
        segments = []
        var place = 0
        for run in track.runs() {
            defer { place += run.count }
            guard run.first != nil else { continue }
            let end = place + run.count
            if let last = segments.last {
                let covered = last.lowerBound + Self.roundedUp(last.count, length.frames)
                if covered >= place {
                    segments[segments.count - 1] = last.lowerBound..<end
                    continue
                }
            }
            segments.append(place..<end)
        }
    }

    private static func roundedUp(_ count: Int, _ step: Int) -> Int { (count + step - 1) / step * step }

    /// Records of a segment.
    func records(_ segment: Range<Int>) -> Int { (segment.count + length.frames - 1) / length.frames }
    var records: Int { segments.reduce(0) { $0 + records($1) } }
    /// Frames in all records, with those that fill the last one up.
    var frames: Int { records * length.frames }

    /// Calls `body` with the first frame of each record.
    func forEachRecord<Failure: Error>(_ body: (_ firstFrame: Int) throws(Failure) -> Void) throws(Failure) {
        for segment in segments {
            for record in 0..<records(segment) { try body(segment.lowerBound + record * length.frames) }
        }
    }

    /// Stretches that the records cover and the track has no samples for: missing frames, and what fills a record up.
    func filled(_ track: Recording.Track) -> (gaps: [Range<Int>], padding: [Range<Int>]) {
        var gaps: [Range<Int>] = []
        var padding: [Range<Int>] = []
        var place = 0
        var holes: [Range<Int>] = []
        for run in track.runs() {
            if run.first == nil { holes.append(place..<place + run.count) }
            place += run.count
        }
        var next = 0
        for segment in segments {
            while next < holes.count, holes[next].upperBound <= segment.lowerBound { next += 1 }
            var index = next
            while index < holes.count, holes[index].lowerBound < segment.upperBound {
                gaps.append(holes[index].clamped(to: segment))
                index += 1
            }
            let end = segment.lowerBound + records(segment) * length.frames
            if end > segment.upperBound { padding.append(segment.upperBound..<end) }
        }
        return (gaps, padding)
    }
}
