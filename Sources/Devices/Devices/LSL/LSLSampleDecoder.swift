import Protocols
public import Signals

/// Records of an LSL inlet → blocks or texts, with the sender's stamps and its clock's offsets.
///
/// Numbers keep the format that the sender gave them. 32-bit floats are brought to SI units here. Integers and doubles go on as they
/// were sent, bit for bit, and the description says what one of them is (`StreamDescription.Channel.own`).
///
/// Lab Streaming Layer numbers no samples; the inlet's record does, from its opening on. A hole in these numbers (a damaged
/// recording) is counted by them. A step of a regular stream's stamps that is longer than ``LSLConfiguration/gapSeconds``, or the
/// stamps' distance across a loss of the stream, is a hole of as many samples as the rate puts into it, where the arrivals agree;
/// else it is an event, and nothing is missing. Small steps are jitter: programs stamp whole chunks when they push them.
public final class LSLSampleDecoder: SampleDecoder {
    public let streams: [StreamDescription]
    private let configuration: LSLConfiguration
    private let channels: Int
    private let rate: Double
    private let scales: [Double]
    private let format: SampleFormat
    private var parser: LSLRecordParser
    private var reportedSkipped: UInt64 = 0
    private var next: UInt64 = 0
    /// Samples of the inlet that were taken, since it was opened.
    private var taken: UInt64 = 0
    private var line: LSLStampLine
    /// Arrival of the last samples.
    private var last: HostTime?
    private var offset: Double?
    /// That the stamps are of another epoch was told.
    private var isToldForeign = false
    /// Of the clock that stamped the last sample.
    private var lastOffset: Double?
    private var isInterrupted = false
    /// Words of a block.
    private var values: [Float]
    private let blockFrames: Int
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
        let format = header.format.samples ?? .float32
        self.format = format
        parser = LSLRecordParser(header.format)
        line = LSLStampLine(rate: rate, gapSeconds: configuration.gapSeconds)
        let words = (0..<channels).map { channel in
            configuration.unit ?? (header.channels.count == channels ? header.channels[channel].unit : "")
        }
        let units = words.map(UnitWord.init(word:))
        let scales = units.map(\.scale)
        self.scales = scales
        blockFrames = max(1, Self.blockValues / channels)
        values = isText ? [] : [Float](repeating: 0, count: format.words(blockFrames * channels))
        texts = TextFrameBuffer(capacity: isText ? LSLRecord.largestTexts : 16)
        let known = StreamDescription.Kind(rawValue: header.type)
        let kind = known ?? (isText ? .markers : .auxiliary)
        // Texts of another type are no markers, whatever the stream is called here.
        let ownType = isText && known == nil && !header.type.isEmpty ? header.type : nil
        // Types that tell no more than the stream's are none.
        let types = header.channels.count == channels && !isText ? header.channels.map { ChannelType(word: $0.type) } : []
        let hasTypes = types.contains { $0 != nil && $0 != ChannelType(word: header.type) }
        streams = [
            StreamDescription(
                name: configuration.name + "." + kind.rawValue.lowercased(), kind: kind,
                channels: (0..<channels).map { channel in
                    let label = header.channels.count == channels ? header.channels[channel].label : ""
                    // A word that is not known is kept for whoever knows it.
                    let isOwn = format != .float32 || units[channel].unit == .unspecified && !words[channel].isEmpty
                    return .init(
                        label: label.isEmpty ? "\(channel + 1)" : label, unit: isText ? .unspecified : units[channel].unit,
                        own: isOwn && !isText ? .init(word: words[channel], scale: scales[channel]) : nil,
                        type: hasTypes ? types[channel] : nil)
                },
                nominalRate: rate, device: Self.device(header), serialNumber: header.serialNumber, isText: isText,
                hasOwnClock: true, sampleFormat: format,
                longestTextFrame: isText ? LSLRecord.largestTexts : TextFrame.usualCapacity, ownType: ownType)
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
            case .textCut:
                let cut = LSLRecord.cutTexts(record)
                sink.take(DeviceEvent(code: cut == nil ? .corruptDropped : .textCut, value: cut ?? 1, hostTime: time))
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
        isToldForeign = false
        line.lost()
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
            let isKnown = missing > 0 || isInterrupted
            if isInterrupted { missing += missingAcrossLoss(chunk, at: time, into: sink) }
            putNumbers(chunk, missing, isKnown, at: time, into: sink)
        }
        isInterrupted = false
        line.arrived(at: time)
        last = time
        lastOffset = offset
    }

    /// Samples that went by while the stream was lost: by the stamps where the clock's offset is known before and after and they
    /// agree with the arrivals, else by the arrivals.
    private func missingAcrossLoss(_ chunk: LSLChunk, at time: HostTime, into sink: any SampleSink) -> UInt64 {
        guard rate > 0, let last else { return 0 }
        let stamp = chunk.stamp(0)
        if let offset, let lastOffset, let before = line.last, LSLStampLine.isTime(stamp) {
            let turned = offset - lastOffset
            switch line.across(stamp - before + turned, newest: newest(chunk, from: 0), turned: turned, at: time) {
            case .hole(let count): return count
            case .jump(let seconds): report(.stampJump, seconds, at: time, into: sink)
            case .none: break
            }
        } else {
            line.forgetDelay()
        }
        return LSLStampLine.count((time - last) * rate - Double(chunk.samples))
    }

    /// The last stamp that follows from a sample's without a step.
    private func newest(_ chunk: LSLChunk, from start: Int) -> Double {
        var stamp = chunk.stamp(start)
        for sample in start + 1..<max(start + 1, chunk.samples) {
            let next = chunk.stamp(sample)
            if line.isStep(from: stamp, to: next) { break }
            if LSLStampLine.isTime(next) { stamp = next }
        }
        return stamp
    }

    private func report(_ code: DeviceEvent.Code, _ seconds: Double, at time: HostTime, into sink: any SampleSink) {
        sink.take(DeviceEvent(code: code, value: UInt64(min(abs(seconds) * 1000, 0x1p53).rounded()), hostTime: time))
    }

    /// Whether the arrival tells better when something was than its stamp does; a foreign epoch is told once.
    private func isAstray(_ stamp: Double, at time: HostTime, into sink: any SampleSink) -> Bool {
        if line.isDisplaced { return true }
        guard let offset, let seconds = LSLStampLine.strangeness(stamp, offset: offset, at: time) else { return false }
        if !isToldForeign { report(.foreignStamps, seconds, at: time, into: sink) }
        isToldForeign = true
        return true
    }

    /// Frames whose stamps follow from the first one's by the nominal rate go out together; irregular ones each alone.
    private func putNumbers(
        _ chunk: LSLChunk, _ missing: UInt64, _ isKnown: Bool, at time: HostTime, into sink: any SampleSink
    ) {
        var missing = missing
        var start = 0
        while start < chunk.samples {
            let stamp = chunk.stamp(start)
            if !isKnown || start > 0, let previous = line.last, line.isStep(from: previous, to: stamp) {
                switch line.step(to: stamp, newest: newest(chunk, from: start), offset: offset, at: time) {
                case .hole(let count): missing += count
                case .jump(let seconds): report(.stampJump, seconds, at: time, into: sink)
                case .none: break
                }
            }
            var end = start + 1
            let most = start + blockFrames
            while rate > 0, end < min(chunk.samples, most),
                abs(chunk.stamp(end) - stamp - Double(end - start) / rate) < Self.exactness
            {
                end += 1
            }
            put(chunk, start..<end, missing, at: time, into: sink)
            line.follow(chunk.stamp(end - 1))
            missing = 0
            start = end
        }
    }

    private func put(
        _ chunk: LSLChunk, _ frames: Range<Int>, _ missing: UInt64, at time: HostTime, into sink: any SampleSink
    ) {
        let count = frames.count * channels
        next &+= missing
        var item = SampleRingItem(
            stream: 0, channels: channels, frames: frames.count, firstCounter: next, missingBefore: missing, hostTime: time,
            deviceTime: chunk.stamp(frames.lowerBound), format: format)
        item.alignsByArrival = isAstray(chunk.stamp(frames.upperBound - 1), at: time, into: sink)
        values.withUnsafeMutableBufferPointer { values in
            if format == .float32 {
                for index in 0..<count {
                    let value = chunk.value(frames.lowerBound * channels + index) * scales[index % channels]
                    values[index] = Float(value)
                }
            } else {
                // The last word's rest would else be of the block before.
                if item.sampleCount > 0 { values[item.sampleCount - 1] = 0 }
                UnsafeMutableRawBufferPointer(values).copyMemory(from: chunk.values(frames))
            }
            sink.take(item, UnsafeBufferPointer(rebasing: UnsafeBufferPointer(values)[0..<item.sampleCount]))
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
            let stamp = chunk.stamp(sample)
            var item = SampleRingItem(
                stream: 0, channels: channels, textBytes: texts.count, counter: next, missingBefore: missing,
                hostTime: time, deviceTime: stamp)
            item.alignsByArrival = isAstray(stamp, at: time, into: sink)
            sink.take(item, texts.values)
            line.follow(stamp)
            next += 1
            missing = 0
        }
    }
}
