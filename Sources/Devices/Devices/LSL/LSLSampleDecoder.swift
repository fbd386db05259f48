import Protocols
public import Signals

/// Records of an LSL inlet → blocks in SI units or texts, with the sender's stamps and its clock's offsets.
///
/// Lab Streaming Layer numbers no samples; the inlet's record does, from its opening on. A hole in these numbers (a damaged
/// recording) is counted by them. A step of a regular stream's stamps that is longer than ``LSLConfiguration/gapSeconds``, or the
/// stamps' distance across a loss of the stream, is a hole of as many samples as the rate puts into it. Small steps are
/// jitter: programs stamp whole chunks when they push them.
public final class LSLSampleDecoder: SampleDecoder {
    public let streams: [StreamDescription]
    private let configuration: LSLConfiguration
    private let channels: Int
    private let rate: Double
    private let scales: [Double]
    private var parser = LSLRecordParser()
    private var reportedSkipped: UInt64 = 0
    private var next: UInt64 = 0
    /// Samples of the inlet that were taken, since it was opened.
    private var taken: UInt64 = 0
    /// The last sample's stamp, and when it came.
    private var last: (stamp: Double, time: HostTime)?
    private var offset: Double?
    /// Of the clock that stamped the last sample.
    private var lastOffset: Double?
    private var isInterrupted = false
    private var values: [Float]
    private let texts: TextFrameBuffer

    /// Stamps that deviate less from the one before and the nominal rate follow from it.
    private static let exactness = 1e-6
    private static let largestCount: UInt64 = 1 << 48
    private static let blockValues = 16_384

    public init(_ configuration: LSLConfiguration) {
        self.configuration = configuration
        let header = configuration.header
        let channels = max(1, header.channelCount)
        self.channels = channels
        rate = header.nominalRate
        let isText = header.format == .string
        let units = (0..<channels).map { channel in
            LSLUnit(word: configuration.unit ?? (header.channels.count == channels ? header.channels[channel].unit : ""))
        }
        scales = units.map(\.scale)
        values = isText ? [] : [Float](repeating: 0, count: max(channels, Self.blockValues / channels * channels))
        texts = TextFrameBuffer(capacity: isText ? 1 << 17 : 16)
        let kind = StreamDescription.Kind(rawValue: header.type) ?? (isText ? .markers : .auxiliary)
        streams = [
            StreamDescription(
                name: configuration.name + "." + kind.rawValue.lowercased(), kind: kind,
                channels: (0..<channels).map { channel in
                    let label = header.channels.count == channels ? header.channels[channel].label : ""
                    return .init(
                        label: label.isEmpty ? "\(channel + 1)" : label, unit: isText ? .unspecified : units[channel].unit)
                },
                nominalRate: rate, device: Self.device(header), serialNumber: header.serialNumber, isText: isText,
                hasOwnClock: true)
        ]
    }

    private static func device(_ header: LSLStreamHeader) -> String {
        let type = header.type.isEmpty ? "" : " (\(header.type))"
        let maker = header.maker.isEmpty ? "" : ", \(header.maker)"
        return "LSL \(header.name)\(type) from \(header.host)\(maker)"
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        parser.feed(bytes) { kind, record in
            switch kind {
            case .samples:
                if let chunk = LSLChunk(record), chunk.channels == channels, chunk.format == configuration.header.format {
                    take(chunk, at: time, into: sink)
                } else {
                    sink.take(DeviceEvent(code: .corruptDropped, value: 1, hostTime: time))
                }
            case .clockOffset:
                guard let found = LSLClockOffset(record) else {
                    return sink.take(DeviceEvent(code: .corruptDropped, value: 1, hostTime: time))
                }
                offset = found.offset
                let item = SampleRingItem(
                    stream: 0, clockOffset: found.offset, deviceTime: found.remote, hostTime: time)
                sink.take(item, UnsafeBufferPointer(start: nil, count: 0))
            case nil: sink.take(DeviceEvent(code: .corruptDropped, value: 1, hostTime: time))
            }
        }
        if parser.skipped > reportedSkipped {
            sink.take(DeviceEvent(code: .garbageSkipped, value: parser.skipped - reportedSkipped, hostTime: time))
            reportedSkipped = parser.skipped
        }
    }

    public func note(_ event: DeviceEvent) {
        guard event.code == .lost else { return }
        parser.reset()
        isInterrupted = true
        taken = 0
        // What comes back may run on another clock.
        offset = nil
    }

    private func take(_ chunk: LSLChunk, at time: HostTime, into sink: any SampleSink) {
        guard chunk.firstSample >= taken else {
            sink.take(DeviceEvent(code: .duplicateDropped, value: UInt64(chunk.samples), hostTime: time))
            return
        }
        // Counts that no inlet can reach are damage.
        guard chunk.firstSample < Self.largestCount else {
            sink.take(DeviceEvent(code: .corruptDropped, value: 1, hostTime: time))
            return
        }
        // A replay may begin in the middle.
        var missing = last == nil ? 0 : chunk.firstSample - taken
        taken = chunk.firstSample &+ UInt64(chunk.samples)
        if chunk.format == .string {
            putTexts(chunk, missing, at: time, into: sink)
        } else {
            // After a loss, and where records are missing, the stamps' step is no news.
            if isInterrupted { missing += missingAcrossLoss(chunk, at: time) }
            putNumbers(chunk, missing, at: time, into: sink)
        }
        isInterrupted = false
        last = (chunk.stamp(chunk.samples - 1), time)
        lastOffset = offset
    }

    /// Samples that went by while the stream was lost: by the stamps where the clock's offset is known before and after, else
    /// by the arrivals.
    private func missingAcrossLoss(_ chunk: LSLChunk, at time: HostTime) -> UInt64 {
        guard rate > 0, let last else { return 0 }
        if let offset, let lastOffset {
            return Self.count((chunk.stamp(0) + offset - last.stamp - lastOffset) * rate - 1)
        }
        return Self.count((time - last.time) * rate - Double(chunk.samples))
    }

    private static func count(_ frames: Double) -> UInt64 {
        let frames = frames.rounded()
        return frames > 0 && frames < 0x1p52 ? UInt64(frames) : 0
    }

    /// Frames whose stamps follow from the first one's by the nominal rate go out together; irregular ones each alone.
    private func putNumbers(_ chunk: LSLChunk, _ missing: UInt64, at time: HostTime, into sink: any SampleSink) {
        var missing = missing
        var isKnown = missing > 0 || isInterrupted
        var previous = last?.stamp
        var start = 0
        while start < chunk.samples {
            let stamp = chunk.stamp(start)
            if !isKnown, rate > 0, let previous {
                let step = stamp - previous - 1 / rate
                if step > configuration.gapSeconds { missing += Self.count(step * rate) }
            }
            isKnown = false
            var end = start + 1
            let most = start + values.count / channels
            while rate > 0, end < min(chunk.samples, most),
                abs(chunk.stamp(end) - stamp - Double(end - start) / rate) < Self.exactness
            {
                end += 1
            }
            put(chunk, start..<end, stamp, missing, at: time, into: sink)
            previous = chunk.stamp(end - 1)
            missing = 0
            start = end
        }
    }

    private func put(
        _ chunk: LSLChunk, _ frames: Range<Int>, _ stamp: Double, _ missing: UInt64, at time: HostTime,
        into sink: any SampleSink
    ) {
        let count = frames.count * channels
        next &+= missing
        values.withUnsafeMutableBufferPointer { values in
            for index in 0..<count {
                let value = chunk.value(frames.lowerBound * channels + index) * scales[index % channels]
                values[index] = Float(value)
            }
            sink.take(
                SampleRingItem(
                    stream: 0, channels: channels, frames: frames.count, firstCounter: next, missingBefore: missing,
                    hostTime: time, deviceTime: stamp),
                UnsafeBufferPointer(rebasing: UnsafeBufferPointer(values)[0..<count]))
        }
        next += UInt64(frames.count)
    }

    private func putTexts(_ chunk: LSLChunk, _ missing: UInt64, at time: HostTime, into sink: any SampleSink) {
        var missing = missing
        next &+= missing
        chunk.forEachText { sample, channel, text in
            if channel == 0 { texts.begin() }
            texts.append(text)
            guard channel == channels - 1 else { return }
            sink.take(
                SampleRingItem(
                    stream: 0, channels: channels, textBytes: texts.count, counter: next, missingBefore: missing,
                    hostTime: time, deviceTime: chunk.stamp(sample)), texts.values)
            next += 1
            missing = 0
        }
    }
}
