import Devices
import Sessions
import Signals

/// A device's wire log, decoded again.
///
/// Bytes of one stamp are decoded together, however many records they stand in: the blocks that come out depend on the stamps
/// alone, as they did when the device was read.
struct WireDecoding {
    private var reader: WireLogReader
    private var decoder: (any SampleDecoder)?
    /// Read, but not yet taken: it did not belong to the one before.
    private var waiting: WireLogRecord?

    /// Reads as far as the first configuration.
    /// - Parameter sink: takes the events before it.
    /// - Throws: `SessionError` when the log cannot be read or its configuration is damaged.
    init(path: String, into sink: any SampleSink) throws(SessionError) {
        reader = try WireLogReader(path: path)
        while decoder == nil, let record = nextRecord() {
            if record.kind == .configuration { try configure(record) } else { take(record, into: sink) }
        }
    }

    /// Empty where the log holds no configuration.
    var streams: [StreamDescription] { decoder?.streams ?? [] }
    /// Damaged places found so far.
    var damaged: Int { reader.damages.count }

    /// Decodes the next record.
    /// - Returns: false at the log's end.
    mutating func next(into sink: any SampleSink) -> Bool {
        guard let record = nextRecord() else { return false }
        take(record, into: sink)
        return true
    }

    private func take(_ record: WireLogRecord, into sink: any SampleSink) {
        switch record.kind {
        case .received:
            record.body.withUnsafeBytes { decoder?.decode($0, at: record.hostTime, into: sink) }
        case .event:
            guard let event = record.event else { return }
            decoder?.note(event)
            sink.take(event)
        // A device that came back has the decoder that it had.
        case .configuration, .sent, .handshake: break
        }
    }

    private mutating func configure(_ record: WireLogRecord) throws(SessionError) {
        do {
            decoder = try DecoderConfiguration(json: record.body).makeDecoder()
        } catch {
            throw SessionError(
                path: reader.path, reason: .damaged(offset: 0, expected: "a device's configuration", found: "\(error)"))
        }
    }

    private mutating func nextRecord() -> WireLogRecord? {
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
}
