import Protocols
import Signals

/// A Cyton's packets → frames: one packet each, or two with a Daisy.
///
/// With a Daisy an even packet holds channels 9–16 and the odd one after it channels 1–8. What the auxiliary bytes of a pair carry
/// is the reading of the half that has one, or the mean of both. Readings of the accelerometer that are a stream by themselves
/// (``CytonReadings``) are not joined: each packet's count.
struct CytonFrameAssembler {
    private let hasDaisy: Bool
    private let auxiliary: CytonAuxiliary
    private let auxiliaryWidth: Int
    private let hasClock: Bool
    private let scales: [Float]
    private var packets: BlockAssembler
    private let pairs: CytonPairs
    /// nil where the auxiliary stream has a frame for each frame of the EEG.
    private let readings: CytonReadings?

    /// Packets of the largest piece that a driver reads.
    private static let capacity = 2560

    /// - Parameters:
    ///   - gains: of each channel.
    ///   - widths: channels of each stream: EEG, auxiliary, and the board's clock where it is sent.
    ///   - readingsOnly: the accelerometer's stream holds its readings alone.
    init(hasDaisy: Bool, auxiliary: CytonAuxiliary, gains: [Int], widths: [Int], readingsOnly: Bool) {
        self.hasDaisy = hasDaisy
        self.auxiliary = auxiliary
        auxiliaryWidth = widths[1]
        hasClock = widths.count > 2
        scales = gains.map { Float(CytonScale.voltsPerCount(gain: $0)) }
        // A pair's halves tell besides whether their auxiliary bytes are empty.
        packets = BlockAssembler(
            widths: hasDaisy ? [CytonPacket.channels] + widths.dropFirst() + [1] : widths, rate: CytonSampleDecoder.rate,
            modulus: 256, alignment: hasDaisy ? 2 : 1, capacity: Self.capacity)
        pairs = CytonPairs(
            widths: widths, scales: scales, skipsEmpty: auxiliary == .accelerometer,
            capacity: hasDaisy ? Self.capacity / 2 + CounterChain.patience : 1, skipped: readingsOnly ? 1 : nil)
        readings = readingsOnly ? CytonReadings(stride: hasDaisy ? 2 : 1) : nil
    }

    mutating func note(_ event: DeviceEvent) {
        packets.note(event)
        if event.code == .lost { pairs.forgetHalf() }
    }

    /// The piece of bytes is at its end.
    /// - Parameter isWhole: false when more of it is to come.
    mutating func finish(at time: HostTime, isWhole: Bool = true, into sink: any SampleSink) {
        guard hasDaisy || readings != nil else { return packets.finish(at: time, isWhole: isWhole, into: sink) }
        let (pairs, readings, hasDaisy) = (pairs, readings, hasDaisy)
        packets.finish(at: time, isWhole: isWhole, into: sink) { assembler, run in
            var frames: SampleRingItem?
            if hasDaisy {
                pairs.take(run, assembler.values)
                frames = pairs.flush(at: time, into: sink) { item, counter in
                    assembler.stamp(&item, counter: counter, stride: 2)
                }
            } else {
                frames = assembler.emit(run, except: 1, at: time, into: sink)
            }
            readings?.take(run, assembler.values[1], frames: frames, at: time, into: sink) { assembler.made($0) }
        }
    }

    /// Takes a packet of ``CytonPacket/size`` bytes.
    /// - Parameter time: arrival of the bytes.
    mutating func take(_ packet: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        if packets.isFull { finish(at: time, isWhole: false, into: sink) }
        let (hasDaisy, scales) = (hasDaisy, scales)
        packets.withRow(0) { row in
            for channel in 0..<CytonPacket.channels {
                // Whose channels a half of a pair holds is known when it has its place.
                row[channel] = Float(CytonPacket.count(packet, channel: channel)) * (hasDaisy ? 1 : scales[channel])
            }
        }
        let footer = CytonPacket.Footer(rawValue: packet[CytonPacket.size - 1]) ?? .userDefined
        let isRaw = footer == .rawAuxiliary || footer == .rawAuxiliaryTimeSet || footer == .rawAuxiliaryTimeSynced
        var isEmpty = true
        for index in 26..<(footer.hasTime ? 28 : 32) where packet[index] != 0 { isEmpty = false }
        // With time stamps the counter tells which packets carry an axis, and zero is a value.
        let isBetweenReadings = readings != nil && isEmpty && !footer.hasTime
        let isReading = auxiliary == .accelerometer ? footer.isAcceleration && !isBetweenReadings : isRaw
        let auxiliary = auxiliary
        packets.withRow(1) { row in
            for channel in row.indices { row[channel] = isReading ? Self.reading(auxiliary, packet, footer, channel) : .nan }
        }
        if hasClock {
            let time = footer.hasTime ? CytonPacket.boardMilliseconds(packet) : nil
            packets.withRow(2) { row in
                row[0] = time.map { Float($0 / 1000) } ?? .nan
                row[1] = time.map { Float($0 % 1000) } ?? .nan
            }
        }
        if hasDaisy { packets.withRow(hasClock ? 3 : 2) { $0[0] = isEmpty ? 1 : 0 } }
        packets.commit(counter: UInt64(packet[1]), fingerprint: Fingerprint.of(packet, from: 2))
    }

    private static func reading(
        _ auxiliary: CytonAuxiliary, _ packet: UnsafeRawBufferPointer, _ footer: CytonPacket.Footer, _ channel: Int
    ) -> Float {
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

/// Packets of a board with a Daisy, two to a frame. A pair of which one half is lost is a lost frame.
private final class CytonPairs {
    private let widths: [Int]
    private let scales: [Float]
    /// Whether empty auxiliary bytes are no reading: those that the accelerometer leaves between two.
    private let skipsEmpty: Bool
    private let capacity: Int
    /// A stream that gets no blocks.
    private let skipped: Int?
    /// Frames that are complete, and in the place after them the half that waits.
    private var values: [[Float]]
    private var frames = 0
    private var first: UInt64 = 0
    private var missing: UInt64 = 0
    private var next: UInt64?
    /// The even packet that waits for the odd one.
    private var half: UInt64?
    private var halfIsEmpty = true

    init(widths: [Int], scales: [Float], skipsEmpty: Bool, capacity: Int, skipped: Int?) {
        self.widths = widths
        self.scales = scales
        self.skipsEmpty = skipsEmpty
        self.capacity = capacity
        self.skipped = skipped
        values = widths.map { [Float](repeating: .nan, count: (capacity + 1) * $0) }
    }

    func forgetHalf() { half = nil }

    /// Takes consecutive packets. Frames that are complete are flushed before the next ones.
    func take(_ run: BlockAssembler.Run, _ rows: [[Float]]) {
        for (offset, row) in run.rows.enumerated() {
            let counter = run.counter + UInt64(offset)
            let isEmpty = rows[rows.count - 1][row] == 1
            if counter % 2 == 0 {
                put(rows, row, channel: CytonPacket.channels)
                for stream in 1..<widths.count {
                    for channel in 0..<widths[stream] {
                        values[stream][frames * widths[stream] + channel] = rows[stream][row * widths[stream] + channel]
                    }
                }
                (half, halfIsEmpty) = (counter, isEmpty)
            } else if let even = half, counter == even + 1 {
                half = nil
                put(rows, row, channel: 0)
                join(rows, row, isEmpty: isEmpty)
                let frame = counter / 2
                if frames == 0 {
                    first = frame
                    missing = next.map { frame - min($0, frame) } ?? 0
                }
                next = frame + 1
                frames += 1
            } else {
                half = nil
            }
        }
    }

    /// Hands on the frames as blocks; the waiting half moves to the front.
    /// - Returns: the block of the EEG; nil where no frame is complete.
    func flush(
        at time: HostTime, into sink: any SampleSink, _ stamp: (inout SampleRingItem, Double) -> Void
    ) -> SampleRingItem? {
        guard frames > 0 else { return nil }
        var times: SampleRingItem?
        for stream in widths.indices {
            let width = widths[stream]
            var item = SampleRingItem(
                stream: stream, channels: width, frames: frames, firstCounter: first, missingBefore: missing, hostTime: time)
            if let times {
                item.copyTimes(of: times)
            } else {
                // A frame is complete with its odd packet.
                stamp(&item, Double(2 * first + 1))
                times = item
            }
            let count = frames * width
            values[stream].withUnsafeMutableBufferPointer { values in
                if stream != skipped { sink.take(item, UnsafeBufferPointer(rebasing: values[0..<count])) }
                for channel in 0..<width { values[channel] = values[count + channel] }
            }
        }
        frames = 0
        return times
    }

    private func put(_ rows: [[Float]], _ row: Int, channel start: Int) {
        for channel in 0..<CytonPacket.channels {
            values[0][frames * widths[0] + start + channel] =
                rows[0][row * CytonPacket.channels + channel] * scales[start + channel]
        }
    }

    private func join(_ rows: [[Float]], _ row: Int, isEmpty: Bool) {
        for channel in 0..<widths[1] {
            let value = rows[1][row * widths[1] + channel]
            let place = frames * widths[1] + channel
            let last = values[1][place]
            if last.isNaN {
                values[1][place] = value
            } else if !value.isNaN, !(skipsEmpty && isEmpty) {
                values[1][place] = skipsEmpty && halfIsEmpty ? value : (last + value) / 2
            }
        }
        // The board's clock is that of the later half.
        guard widths.count > 2 else { return }
        for channel in 0..<widths[2] { values[2][frames * widths[2] + channel] = rows[2][row * widths[2] + channel] }
    }
}
