/// What an inlet of the Lab Streaming Layer gave, as bytes: the layer itself hands out values, not bytes, and a wire log and a
/// decoder want bytes. Little-endian; the layout is in `firmware-protocols/lsl`.
public enum LSLRecord {
    /// "LSL" and the version of this layout.
    public static let identifier: [UInt8] = [0x4C, 0x53, 0x4C, 0x01]
    /// Bytes before a record's content.
    public static let headerSize = 24
    /// Longest record of numbers that is taken.
    public static let largest = 1 << 18
    /// Longest record of texts.
    public static let largestTexts = 1 << 22
    /// Bytes of one text; what is longer is cut between characters.
    public static let longestText = 1 << 20

    /// What a record holds.
    public enum Kind: UInt8, Sendable {
        case samples = 1
        case clockOffset = 2
        /// Texts of the record that follows were cut; the header's number of samples is how many.
        case textCut = 3
    }

    /// The longest record of a format.
    public static func largest(_ format: LSLFormat) -> Int { format == .string ? largestTexts : largest }

    /// Bytes before the values of a chunk: the header and one stamp per sample.
    public static func valuesOffset(samples: Int) -> Int { headerSize + 8 * samples }

    /// Writes a record's header to the start of a buffer, which must hold it.
    /// - Parameters:
    ///   - kind: what the record holds.
    ///   - format: of its values.
    ///   - channels: of each sample.
    ///   - samples: in the record.
    ///   - firstSample: samples that the inlet gave before.
    ///   - size: bytes of the whole record.
    ///   - buffer: at least as long as a header.
    public static func putHeader(
        _ kind: Kind, format: LSLFormat, channels: Int, samples: Int, firstSample: UInt64, size: Int,
        into buffer: UnsafeMutableRawBufferPointer
    ) {
        for (index, byte) in identifier.enumerated() { buffer[index] = byte }
        buffer.storeBytes(of: UInt32(size).littleEndian, toByteOffset: 4, as: UInt32.self)
        buffer[8] = kind.rawValue
        buffer[9] = format.rawValue
        buffer.storeBytes(of: UInt16(channels).littleEndian, toByteOffset: 10, as: UInt16.self)
        buffer.storeBytes(of: UInt32(samples).littleEndian, toByteOffset: 12, as: UInt32.self)
        buffer.storeBytes(of: firstSample.littleEndian, toByteOffset: 16, as: UInt64.self)
    }

    /// Writes eight bytes, little-endian.
    public static func put(_ value: Double, at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
        buffer.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: offset, as: UInt64.self)
    }

    /// How many texts of the next record were cut; nil when the bytes are no such record.
    public static func cutTexts(_ record: UnsafeRawBufferPointer) -> UInt64? {
        guard record.count == headerSize, record[8] == Kind.textCut.rawValue else { return nil }
        let count = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        return count > 0 && count <= UInt32(UInt16.max) ? UInt64(count) : nil
    }

    static func double(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Double {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
}
