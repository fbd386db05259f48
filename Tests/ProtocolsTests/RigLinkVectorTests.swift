import Protocols
import Signals
import Testing

/// The codec against the vectors of `firmware-protocols/riglink`, which an independent implementation wrote.
struct RigLinkVectorTests {
    @Test(arguments: RigLinkVectors.all.frames)
    func `a frame decodes to its meaning and is encoded to the same bytes`(_ vector: RigLinkVectors.Frame)
        throws
    {
        let wire = bytes(hex: vector.hex)
        var decoder = RigLinkDecoder()
        var found: [(header: RigLinkHeader, payload: [UInt8])] = []
        wire.withUnsafeBytes { piece in decoder.feed(piece) { found.append(($0, Array($1))) } }
        let message = try #require(found.first)
        #expect(found.count == 1 && decoder.corrupt == 0 && decoder.unknown == 0)
        #expect("\(message.header.type)" == vector.type)
        #expect(message.header.sequence == vector.sequence && message.header.deviceTime == vector.device_time)
        #expect(message.payload == bytes(hex: vector.payload))
        try check(message.payload, vector)

        // The encoder counts its messages from 0: it is brought to the vector's number first.
        var encoder = RigLinkEncoder()
        for _ in 0..<vector.sequence { _ = encoder.encode(.stop) }
        let payload = payload(vector, type: message.header.type)
        #expect(encoder.encode(message.header.type, deviceTime: vector.device_time, payload) == wire)
    }

    private func check(_ payload: [UInt8], _ vector: RigLinkVectors.Frame) throws {
        let meaning = vector.meaning
        switch vector.type {
        case "samples", "drive":
            try payload.withUnsafeBytes { payload in
                let frames = try #require(RigLinkFrames(payload))
                #expect(frames.stream == meaning.stream && frames.frames == meaning.frames)
                #expect(frames.firstCounter == meaning.first_counter)
            }
        case "status":
            let status = try #require(payload.withUnsafeBytes { RigLinkStatus($0) })
            #expect(
                status.freeFrames == meaning.free_frames && status.droppedFrames == meaning.dropped_frames)
        case "error":
            let fault = try #require(payload.withUnsafeBytes { RigLinkFault($0) })
            #expect(fault.code == meaning.code && fault.text == meaning.text)
        case "descriptor":
            let descriptor = try #require(payload.withUnsafeBytes { RigLinkDescriptor($0) })
            #expect(descriptor == self.descriptor(meaning))
        case "setKnobs":
            let setting = try #require(payload.withUnsafeBytes { RigLinkKnobSetting($0) })
            #expect(setting == self.setting(meaning))
        case "knobs":
            let state = try #require(payload.withUnsafeBytes { RigLinkKnobState($0) })
            #expect(state == self.state(meaning))
        default: break
        }
    }

    private func setting(_ meaning: RigLinkVectors.Meaning) -> RigLinkKnobSetting {
        RigLinkKnobSetting(
            request: meaning.request ?? 0, entries: (meaning.entries ?? []).map { .init(knob: $0.knob, value: $0.value) })
    }

    private func state(_ meaning: RigLinkVectors.Meaning) -> RigLinkKnobState {
        RigLinkKnobState(
            request: meaning.request ?? 0,
            outcome: meaning.outcome == "taken" ? .taken : meaning.outcome == "limited" ? .limited : .refused,
            values: (meaning.knob_values ?? []).map { .init(target: $0.target, now: $0.now) })
    }

    /// The payload made anew from the meaning.
    private func payload(_ vector: RigLinkVectors.Frame, type: RigLinkType) -> [UInt8] {
        let meaning = vector.meaning
        switch type {
        case .samples, .drive:
            let format: RigLinkDescriptor.Format =
                switch meaning.format {
                case "int16": .int16
                case "int32": .int32
                default: .float32
                }
            return RigLinkFrames.payload(
                stream: meaning.stream ?? 0, firstCounter: meaning.first_counter ?? 0,
                frames: meaning.frames ?? 0,
                values: (meaning.values ?? []).map { Float($0) }, format: format)
        case .status:
            return RigLinkStatus(
                freeFrames: meaning.free_frames ?? 0, droppedFrames: meaning.dropped_frames ?? 0
            ).payload
        case .error: return RigLinkFault(code: meaning.code ?? 0, text: meaning.text ?? "").payload
        case .descriptor: return descriptor(meaning).payload
        case .hello: return [meaning.version ?? 0]
        case .reset: return (0..<8).map { UInt8(truncatingIfNeeded: (meaning.seed ?? 0) >> (8 * $0)) }
        case .ping, .pong: return bytes(hex: meaning.echo ?? "")
        case .start, .stop: return []
        case .setKnobs: return setting(meaning).payload
        case .knobs: return state(meaning).payload
        }
    }

    private func descriptor(_ meaning: RigLinkVectors.Meaning) -> RigLinkDescriptor {
        RigLinkDescriptor(
            maker: meaning.maker ?? "", model: meaning.model ?? "", serialNumber: meaning.serial_number ?? "",
            firmware: meaning.firmware ?? "", maximumPayload: meaning.maximum_payload ?? 0,
            queueFrames: meaning.queue_frames ?? 0, latency_us: meaning.latency_us ?? 0,
            streams: (meaning.streams ?? []).map { stream in
                RigLinkDescriptor.Stream(
                    name: stream.name, direction: stream.direction == "out" ? .out : .drive,
                    kind: .init(rawValue: stream.kind) ?? .markers, rate: stream.rate,
                    answers: stream.answers,
                    channels: stream.channels, labelPrefix: stream.label_prefix,
                    unit: .init(rawValue: stream.unit) ?? .ohm,
                    format: ["float32": .float32, "int16": .int16, "int32": .int32][stream.format]
                        ?? .float32,
                    scale: stream.scale)
            },
            timing: meaning.timing.map {
                RigLinkTiming(
                    model: $0.model, timeStep_s: $0.time_step_s, stepsPerInput: $0.steps_per_input,
                    refreshSteps: $0.refresh_steps, ordering: $0.ordering == "study" ? .study : .heldThenRead)
            },
            knobs: meaning.knobs.map { knobs in
                RigLinkKnobs(
                    knobs.map {
                        .init(
                            name: $0.name, kind: $0.kind, part: $0.part, unit: .init(rawValue: $0.unit) ?? .ohm,
                            lowest: $0.lowest, highest: $0.highest, largestRate: $0.largest_rate, rest: $0.rest)
                    },
                    joint: (meaning.joint ?? []).map { .init(name: $0.name, highest: $0.highest, weights: $0.weights) })
            })
    }

    /// Section 3: extensions are skipped where they are not known and ignored where they are cut.
    @Test func `unknown, cut and meaningless extensions leave a descriptor as it is`() {
        let board = descriptor(RigLinkVectors.all.frames[1].meaning)
        var plain = board
        plain.timing = nil
        let timing = Array(board.payload.dropFirst(plain.payload.count))
        func parsed(_ extensions: [UInt8]) -> RigLinkDescriptor? {
            (plain.payload + extensions).withUnsafeBytes { RigLinkDescriptor($0) }
        }
        #expect(timing.count > 3 && parsed(timing) == board)
        #expect(parsed([200, 2, 0, 7, 7] + timing) == board)
        #expect(parsed(timing + [201, 0, 0]) == board)
        for length in 0..<timing.count { #expect(parsed(Array(timing.prefix(length))) == plain) }
        #expect(parsed([200, 255, 255, 1] + timing) == plain)
        // An order of later versions.
        #expect(parsed(timing.dropLast() + [9]) == plain)
    }

    @Test(arguments: RigLinkVectors.all.streams)
    func `a byte stream gives the same messages and counts, whole and dripped`(
        _ vector: RigLinkVectors.ByteStream
    ) {
        let wire = bytes(hex: vector.hex)
        for chunk in [wire.count, 7, 1] {
            var decoder = RigLinkDecoder()
            var sequences: [UInt16] = []
            for start in stride(from: 0, to: wire.count, by: chunk) {
                wire[start..<min(start + chunk, wire.count)].withUnsafeBytes { piece in
                    decoder.feed(piece) { header, _ in sequences.append(header.sequence) }
                }
            }
            #expect(sequences == vector.sequences)
            #expect(decoder.corrupt == vector.corrupt)
            #expect(decoder.lostMessages == vector.lost)
            #expect(decoder.unknown == vector.unknown)
        }
    }

    @Test func `bytes are stuffed and unstuffed as in the published examples`() {
        for pair in RigLinkVectors.all.cobs {
            #expect(COBS.encode(bytes(hex: pair.plain)) == bytes(hex: pair.stuffed))
            #expect(COBS.decode(bytes(hex: pair.stuffed)) == bytes(hex: pair.plain))
        }
        for text in RigLinkVectors.all.not_cobs { #expect(COBS.decode(bytes(hex: text)) == nil) }
    }

    /// Section 4 of the specification: round to nearest, saturate.
    @Test func `driven integer streams round and saturate`() {
        let payload = RigLinkFrames.payload(
            stream: 0, firstCounter: 0, frames: 1, values: [0.74, -0.76, 1e9, -.infinity, .nan],
            format: .int16, scale: 0.5)
        #expect(Array(payload[12...]) == [1, 0, 0xFE, 0xFF, 0xFF, 0x7F, 0, 0x80, 0, 0])
    }

    /// Section 3 of the specification lists what a host refuses.
    @Test func `a descriptor that answers no drive stream, or whose frame fits no payload, is refused`() {
        var board = descriptor(RigLinkVectors.all.frames[1].meaning)
        #expect(board.payload.withUnsafeBytes { RigLinkDescriptor($0) } == board)
        board.streams[2].answers = 0
        #expect(board.payload.withUnsafeBytes { RigLinkDescriptor($0) } == nil)
        board.streams[2].answers = 7
        #expect(board.payload.withUnsafeBytes { RigLinkDescriptor($0) } == nil)
        board.streams[2].answers = 1
        board.streams[2].channels = 16_382
        #expect(board.payload.withUnsafeBytes { RigLinkDescriptor($0) } == nil)
        board.streams[2].channels = 16_381
        #expect(board.payload.withUnsafeBytes { RigLinkDescriptor($0) } != nil)
    }
}
