import Protocols

extension FuzzTarget {
    /// Records of a Lab Streaming Layer inlet, as a wire log holds them.
    public static let lsl = FuzzTarget(
        name: "lsl",
        check: { bytes throws(FuzzFinding) in
            let parsed = try parseInvariantly(bytes) { pieces in
                var parser = LSLRecordParser()
                var result = ParsedStream()
                for piece in pieces {
                    parser.feed(piece) { _, record in
                        result.frames.append(Array(record))
                        result.consumed += record.count
                    }
                }
                parser.reset()
                result.skipped = parser.skipped
                return result
            }
            for record in parsed.frames {
                let finding = record.withUnsafeBytes { checkRecord($0) }
                if let finding { throw FuzzFinding(finding) }
            }
        },
        seeds: {
            [lslSeed(.float32) + lslSeed(.string) + lslSeed(nil), Array((lslSeed(.int16) + lslSeed(.int64)).dropFirst(2))]
        })
}

private func checkRecord(_ record: UnsafeRawBufferPointer) -> String? {
    if let offset = LSLClockOffset(record) {
        var again = [UInt8](repeating: 0, count: LSLClockOffset.size)
        again.withUnsafeMutableBytes { offset.put(into: $0) }
        return again.withUnsafeBytes({ LSLClockOffset($0) }) == offset ? nil : "a clock offset encoded again differs"
    }
    guard let chunk = LSLChunk(record) else { return nil }
    var header = [UInt8](repeating: 0, count: LSLRecord.headerSize)
    header.withUnsafeMutableBytes {
        LSLRecord.putHeader(
            .samples, format: chunk.format, channels: chunk.channels, samples: chunk.samples, firstSample: chunk.firstSample,
            size: record.count, into: $0)
    }
    guard header == Array(record[..<LSLRecord.headerSize]) else { return "a header encoded again differs" }
    var texts = 0
    // Bytes of any kind are numbers or none; that all of them can be read is what counts.
    var numbers = (0..<chunk.samples).count { !chunk.stamp($0).isNaN }
    if chunk.format == .string {
        chunk.forEachText { sample, channel, _ in texts += sample < chunk.samples && channel < chunk.channels ? 1 : 0 }
        return texts == chunk.samples * chunk.channels ? nil : "\(texts) texts of \(chunk.samples) samples"
    }
    numbers += (0..<chunk.samples * chunk.channels).count { !chunk.value($0).isNaN }
    return numbers <= chunk.samples * (1 + chunk.channels) ? nil : "more numbers than values"
}

/// A chunk of two samples of two channels in a format, or a clock offset for none.
func lslSeed(_ format: LSLFormat?) -> [UInt8] {
    guard let format else {
        var bytes = [UInt8](repeating: 0, count: LSLClockOffset.size)
        bytes.withUnsafeMutableBytes {
            LSLClockOffset(remote: 5, correction: 0.1, uncertainty: 0.001, hostMinusLocal: 0).put(into: $0)
        }
        return bytes
    }
    let values =
        format == .string ? [UInt8](repeating: 0, count: 12) + [2, 0, 0, 0, 0x68, 0x69] : [UInt8](1...UInt8(4 * format.size))
    let offset = LSLRecord.valuesOffset(samples: 2)
    var bytes = [UInt8](repeating: 0, count: offset) + values
    bytes.withUnsafeMutableBytes {
        LSLRecord.putHeader(.samples, format: format, channels: 2, samples: 2, firstSample: 7, size: $0.count, into: $0)
        for sample in 0..<2 { LSLRecord.put(10 + 0.004 * Double(sample), at: LSLRecord.headerSize + 8 * sample, into: $0) }
    }
    return bytes
}
