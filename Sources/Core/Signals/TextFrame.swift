/// Texts on their way through a ``SampleRing``: for each channel its length (4 bytes, little-endian) and its UTF-8, one after
/// the other, in the room of 32-bit numbers.
public enum TextFrame {
    /// The texts of an item of kind ``SampleRingItem/Kind/text``.
    /// - Parameter values: the item's scalars.
    public static func texts(of item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) -> [String] {
        texts(
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(values).prefix(Int(item.textBytes))),
            channels: Int(item.channels))
    }

    /// - Parameter bytes: of a whole frame, or of its beginning; what is cut off is missing from the texts.
    public static func texts(_ bytes: UnsafeRawBufferPointer, channels: Int) -> [String] {
        var texts: [String] = []
        var place = 0
        while texts.count < channels {
            guard bytes.count - place >= 4 else {
                texts.append("")
                place = bytes.count
                continue
            }
            let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            let end = min(bytes.count, place + 4 + length)
            texts.append(String(decoding: bytes[place + 4..<end], as: UTF8.self))
            place = end
        }
        return texts
    }
}

/// Composes text frames in memory that is claimed once: allowed on the real-time path.
public final class TextFrameBuffer {
    private let storage: UnsafeMutableBufferPointer<Float>
    /// Bytes of the frame so far.
    public private(set) var count = 0

    /// - Parameter capacity: bytes of the longest frame; longer texts are cut between characters.
    public init(capacity: Int = 1 << 16) {
        storage = .allocate(capacity: max(16, capacity) / 4)
        storage.initialize(repeating: 0)
    }

    deinit { storage.deallocate() }

    /// The frame's scalars, for a ring. The last one is filled up with zeros.
    public var values: UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: UnsafeBufferPointer(storage)[0..<(count + 3) / 4])
    }

    /// Begins a new frame.
    public func begin() { count = 0 }

    /// The next channel's text, in UTF-8.
    public func append(_ text: UnsafeRawBufferPointer) {
        let raw = UnsafeMutableRawBufferPointer(storage)
        guard raw.count - count >= 4 else { return }
        let length = Self.cut(text, to: raw.count - count - 4)
        raw.storeBytes(of: UInt32(length).littleEndian, toByteOffset: count, as: UInt32.self)
        let end = count + 4 + length
        UnsafeMutableRawBufferPointer(rebasing: raw[(count + 4)..<end]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: text[0..<length]))
        for place in end..<(end + 3) / 4 * 4 { raw[place] = 0 }
        count = end
    }

    /// The next channel's text, a whole number.
    public func append(_ number: Int64) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var rest = number.magnitude
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = 0x30 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                start -= 1
                digits[start] = 0x2D
            }
            append(UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }

    /// How many bytes of a text stay when at most so many may: never a part of a character.
    public static func cut(_ text: UnsafeRawBufferPointer, to limit: Int) -> Int {
        guard text.count > limit else { return text.count }
        var end = max(0, limit)
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
