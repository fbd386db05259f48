import Protocols
public import Signals

/// A ThinkGear's bytes → raw EEG in volt at 512 frames per second, and once a second signal quality, meters and band powers.
///
/// The module sends no counter, so the clock counts what is missing: after a loss or a silence of more than 0.1 s all of it, and where
/// bytes belonged to no packet at most as many samples as there can have been damaged packets, some tenths of a second after them.
/// Whole packets that vanish within 0.1 s without a trace cannot be seen.
public final class ThinkGearSampleDecoder: SampleDecoder {
    public static let statusLabels = [
        "poor signal", "attention", "meditation", "delta", "theta", "low alpha", "high alpha", "low beta",
        "high beta", "low gamma", "mid gamma",
    ]
    /// Samples of the largest piece that a driver reads.
    private static let capacity = 16_384

    public let streams: [StreamDescription]
    private var parser = ThinkGearParser()
    private var reportedSkipped: UInt64 = 0
    private var reportedCorrupt: UInt64 = 0
    private var assembler = BlockAssembler(widths: [1], rate: ThinkGearPacket.rate, modulus: nil, capacity: capacity)
    private var status = [Float](repeating: .nan, count: statusLabels.count)
    private var statusCounter: UInt64 = 0

    public init(_ configuration: ThinkGearConfiguration) {
        let device = "NeuroSky ThinkGear"
        streams = [
            StreamDescription(
                name: configuration.name + ".eeg", kind: .eeg,
                channels: [
                    .init(label: "raw", unit: .volt, fullScale: Float(32_768 * ThinkGearPacket.voltsPerCount))
                ],
                nominalRate: ThinkGearPacket.rate, device: device, serialNumber: configuration.serialNumber),
            StreamDescription(
                name: configuration.name + ".status", kind: .signalQuality,
                channels: Self.statusLabels.map { .init(label: $0, unit: .count) }, nominalRate: 0,
                device: device,
                serialNumber: configuration.serialNumber),
        ]
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        parser.feed(bytes) { payload, skipped in take(payload, skipped, at: time, into: sink) }
        assembler.finish(at: time, isWhole: !BlockAssembler.kernelIsFull(bytes), into: sink)
        if parser.skipped > reportedSkipped {
            sink.take(
                DeviceEvent(code: .garbageSkipped, value: parser.skipped - reportedSkipped, hostTime: time))
            reportedSkipped = parser.skipped
        }
        if parser.corrupt > reportedCorrupt {
            sink.take(
                DeviceEvent(code: .corruptDropped, value: parser.corrupt - reportedCorrupt, hostTime: time))
            reportedCorrupt = parser.corrupt
        }
    }

    public func note(_ event: DeviceEvent) {
        if event.code == .lost { parser.reset() }
        assembler.note(event)
    }

    private func take(
        _ payload: UnsafeRawBufferPointer, _ skipped: UInt64, at time: HostTime, into sink: any SampleSink
    ) {
        // Each damaged packet leaves at least a byte of its eight.
        let size = UInt64(ThinkGearPacket.rawPacketSize)
        if skipped > 0 { assembler.noteDamage((skipped + size - 1) / size) }
        var hasStatus = false
        ThinkGearPacket.forEachValue(in: payload) { code, isExtended, bytes in
            guard !isExtended else { return }
            switch code {
            case 0x80 where bytes.count == 2: put(ThinkGearPacket.raw(bytes), at: time, into: sink)
            case 0x02:
                status[0] = Float(bytes[0])
                hasStatus = true
            case 0x04: status[1] = Float(bytes[0])
            case 0x05: status[2] = Float(bytes[0])
            case 0x83 where bytes.count == 24:
                for band in 0..<8 { status[3 + band] = Float(ThinkGearPacket.bandPower(bytes, band: band)) }
            default: break
            }
        }
        if hasStatus { putStatus(at: time, into: sink) }
    }

    private func put(_ count: Int16, at time: HostTime, into sink: any SampleSink) {
        if assembler.isFull { assembler.finish(at: time, isWhole: false, into: sink) }
        assembler.withRow(0) { $0[0] = Float(count) * Float(ThinkGearPacket.voltsPerCount) }
        assembler.commit()
    }

    /// One status frame for each packet that has a signal quality; what it does not name is NaN.
    private func putStatus(at time: HostTime, into sink: any SampleSink) {
        status.withUnsafeBufferPointer { values in
            sink.take(
                SampleRingItem(
                    stream: 1, channels: values.count, frames: 1, firstCounter: statusCounter,
                    missingBefore: 0,
                    hostTime: time), values)
        }
        statusCounter += 1
        for index in status.indices { status[index] = .nan }
    }
}
