import Signals

/// The rises of a stream's digital lines, with their times.
struct LineEdges {
    /// Of each line.
    private(set) var rises: [[HostTime]]
    private var lines: [LineDebouncer]
    private var converter: UnitConverter

    init(_ stream: StreamDescription) {
        rises = stream.channels.map { _ in [] }
        // Not debounced: the first frame with the new level is what a measurement wants.
        lines = stream.channels.map { _ in LineDebouncer(debounce: 0, rate: stream.nominalRate) }
        converter = UnitConverter(stream)
    }

    /// - Parameter values: words of the item, as it lies in a ring.
    mutating func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        let channels = min(Int(item.channels), lines.count)
        converter.withFloats(item, values) { floats in
            for frame in 0..<Int(item.frames) {
                for line in 0..<channels {
                    let change = lines[line].take(
                        floats[frame * Int(item.channels) + line], counter: item.firstCounter &+ UInt64(frame),
                        time: item.made.map { $0 + Double(frame) * item.framePeriod })
                    if let change, change.isHigh, let time = change.time { rises[line].append(time) }
                }
            }
        }
    }

    mutating func interrupt() { for line in lines.indices { lines[line].interrupt() } }
}
