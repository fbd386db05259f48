import Devices
import Sessions
import Signals
import Testing

/// A device's wire log, run through the decoder that its stored configuration names.
struct DecodedWireLog {
    struct Stream {
        var name: String
        /// Shape `[samples, channels]`; empty for texts.
        var values: [Float] = []
        /// Shape `[samples, channels]`; empty for numbers.
        var texts: [String] = []
        var samples = 0
        /// Frames missing before a block.
        var lost: UInt64 = 0
    }

    private(set) var streams: [Stream] = []
    private(set) var records = 0
    private(set) var damages = 0

    init(path: String) throws {
        var reader = try WireLogReader(path: path)
        var decoder: (any SampleDecoder)?
        let collector = Collector()
        // Bytes of one stamp were one read, however many records they stand in.
        var pending: WireLogRecord?
        func decodePending() {
            guard let record = pending else { return }
            pending = nil
            record.body.withUnsafeBytes { decoder?.decode($0, at: record.hostTime, into: collector) }
        }
        while let record = reader.next() {
            records += 1
            if record.kind == .received, let time = pending?.hostTime, time == record.hostTime {
                pending?.body += record.body
                continue
            }
            decodePending()
            switch record.kind {
            case .received: pending = record
            case .configuration where decoder == nil:
                let made = try DecoderConfiguration(json: record.body).makeDecoder()
                collector.streams = made.streams.map { Stream(name: $0.name) }
                collector.converters = made.streams.map { UnitConverter($0) }
                decoder = made
            case .event: if let event = record.event { decoder?.note(event) }
            default: break
            }
        }
        decodePending()
        streams = collector.streams
        damages = reader.damages.count
    }

    private final class Collector: SampleSink {
        var streams: [Stream] = []
        /// Version 0.1 recorded all numbers as 32-bit floats in SI units.
        var converters: [UnitConverter] = []

        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
            let index = Int(item.stream)
            guard item.kind == .samples || item.kind == .text, streams.indices.contains(index) else { return }
            streams[index].lost += item.missingBefore
            if item.kind == .text {
                streams[index].texts += TextFrame.texts(of: item, values)
                streams[index].samples += 1
            } else {
                converters[index].withFloats(item, values) { streams[index].values += $0 }
                streams[index].samples += Int(item.frames)
            }
        }

        func take(_ event: DeviceEvent) {}
    }
}
