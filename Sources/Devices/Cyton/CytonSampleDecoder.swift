import Protocols
public import Signals

/// A Cyton's bytes → EEG in volt, and what its auxiliary bytes carry.
///
/// A Cyton alone gives 8 channels at 250 frames per second. With a Daisy, packets with an even counter hold channels 9–16 and
/// those with an odd counter 1–8, each the mean of the board's last two samples; an even packet and the odd one after it are
/// one frame of 16 channels, 125 a second, as BrainFlow 5.23 pairs them. A pair of which one half is lost is a lost frame.
///
/// The auxiliary stream has one frame for each EEG frame: acceleration in g, the numbers of the analog pins or the levels
/// of the digital ones. What a packet does not carry is NaN, except that without time stamps the board itself sends zeros
/// between two readings of its accelerometer (25 a second). Of a pair, the half that carries a reading counts, or the mean
/// of both. With time stamps a third stream holds the board's clock: whole seconds and milliseconds.
public final class CytonSampleDecoder: SampleDecoder {
    /// Packets per second.
    public static let rate = 250.0
    public let streams: [StreamDescription]
    private let hasDaisy: Bool
    private let auxiliary: CytonAuxiliary
    private let auxiliaryWidth: Int
    private let hasClock: Bool
    private var parser = CytonPacketParser()
    private var counter = CounterUnwrapper(modulus: 256, rate: CytonSampleDecoder.rate)
    private var restarts = false
    private var reportedSkipped: UInt64 = 0
    private let scales: [Float]
    private var block: CytonBlock
    /// The first half of a Daisy pair: its unwrapped counter.
    private var half: UInt64?
    private var nextFrame: UInt64?

    public init(_ configuration: CytonConfiguration) {
        hasDaisy = configuration.hasDaisy
        auxiliary = configuration.auxiliary ?? .accelerometer
        let channels = configuration.hasDaisy ? 16 : CytonPacket.channels
        let gains = (0..<channels).map {
            $0 < configuration.gains.count ? max(1, configuration.gains[$0]) : 24
        }
        scales = gains.map { Float(CytonScale.voltsPerCount(gain: $0)) }
        streams = Self.streams(configuration, gains: gains)
        auxiliaryWidth = streams[1].channelCount
        hasClock = streams.count > 2
        block = CytonBlock(widths: streams.map(\.channelCount))
    }

    private static func streams(_ configuration: CytonConfiguration, gains: [Int]) -> [StreamDescription] {
        let device = "OpenBCI Cyton" + (configuration.hasDaisy ? "+Daisy " : " ") + configuration.firmware
        let rate = configuration.hasDaisy ? Self.rate / 2 : Self.rate
        func stream(
            _ name: String, _ kind: StreamDescription.Kind, _ channels: [StreamDescription.Channel]
        ) -> StreamDescription {
            StreamDescription(
                name: configuration.name + "." + name, kind: kind, channels: channels, nominalRate: rate,
                device: device, serialNumber: configuration.serialNumber)
        }
        var streams = [
            stream(
                "eeg", .eeg,
                gains.enumerated().map {
                    .init(label: "\($0 + 1)", unit: .volt, fullScale: Float(4.5 / Double($1)))
                })
        ]
        switch configuration.auxiliary ?? .accelerometer {
        case .accelerometer:
            streams.append(
                stream(
                    "accelerometer", .accelerometer,
                    ["x", "y", "z"].map { .init(label: $0, unit: .gravity, fullScale: 4) }))
        case .analog:
            streams.append(
                stream(
                    "analog", .auxiliary,
                    ["A5", "A6", "A7"].map { .init(label: $0, unit: .count, fullScale: 1023) }))
        case .digital:
            streams.append(
                stream(
                    "digital", .auxiliary,
                    ["D11", "D12", "D13", "D17", "D18"].map { .init(label: $0, unit: .dimensionless) }))
        }
        if configuration.timeStamps == true {
            streams.append(
                stream(
                    "clock", .auxiliary, ["seconds", "milliseconds"].map { .init(label: $0, unit: .count) }))
        }
        return streams
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        // All of a piece has its arrival as stamp, but the first of many packets were made earlier: else a long wait for a
        // full piece would look like a turn of the counter that was lost.
        var later = Double(max(0, bytes.count / CytonPacket.size - 1)) / Self.rate
        parser.feed(bytes) { packet in
            take(packet, made: time + -later, at: time, into: sink)
            later = max(0, later - 1 / Self.rate)
        }
        block.flush(at: time, into: sink)
        if parser.skipped > reportedSkipped {
            sink.take(
                DeviceEvent(code: .garbageSkipped, value: parser.skipped - reportedSkipped, hostTime: time))
            reportedSkipped = parser.skipped
        }
    }

    public func note(_ event: DeviceEvent) {
        switch event.code {
        case .lost:
            parser.reset()
            half = nil
        case .reconnected: restarts = true
        default: break
        }
    }

    private func take(
        _ packet: UnsafeRawBufferPointer, made: HostTime, at time: HostTime, into sink: any SampleSink
    ) {
        let raw = UInt64(packet[1])
        let step = restarts ? counter.restart(raw: raw, at: made) : counter.next(raw: raw, at: made)
        restarts = false
        guard case .forward(let unwrapped, let missing) = step else {
            sink.take(DeviceEvent(code: .duplicateDropped, value: 1, hostTime: time))
            return
        }
        guard hasDaisy else {
            begin(frame: unwrapped, missing: missing, at: time, into: sink)
            put(packet, channel: 0)
            putAuxiliary(packet, pairedWithLast: false)
            block.frames += 1
            return
        }
        if raw % 2 == 0 {
            // The Daisy's half: it waits in the block's next frame until the board's half comes.
            half = unwrapped
            if block.isFull { block.flush(at: time, into: sink) }
            put(packet, channel: CytonPacket.channels)
            putAuxiliary(packet, pairedWithLast: false)
        } else if let first = half, unwrapped == first + 1 {
            half = nil
            let frame = unwrapped / 2
            let missing = nextFrame.map { frame - min($0, frame) } ?? 0
            nextFrame = frame + 1
            // The waiting half moves to the front of the new block.
            if missing > 0, block.frames > 0 { block.flush(at: time, into: sink) }
            if block.frames == 0 {
                block.firstCounter = frame
                block.missing = missing
            }
            put(packet, channel: 0)
            putAuxiliary(packet, pairedWithLast: true)
            block.frames += 1
        } else {
            half = nil
        }
    }

    /// A block holds consecutive frames only.
    private func begin(frame: UInt64, missing: UInt64, at time: HostTime, into sink: any SampleSink) {
        if missing > 0 || block.isFull { block.flush(at: time, into: sink) }
        guard block.frames == 0 else { return }
        block.firstCounter = frame
        block.missing = missing
    }

    private func put(_ packet: UnsafeRawBufferPointer, channel first: Int) {
        let start = block.frames * scales.count + first
        block.values[0].withUnsafeMutableBufferPointer { values in
            for channel in 0..<CytonPacket.channels {
                values[start + channel] = Float(CytonPacket.count(packet, channel: channel)) * scales[first + channel]
            }
        }
    }

    private func putAuxiliary(_ packet: UnsafeRawBufferPointer, pairedWithLast: Bool) {
        let footer = CytonPacket.Footer(rawValue: packet[CytonPacket.size - 1]) ?? .userDefined
        let width = auxiliaryWidth
        let isRaw = footer == .rawAuxiliary || footer == .rawAuxiliaryTimeSet || footer == .rawAuxiliaryTimeSynced
        let isReading = auxiliary == .accelerometer ? footer.isAcceleration : isRaw
        var isEmpty = true
        for index in 26..<(footer.hasTime ? 28 : 32) where packet[index] != 0 { isEmpty = false }
        for channel in 0..<width {
            let place = block.frames * width + channel
            let value = isReading ? reading(packet, footer, channel) : .nan
            let last = block.values[1][place]
            guard pairedWithLast, !last.isNaN else {
                block.values[1][place] = value
                continue
            }
            // The accelerometer's zeros between two readings are no readings.
            if value.isNaN || (auxiliary == .accelerometer && isEmpty) { continue }
            let lastIsEmpty = auxiliary == .accelerometer && block.lastWasEmpty
            block.values[1][place] = lastIsEmpty ? value : (last + value) / 2
        }
        block.lastWasEmpty = isEmpty
        guard hasClock else { return }
        let time = footer.hasTime ? CytonPacket.boardMilliseconds(packet) : nil
        block.values[2][block.frames * 2] = time.map { Float($0 / 1000) } ?? .nan
        block.values[2][block.frames * 2 + 1] = time.map { Float($0 % 1000) } ?? .nan
    }

    private func reading(_ packet: UnsafeRawBufferPointer, _ footer: CytonPacket.Footer, _ channel: Int)
        -> Float
    {
        switch auxiliary {
        case .accelerometer:
            let factor = CytonScale.gravityPerCount
            if footer.hasTime {
                guard CytonPacket.stampedAxis(counter: packet[1]) == channel else { return .nan }
                return Float(Double(CytonPacket.auxiliary(packet, word: 0)) * factor)
            }
            return Float(Double(CytonPacket.auxiliary(packet, word: channel)) * factor)
        case .analog:
            if footer.hasTime, channel > 0 { return .nan }
            return Float(CytonPacket.auxiliary(packet, word: channel))
        case .digital:
            // D11 and D12, D13 and D17 share a word; D18 is the low byte of the third.
            if footer.hasTime, channel > 1 { return .nan }
            return Float(packet[26 + (channel == 4 ? 5 : channel)])
        }
    }
}

/// Frames that wait for the end of their piece of bytes, one list of values per stream.
private struct CytonBlock {
    static let capacity = 128
    private let widths: [Int]
    var values: [[Float]]
    var frames = 0
    var firstCounter: UInt64 = 0
    var missing: UInt64 = 0
    var lastWasEmpty = true

    init(widths: [Int]) {
        self.widths = widths
        // One frame more than fit: the half of a pair that waits.
        values = widths.map { [Float](repeating: .nan, count: (Self.capacity + 1) * $0) }
    }

    var isFull: Bool { frames == Self.capacity }

    /// The frame after the last one may have begun; it moves to the front.
    mutating func flush(at time: HostTime, into sink: any SampleSink) {
        guard frames > 0 else { return }
        for stream in widths.indices {
            let width = widths[stream]
            let item = SampleRingItem(
                stream: stream, channels: width, frames: frames, firstCounter: firstCounter, missingBefore: missing,
                hostTime: time)
            let count = frames * width
            values[stream].withUnsafeMutableBufferPointer { values in
                sink.take(item, UnsafeBufferPointer(rebasing: values[0..<count]))
                for channel in 0..<width { values[channel] = values[count + channel] }
            }
        }
        frames = 0
    }
}
