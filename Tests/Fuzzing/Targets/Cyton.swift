import Protocols

extension FuzzTarget {
    public static let cyton = FuzzTarget(
        name: "cyton",
        check: { bytes throws(FuzzFinding) in
            let parsed = try parseInvariantly(bytes) { pieces in
                var parser = CytonPacketParser()
                var result = ParsedStream()
                for piece in pieces { parser.feed(piece) { result.frames.append(Array($0)) } }
                parser.reset()
                result.consumed = result.frames.count * CytonPacket.size
                result.skipped = parser.skipped
                return result
            }
            for frame in parsed.frames {
                let encoded = frame.withUnsafeBytes { CytonPacket($0).bytes }
                try require(encoded == frame, "a packet decoded and encoded again differs: \(frame) became \(encoded)")
            }
        },
        seeds: {
            let footers = CytonPacket.Footer.allCases
            let packets = (0..<7).map { k in
                CytonPacket(
                    counter: UInt8(k), counts: (0..<8).map { Int32(k * 100_000 - $0 * 70_000) },
                    auxiliary: [0, 1, 2, 0xA0, 0xC0, 5], footer: footers[k]
                ).bytes
            }
            let row = packets.flatMap { $0 }
            return [
                row, Array(row.dropFirst(20)), packets[0] + [0xA0, 0xC0] + packets[1] + packets[2].dropLast() + packets[3],
            ]
        })

    public static let cytonStartUp = FuzzTarget(
        name: "cyton-start-up",
        check: { bytes throws(FuzzFinding) in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let startUp = CytonStartUp(text) else { return }
            try require(startUp.majorVersion >= 0, "version \(startUp.majorVersion)")
            try require(startUp.firmware != "" && startUp.analogFrontEnd != "", "an empty value was found")
            for value in [startUp.firmware, startUp.analogFrontEnd] {
                try require(!(value ?? "").contains { $0.isWhitespace || $0 == "$" }, "“\(value ?? "")” is no single word")
            }
        },
        seeds: { [false, true].map { Array(CytonStartUp.text(hasDaisy: $0).utf8) } })
}
