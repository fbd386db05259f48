import Protocols
public import Signals

/// A RigLink device's bytes → blocks of its outgoing streams, in the descriptor's units.
///
/// Counts of 32 bits become doubles, which hold all of them; everything else is held by 32-bit floats.
public final class RigLinkSampleDecoder: SampleDecoder {
    public let streams: [StreamDescription]
    private let formats: [RigLinkDescriptor.Stream]
    /// Index in `streams` of each stream of the descriptor; -1 for drive streams.
    private let places: [Int]
    private var decoder = RigLinkDecoder()
    private var counters: [RigLinkFrameCounter]
    private var values: [Float]
    private var reportedCorrupt: UInt64 = 0
    /// Answers to drive frames that came so far.
    public private(set) var answered: UInt64 = 0
    /// Counter of the drive frame that was answered last.
    public private(set) var lastAnswered: UInt64?
    /// Drive frames that the device said it dropped since it was opened.
    public private(set) var dropped: UInt64 = 0

    public init(_ configuration: RigLinkConfiguration) {
        let descriptor = configuration.descriptor
        var streams: [StreamDescription] = []
        var places: [Int] = []
        for stream in descriptor.streams {
            guard stream.direction == .out else {
                places.append(-1)
                continue
            }
            places.append(streams.count)
            streams.append(
                StreamDescription(
                    name: configuration.name + "." + stream.name, kind: stream.kind,
                    channels: (1...stream.channels).map {
                        .init(label: "\(stream.labelPrefix)\($0)", unit: stream.unit)
                    },
                    nominalRate: stream.rate,
                    device: "\(descriptor.maker) \(descriptor.model) \(descriptor.firmware)",
                    serialNumber: descriptor.serialNumber, sampleFormat: Self.sampleFormat(stream),
                    debounce: stream.isDigitalLines ? configuration.debounceMs.map { $0 * 1e-3 } : nil))
        }
        self.streams = streams
        self.places = places
        formats = descriptor.streams
        counters = streams.map { RigLinkFrameCounter(rate: $0.nominalRate) }
        // The largest payload holds this many of the smallest values; what becomes doubles has half as many.
        values = [Float](repeating: 0, count: RigLinkDecoder.maximumPayload / 2)
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        // Sound messages that do not fit the descriptor are as lost as damaged ones.
        var unfit: UInt64 = 0
        decoder.feed(bytes) { header, payload in
            switch header.type {
            case .samples:
                guard let frames = RigLinkFrames(payload), fits(frames) else { return unfit += 1 }
                take(frames, sequence: header.sequence, at: time, into: sink)
            case .status:
                guard let status = RigLinkStatus(payload) else { return unfit += 1 }
                dropped = UInt64(status.droppedFrames)
            case .error:
                let isRead = RigLinkFault.read(payload) { code, text in
                    sink.take(DeviceEvent(code: .deviceError, value: UInt64(code), hostTime: time))
                    sink.take(DeviceMessage(code: code, text: text, hostTime: time))
                }
                if !isRead { unfit += 1 }
            default: break
            }
        }
        let corrupt = decoder.corrupt - reportedCorrupt + unfit
        if corrupt > 0 { sink.take(DeviceEvent(code: .corruptDropped, value: corrupt, hostTime: time)) }
        reportedCorrupt = decoder.corrupt
    }

    public func note(_ event: DeviceEvent) {
        switch event.code {
        case .lost: decoder.reset()
        case .reconnected:
            for index in counters.indices { counters[index].restart() }
            dropped = 0
        default: break
        }
    }

    /// Whether there is such a stream, and the values are as many as its frames have.
    private func fits(_ frames: RigLinkFrames) -> Bool {
        guard frames.stream < places.count, places[frames.stream] >= 0, frames.frames > 0 else { return false }
        let format = formats[frames.stream]
        let count = frames.frames * format.channels
        return count <= values.count && frames.values.count == count * format.format.size
    }

    /// - Precondition: the frames fit.
    private func take(_ frames: RigLinkFrames, sequence: UInt16, at time: HostTime, into sink: any SampleSink) {
        let format = formats[frames.stream]
        let place = places[frames.stream]
        let count = frames.frames * format.channels
        var missing: UInt64 = 0
        var first = frames.firstCounter
        if format.answers == nil {
            switch counters[place].place(first, frames: frames.frames, sequence: sequence, at: time) {
            case .duplicate:
                return sink.take(DeviceEvent(code: .duplicateDropped, value: UInt64(frames.frames), hostTime: time))
            case .forward(let counter, let hole, let report):
                if let report { sink.take(DeviceEvent(code: report, value: counter, hostTime: time)) }
                (first, missing) = (counter, hole)
            }
        } else {
            answered += UInt64(frames.frames)
            lastAnswered = frames.firstCounter &+ UInt64(frames.frames - 1)
        }
        values.withUnsafeMutableBufferPointer { values in
            Self.convert(frames.values, format, count: count, into: values)
            let item = SampleRingItem(
                stream: place, channels: format.channels, frames: frames.frames,
                firstCounter: first, missingBefore: missing, hostTime: time, format: Self.sampleFormat(format))
            sink.take(item, UnsafeBufferPointer(rebasing: UnsafeBufferPointer(values)[0..<item.sampleCount]))
        }
    }

    private static func sampleFormat(_ stream: RigLinkDescriptor.Stream) -> SampleFormat {
        stream.format == .int32 ? .double64 : .float32
    }

    private static func convert(
        _ bytes: UnsafeRawBufferPointer, _ stream: RigLinkDescriptor.Stream, count: Int,
        into values: UnsafeMutableBufferPointer<Float>
    ) {
        switch stream.format {
        case .float32:
            for i in 0..<count {
                values[i] = Float(
                    bitPattern: UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))
            }
        case .int16:
            for i in 0..<count {
                let word = Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * i, as: Int16.self))
                values[i] = Float(word) * stream.scale
            }
        case .int32:
            let doubles = UnsafeMutableRawBufferPointer(values)
            for i in 0..<count {
                let word = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self))
                doubles.storeBytes(of: Double(word) * Double(stream.scale), toByteOffset: 8 * i, as: Double.self)
            }
        }
    }
}
