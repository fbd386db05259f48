import Devices
import Sessions
import Signals

/// A device from `recording.xdf`: its samples and events enter at the rings, no decoder runs.
///
/// Samples come in blocks of 10 ms that are counted from the stream's start and from each gap, not in the chunks that they
/// stand in, so the chunks' sizes change nothing. A block is stamped with its last sample's time. Those stamps come from the
/// device's clock, not from the bytes' arrival: decisions fall a few milliseconds off those of the wire log. Texts come one by one
/// at their stamps; a marker of RDA marks its point of the EEG, one of LSL is when its sender's clock says.
final class XDFReplaySource: ReplaySource {
    let streams: [StreamDescription]
    let damaged = 0
    private var tracks: [Track]
    private let events: [DeviceEvent]
    private var nextEvent = 0
    private var head: Head?
    /// Items of a device never step back in time.
    private var lastTime = HostTime(nanoseconds: .min)
    /// Words of a block.
    private var values: [Float] = []

    private enum Head {
        case event(SampleRingItem)
        case block(track: Int, item: SampleRingItem)
        case text(track: Int, item: SampleRingItem)
        /// Says that a track's stamps are on the recorder's clock already.
        case clockOffset(track: Int, item: SampleRingItem)

        var item: SampleRingItem {
            switch self {
            case .event(let item), .block(_, let item), .text(_, let item), .clockOffset(_, let item): item
            }
        }
    }

    /// One stream and how far it was replayed.
    private struct Track {
        let stream: RecordedStream
        let blockFrames: Int
        var sample = 0
        var gap = 0
        /// Frames that are missing before the next sample.
        var missing: UInt64 = 0
        var counter: UInt64
        /// Room for the longest sample of texts; nil for numbers.
        let text: TextFrameBuffer?
        /// Its texts are to be stamped, and nobody knows yet by which clock.
        var needsClock: Bool
        private let hasOwnClock: Bool
        /// Points of the device's first stream that its texts can name; nil where they name none.
        private let points: Range<Double>?

        init(_ stream: RecordedStream, _ description: StreamDescription, first: StreamDescription) {
            self.stream = stream
            let channels = stream.channels
            text = stream.texts.map { texts in
                let sizes = stride(from: 0, to: texts.count, by: channels).map { start in
                    texts[start..<min(start + channels, texts.count)].reduce(0) { $0 + 4 + $1.utf8.count }
                }
                return TextFrameBuffer(capacity: (sizes.max() ?? 0) + 4)
            }
            blockFrames = stream.rate > 0 && text == nil ? max(1, min(1 << 20, Int(saturating: stream.rate / 100))) : 1
            counter = stream.firstCounter
            hasOwnClock = text != nil && description.hasOwnClock
            needsClock = hasOwnClock
            let isOfRDA = text != nil && description.channels.map(\.label) == RDASampleDecoder.markerLabels
            // Thirty years: beyond that a text is damaged.
            points = isOfRDA ? 0..<max(0, first.nominalRate) * 1e9 : nil
        }

        mutating func deviceReturned() { needsClock = hasOwnClock }

        /// The next sample of texts as an item; they are put into `text`.
        func textItem(stream index: Int, at time: HostTime) -> SampleRingItem {
            let row = Array((stream.texts ?? [])[sample * stream.channels..<(sample + 1) * stream.channels])
            text?.begin()
            for var channel in row { channel.withUTF8 { text?.append(UnsafeRawBufferPointer($0)) } }
            let point = points.flatMap { points in
                UInt64(row[RDASampleDecoder.pointLabel]).flatMap { points.contains(Double($0)) ? $0 : nil }
            }
            return SampleRingItem(
                stream: index, channels: stream.channels, textBytes: text?.count ?? 0, counter: counter &+ missing,
                missingBefore: missing, hostTime: time, deviceTime: hasOwnClock ? stream.stamps[sample] : nil,
                mark: point.map { (0, $0) })
        }

        var end: Int { min(sample + blockFrames, stream.samples, gap < stream.gaps.count ? stream.gaps[gap].index : .max) }
        var time: HostTime { XDFReplaySource.time(stream.stamps[end - 1]) }

        /// Comes to the gaps that lie before the next sample.
        mutating func skipGaps() {
            while gap < stream.gaps.count, stream.gaps[gap].index <= sample {
                missing &+= stream.gaps[gap].count
                gap += 1
            }
        }
    }

    /// Stamps of damaged or odd files may be no times at all: they count as the farthest time on their side.
    private static func time(_ seconds: Double) -> HostTime {
        seconds.isNaN ? HostTime(nanoseconds: .min) : HostTime(seconds: max(-9e9, min(9e9, seconds)))
    }

    init(streams: [StreamDescription], recorded: [RecordedStream], events: [DeviceEvent]) {
        self.streams = streams
        self.events = events
        tracks = zip(recorded, streams).map { Track($0, $1, first: streams[0]) }
    }

    func peek() -> SampleRingItem? {
        if head == nil { head = nextHead() }
        return head?.item
    }

    func take(_ body: (SampleRingItem, UnsafeBufferPointer<Float>) -> Void) {
        guard let head else { return }
        self.head = nil
        lastTime = head.item.hostTime
        switch head {
        case .event(let item):
            nextEvent += 1
            if item.event?.code == .reconnected { for index in tracks.indices { tracks[index].deviceReturned() } }
            body(item, UnsafeBufferPointer(start: nil, count: 0))
        case .clockOffset(let index, let item):
            tracks[index].needsClock = false
            body(item, UnsafeBufferPointer(start: nil, count: 0))
        case .text(let index, let item):
            advance(index, item)
            if let text = tracks[index].text { body(item, text.values) }
        case .block(let index, let item):
            let channels = tracks[index].stream.channels
            let range = tracks[index].sample * channels..<tracks[index].end * channels
            values.removeAll(keepingCapacity: true)
            tracks[index].stream.values.appendWords(of: range, to: &values)
            advance(index, item)
            values.withUnsafeBufferPointer { body(item, $0) }
        }
    }

    private func advance(_ index: Int, _ item: SampleRingItem) {
        tracks[index].counter = item.firstCounter &+ UInt64(item.frames)
        tracks[index].missing = 0
        tracks[index].sample += Int(item.frames)
    }

    /// The earliest of what waits; events before samples, streams in their order.
    private func nextHead() -> Head? {
        var best: (track: Int?, time: HostTime)?
        if nextEvent < events.count { best = (nil, events[nextEvent].hostTime) }
        for index in tracks.indices {
            tracks[index].skipGaps()
            guard tracks[index].sample < tracks[index].stream.samples else { continue }
            let time = tracks[index].time
            if best.map({ time < $0.time }) ?? true { best = (index, time) }
        }
        guard let best else { return nil }
        let time = max(best.time, lastTime)
        guard let index = best.track else {
            var event = events[nextEvent]
            event.hostTime = time
            return .event(SampleRingItem(event: event))
        }
        let track = tracks[index]
        if track.needsClock {
            return .clockOffset(
                track: index,
                item: SampleRingItem(
                    stream: index, clockOffset: 0, deviceTime: track.stream.stamps[track.sample], hostTime: time))
        }
        if track.text != nil { return .text(track: index, item: track.textItem(stream: index, at: time)) }
        return .block(
            track: index,
            item: SampleRingItem(
                stream: index, channels: track.stream.channels, frames: track.end - track.sample,
                firstCounter: track.counter &+ track.missing, missingBefore: track.missing, hostTime: time,
                format: track.stream.values.sampleFormat))
    }
}
