/// Texts on their way through a ``SampleRing``: for each channel its length (4 bytes, little-endian) and its UTF-8, one after
/// the other, in the room of 32-bit numbers.
public enum TextFrame {
    /// Bytes of a frame in which the texts of most devices find room.
    public static let usualCapacity = 1 << 16

    /// The texts of an item of kind ``SampleRingItem/Kind/text``.
    /// - Parameters:
    ///   - item: its header.
    ///   - values: the item's scalars.
    public static func texts(of item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) -> [String] {
        texts(
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(values).prefix(Int(item.textBytes))),
            channels: Int(item.channels))
    }

    /// - Parameters:
    ///   - bytes: of a whole frame, or of its beginning; what is cut off is missing from the texts.
    ///   - channels: number of texts in the frame.
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
    /// Texts of the frame that were cut, or found no room at all.
    public private(set) var cutTexts = 0
    /// Channels that are still to come.
    private var waiting = 0

    /// Bytes of text that a long one leaves to each channel after it.
    private static let reserve = 256

    /// - Parameter capacity: bytes of the longest frame; longer texts are cut between characters. Memory that no text has reached
    ///   is not touched.
    public init(capacity: Int = TextFrame.usualCapacity) { storage = .allocate(capacity: (max(16, capacity) + 3) / 4) }

    deinit { storage.deallocate() }

    /// The frame's scalars, for a ring. The last one is filled up with zeros.
    public var values: UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: UnsafeBufferPointer(storage)[0..<(count + 3) / 4])
    }

    /// Begins a new frame.
    /// - Parameter channels: of the frame, so that a long text leaves room for those after it; 0 for texts that are known to fit.
    public func begin(channels: Int = 0) {
        count = 0
        cutTexts = 0
        waiting = channels
    }

    /// The next channel's text, in UTF-8.
    public func append(_ text: UnsafeRawBufferPointer) {
        let raw = UnsafeMutableRawBufferPointer(storage)
        waiting = max(0, waiting - 1)
        guard raw.count - count >= 4 else {
            cutTexts += 1
            return
        }
        let room = raw.count - count - 4
        // Where that is too little for all, each still gets its length.
        let length = Self.cut(text, to: max(room - waiting * (4 + Self.reserve), min(Self.reserve, room - waiting * 4)))
        if length < text.count { cutTexts += 1 }
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
