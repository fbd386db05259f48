import Protocols

extension FuzzTarget {
    /// The first byte chooses the size of a frame.
    public static let freeEEG32 = FuzzTarget(
        name: "freeeeg32",
        check: { bytes throws(FuzzFinding) in
            guard let first = bytes.first else { return }
            let size = FreeEEG32Frame.smallestSize + Int(first) % 16
            let parsed = try parseInvariantly(UnsafeRawBufferPointer(rebasing: bytes.dropFirst())) { pieces in
                var parser = MarkedFrameParser(
                    size: size, header: FreeEEG32Frame.header, footers: FreeEEG32Frame.footer...FreeEEG32Frame.footer)
                var result = ParsedStream()
                for piece in pieces { parser.feed(piece) { result.frames.append(Array($0)) } }
                parser.reset()
                result.consumed = result.frames.count * size
                result.skipped = parser.skipped
                return result
            }
            for frame in parsed.frames {
                let counts = frame.withUnsafeBytes { raw in
                    (0..<FreeEEG32Frame.channels).map { Int(FreeEEG32Frame.count(raw, channel: $0)) }
                }
                let encoded = FreeEEG32Frame.bytes(counter: frame[1], counts: counts, size: size)
                // The bytes between samples and footer are not interpreted.
                try require(
                    encoded.prefix(FreeEEG32Frame.smallestSize - 1) == frame.prefix(FreeEEG32Frame.smallestSize - 1),
                    "a frame decoded and encoded again differs: \(frame) became \(encoded)")
            }
        },
        seeds: {
            let frames = (0..<3).map { k in
                FreeEEG32Frame.bytes(counter: UInt8(k), counts: (0..<32).map { k * 1000 - $0 * 250_000 })
            }
            let row = frames.flatMap { $0 }
            let selector = UInt8(FreeEEG32Frame.size - FreeEEG32Frame.smallestSize)
            return [
                [selector] + row, [selector] + row.dropFirst(17), [selector] + frames[0] + frames[0].dropLast(9) + frames[1],
            ]
        })
}
