import Protocols

extension FuzzTarget {
    public static let rda = FuzzTarget(
        name: "rda",
        check: { bytes throws(FuzzFinding) in
            let parsed = try parseInvariantly(bytes) { pieces in
                var parser = RDAParser(largestMessage: 1 << 14)
                var result = ParsedStream()
                for piece in pieces {
                    parser.feed(piece) { kind, body in
                        result.frames.append([UInt8(truncatingIfNeeded: kind?.rawValue ?? 0)] + Array(body))
                        result.consumed += RDAMessage.headerSize + body.count
                    }
                }
                parser.reset()
                result.skipped = parser.skipped
                return result
            }
            var channels = 2
            for frame in parsed.frames {
                let body = Array(frame.dropFirst())
                switch RDAMessage.Kind(rawValue: UInt32(frame[0])) {
                case .start:
                    guard let start = body.withUnsafeBytes({ RDAStart($0) }) else { continue }
                    channels = start.names.count
                    let again = content(of: start.bytes).withUnsafeBytes { RDAStart($0) }
                    try require(again == start, "a start message encoded and decoded again differs")
                case .int16Data: try checkData(body, channels, isFloat: false)
                case .float32Data: try checkData(body, channels, isFloat: true)
                case .stop, nil: break
                }
            }
        },
        seeds: {
            let start = RDAStart(samplingInterval_us: 1000, resolutions: [0.1, 0.5], names: ["Fp1", "Cz"]).bytes
            let markers = [RDAMarker(position: 1, type: "Stimulus", text: "S  1")]
            let floats = RDAData.bytes(block: 7, points: 2, values: [1, -2, 3.5, 4], isFloat: true, markers: markers)
            let integers = RDAData.bytes(block: 1, points: 2, values: [1, -2, 3, 40_000], isFloat: false)
            return [start + floats + integers + RDAMessage.stop, Array((integers + floats).dropFirst(3))]
        })
}

private func content(of message: [UInt8]) -> [UInt8] { Array(message.dropFirst(RDAMessage.headerSize)) }

private func checkData(_ bytes: [UInt8], _ channels: Int, isFloat: Bool) throws(FuzzFinding) {
    struct Content: Equatable {
        var block: UInt32
        var values: [UInt32]
        var markers: [RDAMarker]
    }
    func read(_ bytes: [UInt8]) -> Content? {
        bytes.withUnsafeBytes { raw in
            RDAData(raw, channels: channels, isFloat: isFloat).map { data in
                // What is no number has many forms; one of them is enough.
                let values = (0..<data.points * channels).map { data.value($0) }
                return Content(
                    block: data.block, values: values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern },
                    markers: data.markers)
            }
        }
    }
    guard let first = read(bytes) else { return }
    let again = RDAData.bytes(
        block: first.block, points: first.values.count / channels, values: first.values.map { Double(Float(bitPattern: $0)) },
        isFloat: isFloat, markers: first.markers)
    try require(read(content(of: again)) == first, "a data message encoded and decoded again differs")
}
