import Signals

/// What a stream parser made of some bytes.
struct ParsedStream: Equatable {
    /// Each frame's own bytes, or what identifies it.
    var frames: [[UInt8]] = []
    /// Bytes of the input that were frames.
    var consumed = 0
    /// Bytes that the parser counted as belonging to nothing, those at the end with them.
    var skipped: UInt64 = 0
    /// Further counts of the parser, which must not depend on the pieces either.
    var counts: [UInt64] = []
}

/// Cuts the bytes in three ways (one piece, single bytes, pieces of random length), parses each with a parser of its own, and
/// requires the same result, and that every byte was counted once.
/// - Parameter parse: feeds all pieces to a new parser, then resets it.
func parseInvariantly(
    _ bytes: UnsafeRawBufferPointer, _ parse: ([UnsafeRawBufferPointer]) -> ParsedStream
) throws(FuzzFinding) -> ParsedStream {
    let whole = parse([bytes])
    try require(
        whole.consumed + Int(whole.skipped) == bytes.count,
        "\(bytes.count) bytes came; \(whole.consumed) were frames and \(whole.skipped) were skipped")
    try require(
        parse(bytes.indices.map { piece(bytes, $0, 1) }) == whole, "byte by byte gives another result than in one piece")
    var random = SplitMix64(seed: UInt64(CRC32C.checksum(bytes)))
    var pieces: [UnsafeRawBufferPointer] = []
    var offset = 0
    while offset < bytes.count {
        let length = min(bytes.count - offset, random.integer(below: 60))
        pieces.append(piece(bytes, offset, length))
        offset += length
    }
    try require(parse(pieces) == whole, "irregular pieces give another result than one piece")
    return whole
}

private func piece(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ length: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
}
