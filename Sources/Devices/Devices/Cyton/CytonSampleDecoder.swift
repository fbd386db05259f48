import Protocols
public import Signals

/// A Cyton's bytes → EEG in volt, and what its auxiliary bytes carry.
///
/// A Cyton alone gives 8 channels at 250 frames per second. With a Daisy, packets with an even counter hold channels 9–16 and
/// those with an odd counter 1–8, each the mean of the board's last two samples; an even packet and the odd one after it are
/// one frame of 16 channels, 125 a second, as BrainFlow 5.23 pairs them. A pair of which one half is lost is a lost frame.
///
/// The accelerometer's stream holds its readings in g, about 25 a second, each at the time of the EEG frame that it came with
/// (`CytonReadings`). Without time stamps the board sends zeros between two readings, so a packet whose three axes are zero is none:
/// nothing tells it from a reading of 0 g on all axes, which a board has in free fall alone. With time stamps the counter tells which
/// packets carry an axis, and zeros are values. In recordings from before (`readingsOnly` is nil), this stream has a frame for each EEG
/// frame, zeros included.
///
/// The streams of the pins have one frame for each EEG frame: numbers of the analog ones or levels of the digital ones. What a packet
/// does not carry is NaN. Of a pair, the half that carries a value counts, or the mean of both: a digital pin that changes between the
/// two halves is 0.5, which counts as high. With time stamps a third stream holds the board's clock: whole seconds and milliseconds.
public final class CytonSampleDecoder: SampleDecoder {
    /// Packets per second.
    public static let rate = 250.0
    public let streams: [StreamDescription]
    private var parser = CytonPacketParser()
    private var assembler: CytonFrameAssembler
    private var reportedSkipped: UInt64 = 0

    public init(_ configuration: CytonConfiguration) {
        let channels = configuration.hasDaisy ? 16 : CytonPacket.channels
        let gains = (0..<channels).map {
            $0 < configuration.gains.count ? max(1, configuration.gains[$0]) : 24
        }
        streams = Self.streams(configuration, gains: gains)
        assembler = CytonFrameAssembler(
            hasDaisy: configuration.hasDaisy, auxiliary: configuration.auxiliary ?? .accelerometer, gains: gains,
            widths: streams.map(\.channelCount), readingsOnly: configuration.hasReadings)
    }

    private static func streams(_ configuration: CytonConfiguration, gains: [Int]) -> [StreamDescription] {
        let device = "OpenBCI Cyton" + (configuration.hasDaisy ? "+Daisy " : " ") + configuration.firmware
        let rate = configuration.hasDaisy ? Self.rate / 2 : Self.rate
        func stream(
            _ name: String, _ kind: StreamDescription.Kind, _ channels: [StreamDescription.Channel], isIrregular: Bool = false,
            debounceMs: Double? = nil
        ) -> StreamDescription {
            StreamDescription(
                name: configuration.name + "." + name, kind: kind, channels: channels, nominalRate: isIrregular ? 0 : rate,
                device: device, serialNumber: configuration.serialNumber, debounce: debounceMs.map { $0 * 1e-3 })
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
                    ["x", "y", "z"].map { .init(label: $0, unit: .gravity, fullScale: 4) },
                    isIrregular: configuration.hasReadings))
        case .analog:
            streams.append(
                stream(
                    "analog", .auxiliary,
                    ["A5", "A6", "A7"].map { .init(label: $0, unit: .count, fullScale: 1023) }))
        case .digital:
            streams.append(
                stream(
                    "digital", .auxiliary,
                    ["D11", "D12", "D13", "D17", "D18"].map { .init(label: $0, unit: .dimensionless) },
                    debounceMs: configuration.debounceMs))
        }
        if configuration.timeStamps == true {
            streams.append(
                stream(
                    "clock", .auxiliary, ["seconds", "milliseconds"].map { .init(label: $0, unit: .count) }))
        }
        return streams
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        parser.feed(bytes) { packet in assembler.take(packet, at: time, into: sink) }
        assembler.finish(at: time, isWhole: !BlockAssembler.kernelIsFull(bytes), into: sink)
        if parser.skipped > reportedSkipped {
            sink.take(
                DeviceEvent(code: .garbageSkipped, value: parser.skipped - reportedSkipped, hostTime: time))
            reportedSkipped = parser.skipped
        }
    }

    public func note(_ event: DeviceEvent) {
        if event.code == .lost { parser.reset() }
        assembler.note(event)
    }
}
