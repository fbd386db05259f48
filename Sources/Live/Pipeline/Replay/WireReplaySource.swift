import Devices
import Foundation
import Sessions
import Signals

/// A device from its wire log: the bytes run through the driver's decoder again.
///
/// Bytes of one stamp are decoded together, however many records they stand in: the blocks that come out depend on the stamps
/// alone, as they did when the device was read.
final class WireReplaySource: ReplaySource {
    private var reader: WireLogReader
    private var decoder: (any SampleDecoder)?
    private let collector = Collector()
    private var next = 0
    /// Read, but not yet taken: it did not belong to the one before.
    private var waiting: WireLogRecord?
    private let latency: Double

    /// Items of the record at hand.
    private final class Collector: SampleSink {
        var items: [(item: SampleRingItem, values: [Float])] = []
        var clocks = StreamClocks([])

        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
            var item = item
            clocks.stamp(&item) { items.append((SampleRingItem(event: $0), [])) }
            items.append((item, Array(values)))
        }
        func take(_ event: DeviceEvent) { items.append((SampleRingItem(event: event), [])) }
    }

    /// Reads as far as the first configuration.
    /// - Parameter latency: seconds from the device's sensor to the arrival of its bytes, as in the recording.
    /// - Throws: `SessionError` when the log cannot be read or its configuration is damaged.
    init(path: String, latency: Double = 0) throws {
        self.latency = latency
        reader = try WireLogReader(path: path)
        while decoder == nil, let record = nextRecord() { try take(record, path) }
    }

    var streams: [StreamDescription] { decoder?.streams ?? [] }
    var damaged: Int { reader.damages.count }

    func peek() throws -> SampleRingItem? {
        while next >= collector.items.count {
            collector.items.removeAll(keepingCapacity: true)
            next = 0
            guard let record = nextRecord() else { return nil }
            try take(record, reader.path)
        }
        return collector.items[next].item
    }

    func take(_ body: (SampleRingItem, UnsafeBufferPointer<Float>) -> Void) {
        let (item, values) = collector.items[next]
        next += 1
        values.withUnsafeBufferPointer { body(item, $0) }
    }

    private func nextRecord() -> WireLogRecord? {
        guard var record = waiting ?? reader.next() else { return nil }
        waiting = nil
        guard record.kind == .received else { return record }
        while let more = reader.next() {
            guard more.kind == .received, more.hostTime == record.hostTime else {
                waiting = more
                break
            }
            record.body += more.body
        }
        return record
    }

    private func take(_ record: WireLogRecord, _ path: String) throws {
        switch record.kind {
        case .configuration:
            // A device that came back has the decoder that it had.
            guard decoder == nil else { return }
            do {
                decoder = try DecoderConfiguration(json: record.body).makeDecoder()
                collector.clocks = StreamClocks(streams, latency: latency)
            } catch {
                throw SessionError(
                    path: path,
                    reason: .damaged(offset: 0, expected: "a device's configuration", found: "\(error)"))
            }
        case .received:
            record.body.withUnsafeBytes { decoder?.decode($0, at: record.hostTime, into: collector) }
        case .event:
            guard let event = record.event else { return }
            decoder?.note(event)
            collector.clocks.note(event)
            collector.take(event)
        case .sent, .handshake: break
        }
    }
}
