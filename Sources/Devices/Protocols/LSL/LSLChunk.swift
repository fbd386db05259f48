/// Samples of one stream with their stamps, lent from a record's bytes.
public struct LSLChunk {
    /// Of the values.
    public let format: LSLFormat
    /// Of each sample.
    public let channels: Int
    /// Number of samples.
    public let samples: Int
    /// Samples that the inlet gave before this chunk since it was opened.
    public let firstSample: UInt64
    private let bytes: UnsafeRawBufferPointer

    /// - Parameter record: a whole record of kind ``LSLRecord/Kind/samples``.
    /// - Returns: nil when its size does not fit its own numbers.
    public init?(_ record: UnsafeRawBufferPointer) {
        guard record.count >= LSLRecord.headerSize, record[8] == LSLRecord.Kind.samples.rawValue,
            let format = LSLFormat(rawValue: record[9])
        else { return nil }
        let channels = Int(UInt16(littleEndian: record.loadUnaligned(fromByteOffset: 10, as: UInt16.self)))
        let samples = Int(UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
        guard channels > 0, samples > 0, samples <= LSLRecord.largestTexts else { return nil }
        let offset = LSLRecord.valuesOffset(samples: samples)
        guard offset <= record.count else { return nil }
        if format == .string {
            guard Self.holdsTexts(record, from: offset, count: channels * samples) else { return nil }
        } else {
            guard record.count == offset + channels * samples * format.size else { return nil }
        }
        self.format = format
        self.channels = channels
        self.samples = samples
        firstSample = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        bytes = record
    }

    /// Seconds on the sender's clock.
    public func stamp(_ sample: Int) -> Double { LSLRecord.double(bytes, at: LSLRecord.headerSize + 8 * sample) }

    /// A number; channels of a sample stand together. 64-bit integers are rounded to double precision.
    public func value(_ index: Int) -> Double {
        let place = LSLRecord.valuesOffset(samples: samples) + index * format.size
        switch format {
        case .float32:
            return Double(
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))))
        case .double64: return LSLRecord.double(bytes, at: place)
        case .int32: return Double(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int32.self)))
        case .int16: return Double(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int16.self)))
        case .int8: return Double(bytes.loadUnaligned(fromByteOffset: place, as: Int8.self))
        case .int64: return Double(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int64.self)))
        case .string: return 0
        }
    }

    /// The numbers of some samples as they were sent, sample-major and little-endian; none of texts.
    public func values(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        let size = channels * format.size
        let start = LSLRecord.valuesOffset(samples: samples)
        return UnsafeRawBufferPointer(
            rebasing: bytes[start + range.lowerBound * size..<start + range.upperBound * size])
    }

    /// Hands on each text of a chunk of strings, in order: sample by sample, channel by channel.
    public func forEachText(_ body: (_ sample: Int, _ channel: Int, UnsafeRawBufferPointer) -> Void) {
        guard format == .string else { return }
        var place = LSLRecord.valuesOffset(samples: samples)
        for index in 0..<samples * channels {
            let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            body(
                index / channels, index % channels,
                UnsafeRawBufferPointer(rebasing: bytes[place + 4..<place + 4 + length]))
            place += 4 + length
        }
    }

    private static func holdsTexts(_ record: UnsafeRawBufferPointer, from offset: Int, count: Int) -> Bool {
        var place = offset
        for _ in 0..<count {
            guard record.count - place >= 4 else { return false }
            let length = Int(UInt32(littleEndian: record.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            guard length <= record.count - place - 4 else { return false }
            place += 4 + length
        }
        return place == record.count
    }
}
