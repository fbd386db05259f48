import Protocols
public import Signals

/// Recorder's stream → EEG in volt, and markers.
///
/// A block counter stands in each data message; a step of it is a hole of as many points as the last block had for each
/// missing block. A marker is one frame of the marker stream, all text: type, description, and in digits the point of the EEG
/// stream that it belongs to, its length in points and its channel (−1 for all).
public final class RDASampleDecoder: SampleDecoder {
    public let streams: [StreamDescription]
    private let configuration: RDAConfiguration
    private let channels: Int
    private let scales: [Float]
    private var parser = RDAParser()
    private var reportedSkipped: UInt64 = 0
    private var nextBlock: UInt32?
    private var lastPoints = 0
    private var lastTime: HostTime?
    private var next: UInt64 = 0
    private var isInterrupted = false
    private var markerCount: UInt64 = 0
    private var values: [Float]
    private let texts = TextFrameBuffer()
    /// Channels of the marker stream.
    public static let markerLabels = ["type", "description", "point", "length", "channel"]
    /// Index of the one that names the point of the EEG stream, the device's first.
    public static let pointLabel = 2

    public init(_ configuration: RDAConfiguration) {
        self.configuration = configuration
        channels = configuration.start.names.count
        // Resolutions are microvolt per count.
        scales = configuration.start.resolutions.map { Float($0 * 1e-6) }
        values = [Float](repeating: 0, count: max(1, channels) * 4096)
        let start = configuration.start
        streams = [
            StreamDescription(
                name: configuration.name + ".eeg", kind: .eeg,
                channels: start.names.map { .init(label: $0, unit: .volt) }, nominalRate: start.rate,
                device: "Brain Products RDA"),
            StreamDescription(
                name: configuration.name + ".markers", kind: .markers,
                channels: Self.markerLabels.map { .init(label: $0, unit: .unspecified) }, nominalRate: 0,
                device: "Brain Products RDA", isText: true),
        ]
    }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        parser.feed(bytes) { kind, body in
            switch kind {
            case .int16Data, .float32Data:
                if let data = RDAData(body, channels: channels, isFloat: kind == .float32Data) {
                    take(data, at: time, into: sink)
                } else {
                    sink.take(DeviceEvent(code: .corruptDropped, value: 1, hostTime: time))
                }
            case .start:
                // Monitoring began anew: blocks count from 0 again.
                isInterrupted = isInterrupted || nextBlock != nil
                nextBlock = nil
                if let start = RDAStart(body), start != configuration.start {
                    sink.take(DeviceEvent(code: .corruptDropped, value: 1, hostTime: time))
                }
            case .stop, nil: break
            }
        }
        if parser.skipped > reportedSkipped {
            sink.take(
                DeviceEvent(code: .garbageSkipped, value: parser.skipped - reportedSkipped, hostTime: time))
            reportedSkipped = parser.skipped
        }
    }

    public func note(_ event: DeviceEvent) {
        switch event.code {
        case .lost:
            parser.reset()
            isInterrupted = true
            nextBlock = nil
        default: break
        }
    }

    private func take(_ data: RDAData, at time: HostTime, into sink: any SampleSink) {
        var missing: UInt64 = 0
        if let expected = nextBlock {
            let step = data.block &- expected
            guard step < 1 << 31 else {
                sink.take(DeviceEvent(code: .duplicateDropped, value: 1, hostTime: time))
                return
            }
            missing = UInt64(step) * UInt64(lastPoints)
        } else if isInterrupted, let lastTime {
            let elapsed = (configuration.start.rate * (time - lastTime)).rounded() - Double(data.points)
            missing = UInt64(saturating: elapsed)
        }
        isInterrupted = false
        nextBlock = data.block &+ 1
        lastPoints = data.points
        lastTime = time
        next &+= missing
        let first = next
        put(data, missing, at: time, into: sink)
        if data.hasMarkers { putMarkers(data, firstPoint: first, at: time, into: sink) }
    }

    private func put(_ data: RDAData, _ missing: UInt64, at time: HostTime, into sink: any SampleSink) {
        var done = 0
        while done < data.points {
            let points = min(data.points - done, values.count / channels)
            for point in 0..<points {
                for channel in 0..<channels {
                    values[point * channels + channel] =
                        data.value((done + point) * channels + channel) * scales[channel]
                }
            }
            values.withUnsafeBufferPointer { values in
                sink.take(
                    SampleRingItem(
                        stream: 0, channels: channels, frames: points, firstCounter: next,
                        missingBefore: done == 0 ? missing : 0, hostTime: time),
                    UnsafeBufferPointer(rebasing: values[0..<points * channels]))
            }
            next &+= UInt64(points)
            done += points
        }
    }

    private func putMarkers(_ data: RDAData, firstPoint: UInt64, at time: HostTime, into sink: any SampleSink) {
        data.forEachMarker { marker, type, text in
            let point = firstPoint + UInt64(marker.position)
            texts.begin(channels: Self.markerLabels.count)
            texts.append(type)
            texts.append(text)
            texts.append(Int64(clamping: point))
            texts.append(Int64(marker.points))
            texts.append(Int64(marker.channel))
            if texts.cutTexts > 0 {
                sink.take(DeviceEvent(code: .textCut, value: UInt64(texts.cutTexts), hostTime: time))
            }
            sink.take(
                SampleRingItem(
                    stream: 1, channels: Self.markerLabels.count, textBytes: texts.count, counter: markerCount,
                    missingBefore: 0, hostTime: time, mark: (0, point)), texts.values)
            markerCount += 1
        }
    }
}
