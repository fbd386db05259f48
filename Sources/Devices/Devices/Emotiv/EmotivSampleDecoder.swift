import Protocols
public import Signals

/// An Emotiv headset's decrypted reports → 14 channels of EEG in volt and two turn rates in counts, 128 frames per second, and
/// once in a turn of the counter the quality of each electrode's contact and the battery's level.
///
/// Each call brings whole reports, as USB delivers them; what is left over counts as garbage. The first stream's zero is the
/// middle of the converter's range. Contact: about 0 for none, 1 for a good one; NaN where no report named the electrode.
public final class EmotivSampleDecoder: SampleDecoder {
    private static let capacity = 64
    private static let electrodes = EmotivReport.electrodes.count
    public let streams: [StreamDescription]
    private var counter = CounterUnwrapper(modulus: EmotivReport.counterValues, rate: EmotivReport.rate)
    private var restarts = false
    private var eeg = [Float](repeating: 0, count: capacity * electrodes)
    private var gyroscope = [Float](repeating: 0, count: capacity * 2)
    private var contact = [Float](repeating: .nan, count: electrodes + 1)
    private var contactCounter: UInt64 = 0
    private var frames = 0
    private var firstCounter: UInt64 = 0
    private var missing: UInt64 = 0

    public init(_ configuration: EmotivConfiguration) {
        let device = "Emotiv EPOC"
        let fullScale = Float(Double(EmotivReport.zeroCount) * EmotivReport.voltsPerCount)
        streams = [
            StreamDescription(
                name: configuration.name + ".eeg", kind: .eeg,
                channels: EmotivReport.electrodes.map { .init(label: $0, unit: .volt, fullScale: fullScale) },
                nominalRate: EmotivReport.rate, device: device),
            StreamDescription(
                name: configuration.name + ".gyroscope", kind: .auxiliary,
                channels: ["x", "y"].map { .init(label: $0, unit: .count, fullScale: 4095) },
                nominalRate: EmotivReport.rate, device: device),
            StreamDescription(
                name: configuration.name + ".contact", kind: .signalQuality,
                channels: EmotivReport.electrodes.map { .init(label: $0, unit: .dimensionless) }
                    + [.init(label: "battery percent", unit: .dimensionless)],
                nominalRate: 0, device: device),
        ]
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        let reports = bytes.count / EmotivReport.size
        for index in 0..<reports {
            let report = UnsafeRawBufferPointer(
                rebasing: bytes[index * EmotivReport.size..<(index + 1) * EmotivReport.size])
            // All of a piece has its arrival as stamp, but the first of many reports were made earlier: else a long wait for a
            // full piece would look like a turn of the counter that was lost.
            let made = time + -Double(reports - 1 - index) / EmotivReport.rate
            take(report, made: made, at: time, into: sink)
        }
        flush(at: time, into: sink)
        let rest = bytes.count % EmotivReport.size
        if rest > 0 { sink.take(DeviceEvent(code: .garbageSkipped, value: UInt64(rest), hostTime: time)) }
    }

    public func note(_ event: DeviceEvent) { if event.code == .reconnected { restarts = true } }

    private func take(
        _ report: UnsafeRawBufferPointer, made: HostTime, at time: HostTime, into sink: any SampleSink
    ) {
        let raw = EmotivReport.counter(report)
        let step = restarts ? counter.restart(raw: raw, at: made) : counter.next(raw: raw, at: made)
        restarts = false
        guard case .forward(let unwrapped, let missing) = step else {
            sink.take(DeviceEvent(code: .duplicateDropped, value: 1, hostTime: time))
            return
        }
        if missing > 0 || frames == Self.capacity { flush(at: time, into: sink) }
        if frames == 0 {
            firstCounter = unwrapped
            self.missing = missing
        }
        let scale = Float(EmotivReport.voltsPerCount)
        for electrode in 0..<Self.electrodes {
            let count = EmotivReport.count(report, electrode: electrode) - EmotivReport.zeroCount
            eeg[frames * Self.electrodes + electrode] = Float(count) * scale
        }
        for axis in 0..<2 { gyroscope[frames * 2 + axis] = Float(EmotivReport.gyroscope(report, axis: axis)) }
        frames += 1
        if let quality = EmotivReport.quality(report) { contact[quality.electrode] = Float(quality.value) / 540 }
        if let battery = EmotivReport.battery(report) { putContact(Float(battery), at: time, into: sink) }
    }

    /// The battery's report closes a turn of the counter.
    private func putContact(_ battery: Float, at time: HostTime, into sink: any SampleSink) {
        contact[Self.electrodes] = battery
        contact.withUnsafeBufferPointer { values in
            sink.take(
                SampleRingItem(
                    stream: 2, channels: values.count, frames: 1, firstCounter: contactCounter, missingBefore: 0,
                    hostTime: time), values)
        }
        contactCounter += 1
        for index in contact.indices { contact[index] = .nan }
    }

    private func flush(at time: HostTime, into sink: any SampleSink) {
        guard frames > 0 else { return }
        put(eeg, stream: 0, channels: Self.electrodes, at: time, into: sink)
        put(gyroscope, stream: 1, channels: 2, at: time, into: sink)
        frames = 0
    }

    private func put(_ values: [Float], stream: Int, channels: Int, at time: HostTime, into sink: any SampleSink) {
        values.withUnsafeBufferPointer { values in
            sink.take(
                SampleRingItem(
                    stream: stream, channels: channels, frames: frames, firstCounter: firstCounter, missingBefore: missing,
                    hostTime: time),
                UnsafeBufferPointer(rebasing: values[0..<frames * channels]))
        }
    }
}
