import Protocols
public import Signals

/// What the decoder of a ThinkGear module depends on.
public struct ThinkGearConfiguration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; its streams are called "name.eeg" and "name.status".
    public var name: String
    public var serialNumber: String

    public init(name: String, serialNumber: String = "") {
        self.name = name
        self.serialNumber = serialNumber
    }
}

/// A ThinkGear's bytes → raw EEG in volt at 512 frames per second, and once a second signal quality, meters and band powers.
///
/// The module sends no counter, so missing frames are counted in two ways. Bytes that belong to no packet are damaged
/// packets, 8 bytes for each raw sample. After a loss, or a silence of more than 0.1 s, the clock tells how many frames went
/// by, as for a sound card. Whole packets that vanish within 0.1 s without a trace cannot be seen.
public final class ThinkGearSampleDecoder: SampleDecoder {
    public static let statusLabels = [
        "poor signal", "attention", "meditation", "delta", "theta", "low alpha", "high alpha", "low beta",
        "high beta", "low gamma", "mid gamma",
    ]
    /// Longest pause between two samples that is jitter.
    public static let longestPause = 0.1
    private static let capacity = 512

    public let streams: [StreamDescription]
    private var parser = ThinkGearParser()
    private var reportedSkipped: UInt64 = 0
    private var reportedCorrupt: UInt64 = 0
    private var next: UInt64 = 0
    private var lastTime: HostTime?
    private var isInterrupted = false
    private var values = [Float](repeating: 0, count: capacity)
    private var frames = 0
    private var missing: UInt64 = 0
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
        // Frames that this piece holds are needed before the first of them can be placed, so the hole is found at the end.
        if let lastTime, time - lastTime > Self.longestPause { isInterrupted = true }
        parser.feed(bytes) { payload, skipped in take(payload, skipped, at: time, into: sink) }
        flush(at: time, into: sink)
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
        switch event.code {
        case .lost:
            parser.reset()
            isInterrupted = true
        default: break
        }
    }

    private func take(
        _ payload: UnsafeRawBufferPointer, _ skipped: UInt64, at time: HostTime, into sink: any SampleSink
    ) {
        let size = UInt64(ThinkGearPacket.rawPacketSize)
        let damaged = (skipped + size / 2) / size
        // After an interruption the clock counts everything, damaged packets included. Before the first frame nothing is missing.
        if damaged > 0, !isInterrupted, lastTime != nil {
            flush(at: time, into: sink)
            missing += damaged
        }
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
        if frames == Self.capacity { flush(at: time, into: sink) }
        values[frames] = Float(count) * Float(ThinkGearPacket.voltsPerCount)
        frames += 1
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

    private func flush(at time: HostTime, into sink: any SampleSink) {
        guard frames > 0 else { return }
        if isInterrupted, let lastTime {
            let elapsed = (ThinkGearPacket.rate * (time - lastTime)).rounded() - Double(frames)
            missing = UInt64(saturating: elapsed)
        }
        isInterrupted = false
        lastTime = time
        values.withUnsafeBufferPointer { values in
            sink.take(
                SampleRingItem(
                    stream: 0, channels: 1, frames: frames, firstCounter: next &+ missing,
                    missingBefore: missing,
                    hostTime: time),
                UnsafeBufferPointer(rebasing: values[0..<frames]))
        }
        next &+= missing &+ UInt64(frames)
        frames = 0
        missing = 0
    }
}
