import Protocols
public import Signals

/// A FreeEEG32's bytes → 32 channels of EEG in volt at 512 frames per second.
public final class FreeEEG32SampleDecoder: SampleDecoder {
    private static let capacity = 64
    public let streams: [StreamDescription]
    private var parser: MarkedFrameParser
    private var counter = CounterUnwrapper(modulus: 256, rate: FreeEEG32Frame.rate)
    private var restarts = false
    private var reportedSkipped: UInt64 = 0
    private var values = [Float](repeating: 0, count: capacity * FreeEEG32Frame.channels)
    private var frames = 0
    private var firstCounter: UInt64 = 0
    private var missing: UInt64 = 0

    public init(_ configuration: FreeEEG32Configuration) {
        parser = MarkedFrameParser(
            size: max(FreeEEG32Frame.smallestSize, configuration.frameSize), header: FreeEEG32Frame.header,
            footers: FreeEEG32Frame.footer...FreeEEG32Frame.footer)
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
        // All of a piece has its arrival as stamp, but the first of many packets were made earlier: else a long wait for a
        // full piece would look like a turn of the counter that was lost.
        var later = Double(max(0, bytes.count / parser.size - 1)) / FreeEEG32Frame.rate
        parser.feed(bytes) { frame in
            take(frame, made: time + -later, at: time, into: sink)
            later = max(0, later - 1 / FreeEEG32Frame.rate)
        }
        flush(at: time, into: sink)
        if parser.skipped > reportedSkipped {
            sink.take(
                DeviceEvent(code: .garbageSkipped, value: parser.skipped - reportedSkipped, hostTime: time))
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

    private func take(
        _ frame: UnsafeRawBufferPointer, made: HostTime, at time: HostTime, into sink: any SampleSink
    ) {
        let raw = UInt64(frame[1])
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
        let scale = Float(FreeEEG32Frame.voltsPerCount)
        for channel in 0..<FreeEEG32Frame.channels {
            values[frames * FreeEEG32Frame.channels + channel] =
                Float(FreeEEG32Frame.count(frame, channel: channel)) * scale
        }
        frames += 1
    }

    private func flush(at time: HostTime, into sink: any SampleSink) {
        guard frames > 0 else { return }
        values.withUnsafeBufferPointer { values in
            sink.take(
                SampleRingItem(
                    stream: 0, channels: FreeEEG32Frame.channels, frames: frames, firstCounter: firstCounter,
                    missingBefore: missing, hostTime: time),
                UnsafeBufferPointer(rebasing: values[0..<frames * FreeEEG32Frame.channels]))
        }
        frames = 0
    }
}
