import Signals

/// The readings of a Cyton's accelerometer, each a frame by itself at the frame of the EEG that it came with.
///
/// The accelerometer measures 25 times a second by a clock of its own, so the readings are an irregular stream. Without time stamps a
/// packet holds all three axes, or zeros where there is no new reading. With them the axes come in turn, in three packets that follow
/// each other; an axis whose packet is lost is NaN. Nothing is allocated after creation.
final class CytonReadings {
    static let axes = 3
    /// Packets of a frame of the EEG.
    private let stride: UInt64
    /// The reading that is being collected; axes that did not come are NaN.
    private var reading = [Float](repeating: .nan, count: CytonReadings.axes)
    /// The packet that brings its x, or would; the one that brought its last axis, and when that was made; nil where there is none yet.
    private var last: (first: UInt64, packet: UInt64, made: HostTime?)?
    private var count: UInt64 = 0

    init(stride: UInt64) { self.stride = stride }

    /// Takes consecutive packets.
    /// - Parameters:
    ///   - values: shape `[rows, 3]`; NaN for each axis that a packet does not carry.
    ///   - frames: the block of EEG that these packets gave; nil where they gave none.
    ///   - time: arrival of the bytes.
    ///   - made: when a packet was made, as the board's clock says.
    func take(
        _ run: BlockAssembler.Run, _ values: [Float], frames: SampleRingItem?, at time: HostTime, into sink: any SampleSink,
        made: (Double) -> HostTime?
    ) {
        for (offset, row) in run.rows.enumerated() {
            let packet = run.counter &+ UInt64(offset)
            let place = row * Self.axes
            var (carried, axis) = (0, 0)
            for index in 0..<Self.axes where !values[place + index].isNaN { (carried, axis) = (carried + 1, index) }
            let first = carried == 1 ? packet &- UInt64(axis) : packet
            // One axis may go on with a reading, and anything else ends it.
            if let last, carried != 1 || first != last.first { put(at: time, into: sink) }
            guard carried > 0 else { continue }
            for index in 0..<Self.axes where !values[place + index].isNaN { reading[index] = values[place + index] }
            last = (first, packet, moment(packet, frames, made))
            if !reading[Self.axes - 1].isNaN { put(at: time, into: sink) }
        }
    }

    /// A frame with a Daisy is complete with its odd packet.
    private func moment(_ packet: UInt64, _ frames: SampleRingItem?, _ made: (Double) -> HostTime?) -> HostTime? {
        let frame = packet / stride
        if let frames, let first = frames.made, frame >= frames.firstCounter,
            frame - frames.firstCounter < UInt64(frames.frames)
        {
            return first + Double(frame - frames.firstCounter) * frames.framePeriod
        }
        return made(Double(frame * stride + stride - 1))
    }

    private func put(at time: HostTime, into sink: any SampleSink) {
        guard let last else { return }
        self.last = nil
        var item = SampleRingItem(
            stream: 1, channels: Self.axes, frames: 1, firstCounter: count, missingBefore: 0, hostTime: time)
        item.setMark(stream: 0, counter: last.packet / stride)
        if let made = last.made { item.setMade(made, period: 0) }
        reading.withUnsafeBufferPointer { sink.take(item, $0) }
        for axis in 0..<Self.axes { reading[axis] = .nan }
        count &+= 1
    }
}
