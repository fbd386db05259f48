import Protocols
public import Signals

/// What the decoder of a Cyton depends on.
public struct CytonConfiguration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; streams are called "name.eeg" and "name.accelerometer".
    public var name: String
    /// One per channel, of ``CytonScale/gains``.
    public var gains: [Int]
    public var firmware: String
    public var serialNumber: String

    public init(name: String, gains: [Int], firmware: String, serialNumber: String = "") {
        self.name = name
        self.gains = gains
        self.firmware = firmware
        self.serialNumber = serialNumber
    }
}

/// A Cyton's bytes → EEG in volt and acceleration in standard gravity, at 250 frames per second.
///
/// The accelerometer stream holds what the auxiliary bytes hold: the board fills them at 25 Hz and sends zeros
/// between. Packets whose auxiliary bytes are no acceleration give NaN there.
public final class CytonSampleDecoder: SampleDecoder {
    public static let rate = 250.0
    public let streams: [StreamDescription]
    private var parser = CytonPacketParser()
    private var counter = CounterUnwrapper(modulus: 256, rate: CytonSampleDecoder.rate)
    private var restarts = false
    private var reportedSkipped: UInt64 = 0
    private let scales: [Float]
    private var block = CytonBlock()

    public init(_ configuration: CytonConfiguration) {
        let gains = (0..<CytonPacket.channels).map {
            $0 < configuration.gains.count ? max(1, configuration.gains[$0]) : 24
        }
        scales = gains.map { Float(CytonScale.voltsPerCount(gain: $0)) }
        let device = "OpenBCI Cyton \(configuration.firmware)"
        streams = [
            StreamDescription(
                name: configuration.name + ".eeg", kind: .eeg,
                channels: (0..<CytonPacket.channels).map {
                    .init(label: "\($0 + 1)", unit: .volt, fullScale: Float(4.5 / Double(gains[$0])))
                },
                nominalRate: Self.rate, device: device, serialNumber: configuration.serialNumber),
            StreamDescription(
                name: configuration.name + ".accelerometer", kind: .accelerometer,
                channels: ["x", "y", "z"].map { .init(label: $0, unit: .gravity, fullScale: 4) },
                nominalRate: Self.rate, device: device, serialNumber: configuration.serialNumber),
        ]
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        parser.feed(bytes) { packet in take(packet, at: time, into: sink) }
        flush(at: time, into: sink)
        if parser.skipped > reportedSkipped {
            sink.take(DeviceEvent(code: .garbageSkipped, value: parser.skipped - reportedSkipped, hostTime: time))
            reportedSkipped = parser.skipped
        }
    }

    public func note(_ event: DeviceEvent) {
        switch event.code {
        case .lost: parser.reset()
        case .reconnected: restarts = true
        default: break
        }
    }

    private func take(_ packet: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        let raw = UInt64(packet[1])
        let step = restarts ? counter.restart(raw: raw, at: time) : counter.next(raw: raw, at: time)
        restarts = false
        guard case .forward(let unwrapped, let missing) = step else {
            sink.take(DeviceEvent(code: .duplicateDropped, value: 1, hostTime: time))
            return
        }
        // A block holds consecutive frames only.
        if missing > 0 || block.isFull { flush(at: time, into: sink) }
        if block.frames == 0 {
            block.firstCounter = unwrapped
            block.missing = missing
        }
        for channel in 0..<CytonPacket.channels {
            block.eeg[block.frames * CytonPacket.channels + channel] =
                Float(CytonPacket.count(packet, channel: channel)) * scales[channel]
        }
        let isAcceleration = packet[32] == CytonPacket.Footer.accelerometer.rawValue
        for axis in 0..<3 {
            block.acceleration[block.frames * 3 + axis] =
                isAcceleration
                ? Float(Double(CytonPacket.acceleration(packet, axis: axis)) * CytonScale.gravityPerCount) : .nan
        }
        block.frames += 1
    }

    private func flush(at time: HostTime, into sink: any SampleSink) {
        guard block.frames > 0 else { return }
        block.eeg.withUnsafeBufferPointer { values in
            sink.take(
                SampleRingItem(
                    stream: 0, channels: CytonPacket.channels, frames: block.frames, firstCounter: block.firstCounter,
                    missingBefore: block.missing, hostTime: time),
                UnsafeBufferPointer(rebasing: values[0..<block.frames * CytonPacket.channels]))
        }
        block.acceleration.withUnsafeBufferPointer { values in
            sink.take(
                SampleRingItem(
                    stream: 1, channels: 3, frames: block.frames, firstCounter: block.firstCounter,
                    missingBefore: block.missing, hostTime: time),
                UnsafeBufferPointer(rebasing: values[0..<block.frames * 3]))
        }
        block.frames = 0
    }
}

/// Frames that wait for the end of their piece of bytes.
private struct CytonBlock {
    static let capacity = 128
    var eeg = [Float](repeating: 0, count: capacity * CytonPacket.channels)
    var acceleration = [Float](repeating: 0, count: capacity * 3)
    var frames = 0
    var firstCounter: UInt64 = 0
    var missing: UInt64 = 0
    var isFull: Bool { frames == Self.capacity }
}
