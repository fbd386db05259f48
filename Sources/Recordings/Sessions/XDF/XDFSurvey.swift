extension XDFReader {
    /// Stamps of a chunk that are handed on at once; a chunk of more rows is no recorder's, and only counted.
    private static let stampsHandedOn = 1 << 20

    /// Counts the samples of one chunk, without keeping them.
    mutating func survey(
        _ chunk: XDFSamplesChunk, of position: Int, _ bytes: UnsafeRawBufferPointer,
        _ visit: ((_ stream: Stream, _ stamps: UnsafeBufferPointer<Double>) -> Void)?
    ) {
        if streams[position].format == .string { return surveyTexts(chunk, of: position, bytes) }
        let stream = streams[position]
        var tally = stream.tally ?? Stream.Tally()
        let room = visit != nil && chunk.room <= Self.stampsHandedOn ? chunk.room : 0
        var fault: String?
        withUnsafeTemporaryAllocation(of: Double.self, capacity: room) { stamps in
            var rows = XDFRows(
                bytes: bytes, rowSize: stream.channels * stream.format.size,
                period: stream.nominalRate > 0 ? 1 / stream.nominalRate : 0, last: tally.last ?? 0,
                stamps: room > 0 ? stamps : nil, values: nil)
            fault = rows.take(chunk)
            guard rows.count > 0 else { return }
            tally.samples += rows.count
            tally.first = tally.first ?? rows.first
            tally.last = rows.last
            if room > 0 { visit?(stream, UnsafeBufferPointer(rebasing: stamps[..<rows.count])) }
        }
        if let fault { note("a samples chunk of stream \(stream.id) \(fault)", at: chunk.offset) }
        streams[position].tally = tally
    }

    /// Counts texts; of the recorder's own remarks those that note a gap are kept.
    private mutating func surveyTexts(_ chunk: XDFSamplesChunk, of position: Int, _ bytes: UnsafeRawBufferPointer) {
        let period = streams[position].nominalRate > 0 ? 1 / streams[position].nominalRate : 0
        var tally = streams[position].tally ?? Stream.Tally()
        let isEventLog = streams[position].isEventLog
        let isWhole = chunk.forEachText(bytes, channels: streams[position].channels) { written, row in
            let stamp = written ?? (tally.last ?? 0) + period
            tally.samples += 1
            tally.first = tally.first ?? stamp
            tally.last = stamp
            // What a device says in words is no remark of the recorder's, whatever it says.
            guard isEventLog, row.count == 1 else { return }
            if GapMarker(row[0]) != nil {
                tally.gaps += 1
                streams[position].texts.append(row[0])
            } else if RecordedSession.event(row[0], 0) != nil {
                tally.deviceEvents += 1
            }
        }
        streams[position].tally = tally
        if !isWhole {
            note("a samples chunk of stream \(streams[position].id) is shorter than it says", at: chunk.offset)
        }
    }
}
