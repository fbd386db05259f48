import Protocols
import Signals

extension FuzzTarget {
    /// Bytes of the line, as they come.
    public static let rigLink = FuzzTarget(
        name: "riglink",
        check: { bytes throws(FuzzFinding) in
            // Frames end with a zero: the accepted ones are found one by one by decoders that see nothing else.
            var accepted = 0
            for frame in bytes.split(separator: 0, omittingEmptySubsequences: true) {
                let isWhole = frame.endIndex < bytes.endIndex
                var decoder = RigLinkDecoder()
                var count = 0
                Array(frame + [0]).withUnsafeBytes { decoder.feed($0) { _, _ in count += 1 } }
                if isWhole, count > 0 || decoder.unknown > 0 { accepted += frame.count }
            }
            let zeros = bytes.count { $0 == 0 }
            let parsed = try parseInvariantly(bytes) { pieces in
                var decoder = RigLinkDecoder()
                var result = ParsedStream()
                for piece in pieces {
                    decoder.feed(piece) { header, payload in
                        result.frames.append([header.type.rawValue] + Array(payload))
                    }
                }
                result.counts = [decoder.corrupt, decoder.lostMessages, decoder.unknown]
                decoder.reset()
                result.consumed = accepted + zeros
                result.skipped = decoder.skipped
                return result
            }
            var encoder = RigLinkEncoder()
            for frame in parsed.frames {
                guard let type = RigLinkType(rawValue: frame[0]) else { throw FuzzFinding("type \(frame[0]) was handed on") }
                let payload = Array(frame.dropFirst())
                var decoder = RigLinkDecoder()
                var decoded: [UInt8]?
                encoder.encode(type, payload).withUnsafeBytes { decoder.feed($0) { decoded = Array($1) } }
                try require(decoded == payload, "a payload encoded and decoded again differs")
            }
            let list = Array(bytes)
            try require(COBS.decode(COBS.encode(list)) == list, "bytes stuffed and unstuffed differ")
        },
        seeds: { rigLinkSeeds().map { messages in messages.flatMap { $0 } } })

    /// The first byte is a message's type, the rest its payload: what a checksum keeps from the fuzzer on the line.
    public static let rigLinkMessages = FuzzTarget(
        name: "riglink-messages",
        check: { bytes throws(FuzzFinding) in
            guard let first = bytes.first, let type = RigLinkType(rawValue: first) else { return }
            let payload = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
            switch type {
            case .descriptor:
                guard let descriptor = RigLinkDescriptor(payload) else { return }
                let again = descriptor.payload.withUnsafeBytes { RigLinkDescriptor($0) }
                // Text that is no UTF-8 is repaired when it is read, which can make it too long to be written whole.
                if Array(payload).count(where: { $0 >= 0x80 }) == 0 {
                    try require(again == descriptor, "a descriptor encoded and decoded again differs")
                } else {
                    try require(again != nil, "a descriptor that was read and written cannot be read again")
                }
            case .samples, .drive:
                guard let frames = RigLinkFrames(payload) else { return }
                try require(frames.values.count == payload.count - RigLinkFrames.headerSize, "values are missing")
                let values = (0..<frames.values.count / 4).map {
                    Float(
                        bitPattern: UInt32(littleEndian: frames.values.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
                }
                let again = RigLinkFrames.payload(
                    stream: frames.stream, firstCounter: frames.firstCounter, frames: frames.frames, values: values)
                let same = again.withUnsafeBytes { raw in
                    RigLinkFrames(raw).map {
                        $0.stream == frames.stream && $0.frames == frames.frames && $0.firstCounter == frames.firstCounter
                            && $0.values.elementsEqual(frames.values.prefix(values.count * 4))
                    } ?? false
                }
                try require(same, "frames encoded and decoded again differ")
            case .status:
                guard let status = RigLinkStatus(payload) else { return }
                try require(status.payload.elementsEqual(payload.prefix(8)), "a status encoded again differs")
            case .error:
                guard let fault = RigLinkFault(payload) else { return }
                let again = fault.payload.withUnsafeBytes { RigLinkFault($0) }
                try require(again?.code == fault.code, "an error message encoded and decoded again differs")
            case .setKnobs:
                guard let setting = RigLinkKnobSetting(payload) else { return }
                let same = setting.payload.elementsEqual(payload.prefix(setting.payload.count))
                try require(same, "a setting of knobs encoded again differs")
            case .knobs:
                guard let state = RigLinkKnobState(payload) else { return }
                let same = state.payload.elementsEqual(payload.prefix(state.payload.count))
                try require(same, "a state of knobs encoded again differs")
            case .hello, .start, .stop, .reset, .ping, .pong: break
            }
        },
        seeds: {
            rigLinkSeeds().flatMap { messages in
                messages.map { message in
                    var decoder = RigLinkDecoder()
                    var seed: [UInt8] = []
                    message.withUnsafeBytes { decoder.feed($0) { seed = [$0.type.rawValue] + Array($1) } }
                    return seed
                }
            }
        })
}

/// Rows of messages of two devices: a film, and a board with integer formats.
func rigLinkSeeds() -> [[[UInt8]]] {
    var encoder = RigLinkEncoder()
    let film = rigLinkDescriptors()[0]
    let board = rigLinkDescriptors()[1]
    return [
        [
            encoder.encode(.descriptor, film.payload),
            encoder.encode(.status, RigLinkStatus(freeFrames: 8, droppedFrames: 1).payload),
            encoder.encode(
                .samples, RigLinkFrames.payload(stream: 1, firstCounter: 3, frames: 1, values: [1, 0, -1, 0.5, 0, 0])),
            encoder.encode(.error, RigLinkFault(code: 5, text: "too hot").payload),
            encoder.encode(.pong, [1, 2, 3, 4, 5, 6, 7, 8]),
            encoder.encode(.setKnobs, RigLinkKnobSetting(request: 1, entries: [.init(knob: 0, value: 0.5)]).payload),
            encoder.encode(
                .knobs, RigLinkKnobState(request: 1, outcome: .limited, values: [.init(target: 0.5, now: 0)]).payload),
        ],
        [
            encoder.encode(.descriptor, board.payload),
            encoder.encode(
                .samples,
                RigLinkFrames.payload(
                    stream: 0, firstCounter: 900, frames: 2, values: [0.1, -0.1, 0, 1], format: .int16, scale: 0.001)),
        ],
    ]
}

func rigLinkDescriptors() -> [RigLinkDescriptor] {
    [
        RigLinkDescriptor(
            maker: "Larmor", model: "film", serialNumber: "1", firmware: "1.0", maximumPayload: 65_536, queueFrames: 64,
            latency_us: 100,
            streams: [
                .init(name: "drive", direction: .drive, kind: .drive, rate: 0, channels: 2, labelPrefix: "c", unit: .tesla),
                .init(
                    name: "state", direction: .out, kind: .magnetisation, rate: 0, answers: 0, channels: 6, labelPrefix: "m",
                    unit: .dimensionless),
            ]),
        RigLinkDescriptor(
            maker: "Larmor", model: "board", serialNumber: "2", firmware: "1.0", maximumPayload: 512, queueFrames: 0,
            latency_us: 0,
            streams: [
                .init(
                    name: "eeg", direction: .out, kind: .eeg, rate: 250, channels: 2, labelPrefix: "ch", unit: .volt,
                    format: .int16, scale: 1e-6)
            ]),
    ]
}
