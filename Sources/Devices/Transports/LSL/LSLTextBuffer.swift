import Protocols
import Signals

/// One sample of texts on its way from liblsl to bytes. liblsl allocates each text; it is given back as soon as it is copied.
///
/// A text is kept whole up to ``LSLRecord/longestText``, and all of a sample together up to ``LSLRecord/largestTexts``; of what is
/// longer the beginning stays, a record before it says of how many texts, and every channel has its part.
final class LSLTextBuffer {
    private let channels: Int
    private let texts: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>
    private let lengths: UnsafeMutableBufferPointer<UInt32>
    /// The records; pages that no text has reached are never touched.
    private let records: UnsafeMutableRawBufferPointer
    private var taken = 0
    private var filled = 0

    /// - Parameter channels: 0 for a stream of numbers, which needs no room.
    init(channels: Int) {
        self.channels = channels
        texts = .allocate(capacity: max(1, channels))
        texts.initialize(repeating: nil)
        lengths = .allocate(capacity: max(1, channels))
        lengths.initialize(repeating: 0)
        records = .allocate(
            byteCount: channels > 0 ? LSLRecord.headerSize + LSLRecord.largestTexts : LSLRecord.headerSize, alignment: 16)
    }

    deinit {
        texts.deallocate()
        lengths.deallocate()
        records.deallocate()
    }

    /// - Returns: the sample's stamp; 0 when none came.
    func pull(
        _ inlet: OpaquePointer, _ functions: LSLFunctions, timeout: Double, _ code: inout Int32
    ) -> Double {
        guard let texts = texts.baseAddress, let lengths = lengths.baseAddress else { return 0 }
        return functions.pullTexts(inlet, texts, lengths, Int32(channels), timeout, &code)
    }

    /// Makes the pulled sample's record and gives its texts back to liblsl.
    func compose(stamp: Double, firstSample: UInt64, _ functions: LSLFunctions) {
        let cuts = limitLengths()
        let start = cuts > 0 ? LSLRecord.headerSize : 0
        var place = start + LSLRecord.valuesOffset(samples: 1)
        for channel in 0..<channels {
            let count = Int(lengths[channel])
            records.storeBytes(of: UInt32(count).littleEndian, toByteOffset: place, as: UInt32.self)
            place += 4
            guard let text = texts[channel] else { continue }
            UnsafeMutableRawBufferPointer(rebasing: records[place..<place + count]).copyMemory(
                from: UnsafeRawBufferPointer(start: text, count: count))
            place += count
            functions.destroyString(text)
            texts[channel] = nil
        }
        let record = UnsafeMutableRawBufferPointer(rebasing: records[start...])
        LSLRecord.putHeader(
            .samples, format: .string, channels: channels, samples: 1, firstSample: firstSample, size: place - start,
            into: record)
        LSLRecord.put(stamp, at: LSLRecord.headerSize, into: record)
        if cuts > 0 {
            LSLRecord.putHeader(
                .textCut, format: .string, channels: channels, samples: cuts, firstSample: firstSample,
                size: LSLRecord.headerSize, into: records)
        }
        (taken, filled) = (0, place)
    }

    /// Cuts lengths to what may stay.
    /// - Returns: how many texts lose something.
    private func limitLengths() -> Int {
        let room = LSLRecord.largestTexts - LSLRecord.valuesOffset(samples: 1) - 4 * channels
        let share = room / max(1, channels)
        var wanted = 0
        for channel in 0..<channels {
            if texts[channel] == nil { lengths[channel] = 0 }
            wanted += min(Int(lengths[channel]), LSLRecord.longestText)
        }
        // Where not all has room, each channel is sure of an equal part and may have more of what the others leave.
        var rest = room
        var promised = 0
        for channel in 0..<channels { promised += min(Int(lengths[channel]), share) }
        var cuts = 0
        for channel in 0..<channels {
            guard let text = texts[channel] else { continue }
            let length = Int(lengths[channel])
            promised -= min(length, share)
            let most = wanted <= room ? LSLRecord.longestText : min(LSLRecord.longestText, rest - promised)
            let kept = TextFrameBuffer.cut(UnsafeRawBufferPointer(start: text, count: length), to: most)
            rest -= kept
            if kept < length { cuts += 1 }
            lengths[channel] = UInt32(kept)
        }
        return cuts
    }

    /// Bytes of the records that were not handed on yet.
    var waiting: Int { filled - taken }

    /// Hands on the next bytes, as many as the buffer holds.
    func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(waiting, buffer.count)
        UnsafeMutableRawBufferPointer(rebasing: buffer[0..<count]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: records[taken..<taken + count]))
        taken += count
        return count
    }
}
