import Devices
import Foundation
import Sessions
import Signals

/// One recorded device: its wire log runs through the decoder again and gives the items that the device gave.
final class ReplaySource {
    private var reader: WireLogReader
    private var decoder: (any SampleDecoder)?
    private let collector = Collector()
    private var next = 0
    private(set) var isStreaming = false

    /// Items of the record at hand.
    private final class Collector: SampleSink {
        var items: [(item: SampleRingItem, values: [Float])] = []

        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
            items.append((item, Array(values)))
        }
        func take(_ event: DeviceEvent) { items.append((SampleRingItem(event: event), [])) }
    }

    /// Reads as far as the first configuration.
    /// - Throws: `SessionError` when the log cannot be read or its configuration is damaged.
    init(path: String) throws {
        reader = try WireLogReader(path: path)
        while decoder == nil, let record = reader.next() { try take(record, path) }
    }

    var streams: [StreamDescription] { decoder?.streams ?? [] }
    var damages: [WireLogReader.Damage] { reader.damages }

    /// The next item, without taking it; nil at the end of the log.
    func peek() throws -> SampleRingItem? {
        while next >= collector.items.count {
            collector.items.removeAll(keepingCapacity: true)
            next = 0
            guard let record = reader.next() else { return nil }
            try take(record, reader.path)
        }
        return collector.items[next].item
    }

    func take(_ body: (SampleRingItem, UnsafeBufferPointer<Float>) -> Void) {
        let (item, values) = collector.items[next]
        next += 1
        values.withUnsafeBufferPointer { body(item, $0) }
    }

    private func take(_ record: WireLogRecord, _ path: String) throws {
        switch record.kind {
        case .configuration:
            // A device that came back has the decoder that it had.
            guard decoder == nil else { return }
            do {
                decoder = try DecoderConfiguration(json: record.body).makeDecoder()
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
            collector.take(event)
        case .sent, .handshake: break
        }
    }
}
