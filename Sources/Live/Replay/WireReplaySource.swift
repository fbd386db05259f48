import Devices
import Sessions
import Signals

/// A device from its wire log: the bytes run through the driver's decoder again.
final class WireReplaySource: ReplaySource {
    private var decoding: WireDecoding
    private let collector = Collector()
    private var next = 0

    /// Items of the record at hand.
    private final class Collector: SampleSink {
        var items: [(item: SampleRingItem, values: [Float])] = []
        var clocks = StreamClocks([])

        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
            var item = item
            clocks.stamp(&item) { items.append((SampleRingItem(event: $0), [])) }
            items.append((item, Array(values)))
        }

        func take(_ event: DeviceEvent) {
            clocks.note(event)
            items.append((SampleRingItem(event: event), []))
        }
    }

    /// - Parameter latency: seconds from the device's sensor to the arrival of its bytes, as in the recording.
    /// - Throws: `SessionError` when the log cannot be read or its configuration is damaged.
    init(path: String, latency: Double = 0) throws {
        decoding = try WireDecoding(path: path, into: collector)
        collector.clocks = StreamClocks(decoding.streams, latency: latency)
    }

    var streams: [StreamDescription] { decoding.streams }
    var damaged: Int { decoding.damaged }

    func peek() throws -> SampleRingItem? {
        while next >= collector.items.count {
            collector.items.removeAll(keepingCapacity: true)
            next = 0
            guard decoding.next(into: collector) else { return nil }
        }
        return collector.items[next].item
    }

    func take(_ body: (SampleRingItem, UnsafeBufferPointer<Float>) -> Void) {
        let (item, values) = collector.items[next]
        next += 1
        values.withUnsafeBufferPointer { body(item, $0) }
    }
}
