import Protocols

extension FuzzTarget {
    public static let thinkGear = FuzzTarget(
        name: "thinkgear",
        check: { bytes throws(FuzzFinding) in
            let parsed = try parseInvariantly(bytes) { pieces in
                var parser = ThinkGearParser()
                var result = ParsedStream()
                var before: UInt64 = 0
                for piece in pieces {
                    parser.feed(piece) { payload, skipped in
                        result.frames.append(Array(payload))
                        result.consumed += payload.count + 4
                        before += skipped
                    }
                }
                let after = parser.skipped - before
                parser.reset()
                result.skipped = parser.skipped
                result.counts = [parser.corrupt, before, after]
                return result
            }
            for payload in parsed.frames {
                let values = payload.withUnsafeBytes { ThinkGearPacket.values($0) }
                let again = ThinkGearPacket.bytes(values)
                let decoded = again[3..<again.count - 1].withUnsafeBytes { ThinkGearPacket.values($0) }
                try require(decoded == values, "\(values) encoded and decoded again became \(decoded)")
            }
        },
        seeds: {
            let packets: [[ThinkGearPacket.Value]] = [
                [.raw(-1234)], [.poorSignal(26), .attention(50), .meditation(100)],
                [.poorSignal(0), .bandPowers([1, 2, 3, 400, 50_000, 6_000_000, 7, 16_777_215]), .raw(32_767)],
            ]
            let row = packets.flatMap { ThinkGearPacket.bytes($0) }
            return [row, [0xAA] + row + row.dropLast(3) + row, [0xAA, 0xAA, 5, 0x55, 0x55, 0x80, 1, 7, 0x4D]]
        })
}
