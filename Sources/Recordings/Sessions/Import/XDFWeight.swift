/// How much memory the recording in an XDF file would take, told from its chunks in constant memory: what was packed may be a thousand
/// times as long as the packed file, and a text of two bytes is a marker of many.
///
/// An estimate from above. What it is not sure of (chunks in an order that no recorder writes) counts as the worst.
struct XDFWeight {
    /// In bytes.
    private(set) var memory = 0

    /// What one more sample takes beside its values: stamps, as they are read, synchronised, dejittered and handed on.
    private static let sample = 40
    /// What one more marker takes, and what telling equal ones of several streams apart does.
    private static let marker = 400
    private static let chunk = 80
    /// Of elements in a header, for each of its bytes: `<a/>` is one with a name, a text and a list.
    private static let headerByte = 40
    /// A header of more bytes is no stream's: its samples count as texts.
    private static let longestHeader = 1 << 16

    private struct Stream {
        var channels: Int
        var isText: Bool
        var rowSize: Int
        /// Each sample becomes a marker.
        var areCodes: Bool
    }

    /// - Parameters:
    ///   - limit: where counting may end.
    ///   - release: told which bytes are no longer needed.
    init(_ bytes: UnsafeRawBufferPointer, upTo limit: Int, release: (Range<Int>) -> Void) {
        var streams: [UInt32: Stream] = [:]
        var (offset, released) = (XDF.magic.count, 0)
        while offset < bytes.count, memory <= limit {
            guard let chunk = XDFChunkHeader(bytes, at: offset) else {
                // Rubbish is looked through for the next chunk, here and by the reader: its pages are memory meanwhile.
                let end = min(bytes.count, offset + limit)
                let seen = UnsafeRawBufferPointer(rebasing: bytes[..<end])
                let next = XDFReader.boundary(in: seen, after: offset) ?? end
                memory += Self.chunk + next - offset
                offset = next
                continue
            }
            memory += Self.chunk
            var content = XDFCursor(UnsafeRawBufferPointer(rebasing: bytes[chunk.content]))
            if chunk.tag == .samples {
                memory += weight(chunk.content, content.integer(UInt32.self).flatMap { streams[$0] }, bytes)
            } else {
                memory += chunk.content.count * Self.headerByte
                if chunk.tag == .streamHeader, chunk.content.count <= Self.longestHeader,
                    let id = content.integer(UInt32.self), streams[id] == nil,
                    let stream = XDFReader.Stream(id: id, header: HeaderElement(content.rest()))
                {
                    // Labels, units and values of every channel.
                    memory += stream.channels * 100
                    streams[id] = Stream(
                        channels: stream.channels, isText: stream.format == .string,
                        rowSize: stream.channels * stream.format.size,
                        areCodes: Recording.Track.areCodes(type: stream.type, rate: stream.nominalRate))
                }
            }
            offset = chunk.content.upperBound
            if offset - released > XDFReader.releaseInterval {
                release(released..<offset)
                released = offset
            }
        }
        release(0..<bytes.count)
    }

    /// Of a chunk of samples.
    private func weight(_ content: Range<Int>, _ stream: Stream?, _ bytes: UnsafeRawBufferPointer) -> Int {
        // Samples of no stream are left out, and told.
        guard let stream else { return 0 }
        let samples = XDFSamplesChunk(offset: content.lowerBound, start: content.lowerBound + 4, end: content.upperBound)
        // A text of no letters is the byte of its length's size, and the length.
        let smallest = stream.isText ? 2 * stream.channels : stream.rowSize
        let rows = samples.announced(bytes, rowSize: smallest)?.count ?? 0
        if stream.isText { return rows * (Self.sample + Self.marker + 40 * stream.channels) + 3 * content.count }
        return rows * (Self.sample + stream.rowSize + (stream.areCodes ? Self.marker + 60 * stream.channels : 0))
    }
}
