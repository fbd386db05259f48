import Protocols
public import Signals

/// Recorder's stream → EEG in volt, and markers.
///
/// A block counter stands in each data message; a step of it is a hole of as many points as the last block had for each
/// missing block, as far as the next message and the clock agree (`RDABlockOrder`). A start message with another set-up ends the
/// stream: no value after it would be a true one. A marker is one frame of the marker stream, all text: type, description, and in digits the point of the EEG
/// stream that it belongs to, its length in points and its channel (−1 for all).
public final class RDASampleDecoder: SampleDecoder {
    public let streams: [StreamDescription]
    private let configuration: RDAConfiguration
    private let channels: Int
    private let scales: [Float]
    private var parser = RDAParser()
    private var reportedSkipped: UInt64 = 0
    private var order: RDABlockOrder
    /// The body of the message that waits for the next one to say where it belongs.
    private let held = UnsafeMutableRawBufferPointer.allocate(byteCount: RDAParser.largestMessage, alignment: 8)
    private var heldCount = 0
    private var heldIsFloat = false
    private var next: UInt64 = 0
    public private(set) var fault: DecoderFault?
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
        order = RDABlockOrder(rate: start.rate)
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

    deinit { held.deallocate() }

    public func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink) {
        parser.feed(bytes) { kind, body in
            guard fault == nil else { return }
            switch kind {
            case .int16Data, .float32Data:
                let isFloat = kind == .float32Data
                if let data = RDAData(body, channels: channels, isFloat: isFloat) {
                    take(data, body, isFloat, at: time, into: sink)
                } else {
                    sink.take(DeviceEvent(code: .corruptDropped, value: 1, hostTime: time))
                }
            case .start:
                settleHeld(at: time, into: sink)
                begin(RDAStart(body), at: time, into: sink)
            case .stop: settleHeld(at: time, into: sink)
            case nil: break
            }
        }
        if parser.skipped > reportedSkipped {
            sink.take(
                DeviceEvent(code: .garbageSkipped, value: parser.skipped - reportedSkipped, hostTime: time))
            reportedSkipped = parser.skipped
        }
    }

    public func note(_ event: DeviceEvent) {
        guard event.code == .lost else { return }
        parser.reset()
        order.interrupt()
        heldCount = 0
        fault = nil
    }

    /// Monitoring started over: blocks count from 0 again.
    private func begin(_ start: RDAStart?, at time: HostTime, into sink: any SampleSink) {
        order.interrupt()
        guard let difference = start.map({ $0.difference(from: configuration.start) }) ?? "an unreadable start message"
        else { return }
        sink.take(DeviceEvent(code: .corruptDropped, value: 1, hostTime: time))
        fault = DecoderFault(
            detail: "Recorder started over with another set-up: \(difference)", remedy: RDADriver.otherSetUpRemedy)
    }

    private func take(
        _ data: RDAData, _ body: UnsafeRawBufferPointer, _ isFloat: Bool, at time: HostTime, into sink: any SampleSink
    ) {
        // Enough to tell a copy from another block.
        let content = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: data.values.prefix(4096)))
        let decision = order.next(counter: data.block, points: data.points, content: content, at: time)
        if let place = decision.held { putHeld(place, at: time, into: sink) }
        if let place = decision.block { return put(data, place, at: time, into: sink) }
        UnsafeMutableRawBufferPointer(rebasing: held[..<body.count]).copyMemory(from: body)
        heldCount = body.count
        heldIsFloat = isFloat
    }

    private func settleHeld(at time: HostTime, into sink: any SampleSink) {
        if let place = order.settle() { putHeld(place, at: time, into: sink) }
    }

    private func putHeld(_ place: RDABlockOrder.Place, at time: HostTime, into sink: any SampleSink) {
        let body = UnsafeRawBufferPointer(rebasing: held[..<heldCount])
        heldCount = 0
        guard let data = RDAData(body, channels: channels, isFloat: heldIsFloat) else { return }
        put(data, place, at: time, into: sink)
    }

    private func put(_ data: RDAData, _ place: RDABlockOrder.Place, at time: HostTime, into sink: any SampleSink) {
        guard case .follows(let missing, let report) = place else {
            return sink.take(DeviceEvent(code: .duplicateDropped, value: 1, hostTime: time))
        }
        next &+= missing
        let first = next
        if let report {
            let value = report == .counterReset ? first : UInt64(data.block)
            sink.take(DeviceEvent(code: report, value: value, hostTime: time))
        }
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
            let point = firstPoint &+ UInt64(marker.position)
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
