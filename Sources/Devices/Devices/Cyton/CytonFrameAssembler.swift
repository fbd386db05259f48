import Protocols
import Signals

/// A Cyton's packets → frames of its streams, which wait in a block until ``flush(at:into:)``.
///
/// A structure, so that a packet costs one check for exclusive access to it and not one for each of its fields.
struct CytonFrameAssembler {
    private let hasDaisy: Bool
    private let auxiliary: CytonAuxiliary
    private let auxiliaryWidth: Int
    private let hasClock: Bool
    private let scales: [Float]
    private var counter = CounterUnwrapper(modulus: 256, rate: CytonSampleDecoder.rate)
    private var restarts = false
    private var block: CytonBlock
    /// The first half of a Daisy pair: its unwrapped counter.
    private var half: UInt64?
    private var nextFrame: UInt64?

    /// - Parameters:
    ///   - gains: of each channel.
    ///   - widths: channels of each stream: EEG, auxiliary, and the board's clock where it is sent.
    init(hasDaisy: Bool, auxiliary: CytonAuxiliary, gains: [Int], widths: [Int]) {
        self.hasDaisy = hasDaisy
        self.auxiliary = auxiliary
        auxiliaryWidth = widths[1]
        hasClock = widths.count > 2
        scales = gains.map { Float(CytonScale.voltsPerCount(gain: $0)) }
        block = CytonBlock(widths: widths)
    }

    mutating func note(_ event: DeviceEvent) {
        switch event.code {
        case .lost: half = nil
        case .reconnected: restarts = true
        default: break
        }
    }

    mutating func flush(at time: HostTime, into sink: any SampleSink) { block.flush(at: time, into: sink) }

    /// Takes a packet of ``CytonPacket/size`` bytes.
    /// - Parameters:
    ///   - made: when the board made it, about.
    ///   - time: arrival of the bytes.
    mutating func take(
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
    private mutating func begin(frame: UInt64, missing: UInt64, at time: HostTime, into sink: any SampleSink) {
        if missing > 0 || block.isFull { block.flush(at: time, into: sink) }
        guard block.frames == 0 else { return }
        block.firstCounter = frame
        block.missing = missing
    }

    private mutating func put(_ packet: UnsafeRawBufferPointer, channel first: Int) {
        let start = block.frames * scales.count + first
        block.values[0].withUnsafeMutableBufferPointer { values in
            for channel in 0..<CytonPacket.channels {
                values[start + channel] = Float(CytonPacket.count(packet, channel: channel)) * scales[first + channel]
            }
        }
    }

    private mutating func putAuxiliary(_ packet: UnsafeRawBufferPointer, pairedWithLast: Bool) {
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
