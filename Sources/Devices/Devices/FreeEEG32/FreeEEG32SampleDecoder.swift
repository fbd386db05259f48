import Protocols
public import Signals

/// A FreeEEG32's bytes → 32 channels of EEG in volt at 512 frames per second.
public final class FreeEEG32SampleDecoder: SampleDecoder {
    public let streams: [StreamDescription]
    private var parser: MarkedFrameParser
    private var assembler: BlockAssembler
    private var reportedSkipped: UInt64 = 0

    /// Frames of the largest piece that a driver reads.
    private static let capacity = 1024

    public init(_ configuration: FreeEEG32Configuration) {
        parser = MarkedFrameParser(
            size: max(FreeEEG32Frame.smallestSize, configuration.frameSize), header: FreeEEG32Frame.header,
            footers: FreeEEG32Frame.footer...FreeEEG32Frame.footer)
        assembler = BlockAssembler(
            widths: [FreeEEG32Frame.channels], rate: FreeEEG32Frame.rate, modulus: 256, capacity: Self.capacity)
        streams = [
            StreamDescription(
                name: configuration.name + ".eeg", kind: .eeg,
                channels: (1...FreeEEG32Frame.channels).map {
                    .init(label: "\($0)", unit: .volt, fullScale: Float(2.5 / 8))
                },
                nominalRate: FreeEEG32Frame.rate, device: "FreeEEG32",
                serialNumber: configuration.serialNumber)
        ]
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        parser.feed(bytes) { frame in
            if assembler.isFull { assembler.finish(at: time, isWhole: false, into: sink) }
            assembler.withRow(0) { row in
                let scale = Float(FreeEEG32Frame.voltsPerCount)
                for channel in 0..<FreeEEG32Frame.channels {
                    row[channel] = Float(FreeEEG32Frame.count(frame, channel: channel)) * scale
                }
            }
            assembler.commit(counter: UInt64(frame[1]), fingerprint: Fingerprint.of(frame, from: 2))
        }
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
