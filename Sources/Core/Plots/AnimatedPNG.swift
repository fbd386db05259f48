/// Pictures shown one after the other, as an animated PNG; programs that know no animation show the first.
///
/// The chunks are those of the frames' own PNG files, put together after the specification (PNG, third edition, 5.6 and 11.3.5).
public struct AnimatedPNG: Sendable {
    /// At least one, all of one size and format.
    public let frames: [PNGImage]
    /// Each frame stands for so long, in milliseconds.
    public let delay_ms: Int

    /// - Precondition: at least one frame, all of one size and format; a delay of 1 … 65,535 ms.
    public init(frames: [PNGImage], delay_ms: Int) {
        precondition(!frames.isEmpty, "an animation has frames")
        precondition((1...65_535).contains(delay_ms), "the delay must be 1 … 65,535 ms")
        let first = frames[0]
        precondition(
            frames.allSatisfy { $0.width == first.width && $0.height == first.height && $0.format == first.format },
            "the frames of an animation have one size")
        (self.frames, self.delay_ms) = (frames, delay_ms)
    }

    /// The bytes of the file. It repeats for ever.
    public var png: [UInt8] {
        var result: [UInt8] = []
        var sequence = 0
        for (index, frame) in frames.enumerated() {
            let bytes = frame.png
            let chunks = Self.chunks(bytes)
            if index == 0 {
                result += bytes.prefix(8)
                for chunk in chunks.prefix(while: { $0.type != "IDAT" }) { result += Self.chunk(chunk.type, chunk.content) }
                result += Self.chunk("acTL", Self.four(frames.count) + Self.four(0))
            }
            // Whole frame at the corner; delay in thousandths; keep; overwrite.
            let control = Self.four(sequence) + Self.four(frame.width) + Self.four(frame.height) + Self.four(0) + Self.four(0)
            result += Self.chunk("fcTL", control + Self.two(delay_ms) + Self.two(1000) + [0, 0])
            sequence += 1
            for chunk in chunks where chunk.type == "IDAT" {
                if index == 0 {
                    result += Self.chunk("IDAT", chunk.content)
                } else {
                    result += Self.chunk("fdAT", Self.four(sequence) + chunk.content)
                    sequence += 1
                }
            }
        }
        return result + Self.chunk("IEND", [])
    }

    /// The chunks of a PNG file that libpng has made.
    private static func chunks(_ bytes: [UInt8]) -> [(type: String, content: [UInt8])] {
        var result: [(String, [UInt8])] = []
        var place = 8
        while place + 12 <= bytes.count {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            let type = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
            result.append((type, Array(bytes[place + 8..<place + 8 + length])))
            place += 12 + length
        }
        return result
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let checked = Array(type.utf8) + content
        return four(content.count) + checked + four(Int(crc32(checked)))
    }

    private static func two(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }

    private static func four(_ value: Int) -> [UInt8] { two(value >> 16) + two(value) }

    /// CRC-32 with the polynomial of PNG (annex D of its specification).
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 255)] ^ (crc >> 8) }
        return ~crc
    }

    private static let table: [UInt32] = (0..<256).map { n in
        (0..<8).reduce(UInt32(n)) { c, _ in c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 }
    }
}
