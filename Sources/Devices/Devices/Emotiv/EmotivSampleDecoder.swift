import Protocols
public import Signals

/// An Emotiv headset's decrypted reports → 14 channels of EEG in volt and two turn rates in counts, 128 frames per second, and
/// once in a turn of the counter the quality of each electrode's contact and the battery's level.
///
/// Each call brings whole reports, as USB delivers them; what is left over counts as garbage. The first stream's zero is the
/// middle of the converter's range. Contact: about 0 for none, 1 for a good one; NaN where no report named the electrode.
public final class EmotivSampleDecoder: SampleDecoder {
    private static let electrodes = EmotivReport.electrodes.count
    public let streams: [StreamDescription]
    private var assembler = BlockAssembler(
        widths: [electrodes, 2], rate: EmotivReport.rate, modulus: EmotivReport.counterValues, capacity: 2048)
    private var contact = [Float](repeating: .nan, count: electrodes + 1)
    private var contactCounter: UInt64 = 0

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
        for index in 0..<bytes.count / EmotivReport.size {
            if assembler.isFull { assembler.finish(at: time, isWhole: false, into: sink) }
            let report = UnsafeRawBufferPointer(
                rebasing: bytes[index * EmotivReport.size..<(index + 1) * EmotivReport.size])
            take(report, at: time, into: sink)
        }
        assembler.finish(at: time, into: sink)
        let rest = bytes.count % EmotivReport.size
        if rest > 0 { sink.take(DeviceEvent(code: .garbageSkipped, value: UInt64(rest), hostTime: time)) }
    }

    public func note(_ event: DeviceEvent) { assembler.note(event) }

    private func take(_ report: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        assembler.withRow(0) { row in
            let scale = Float(EmotivReport.voltsPerCount)
            for electrode in 0..<Self.electrodes {
                row[electrode] = Float(EmotivReport.count(report, electrode: electrode) - EmotivReport.zeroCount) * scale
            }
        }
        assembler.withRow(1) { row in
            for axis in 0..<2 { row[axis] = Float(EmotivReport.gyroscope(report, axis: axis)) }
        }
        assembler.commit(counter: EmotivReport.counter(report), fingerprint: Fingerprint.of(report, from: 1))
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
}
