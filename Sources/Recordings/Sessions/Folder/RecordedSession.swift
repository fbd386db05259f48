import Foundation
package import Signals

/// What `recording.xdf` of a session folder holds, as the recorder took it in: streams with their gaps and device counters,
/// and the devices' events.
package struct RecordedSession {
    package var streams: [RecordedStream] = []
    package var events: [(device: String, event: DeviceEvent)] = []
    /// What is wrong with the file.
    package var problems: [String] = []

    /// - Throws: ``SessionError`` when the file cannot be opened or is no XDF.
    package init(folder: String) throws(SessionError) {
        try self.init(XDFReader(session: folder))
    }

    package init(xdf path: String) throws(SessionError) { try self.init(XDFReader(path: path)) }

    private init(_ reader: XDFReader) {
        var file = reader
        // Streams with a clock of their own (LSL) are stamped by it; ours are on the recorder's.
        for position in file.streams.indices where file.streams[position].clockOffsets.contains(where: { $0.offset != 0 }) {
            file.streams[position].synchroniseClock()
        }
        problems = file.problems.map(\.description)
        file.moveForeignStamps()
        var gaps: [String: [GapMarker]] = [:]
        // The recorder's own remarks stand in one stream; texts of devices are left as they are, whatever they say.
        for position in file.streams.indices where file.streams[position].isEventLog {
            var others: [Int] = []
            for sample in 0..<file.streams[position].samples {
                let text = file.streams[position].texts[sample]
                if let gap = GapMarker(text) {
                    gaps[gap.stream, default: []].append(gap)
                } else if let (device, event) = Self.event(text, file.streams[position].stamps[sample]) {
                    events.append((device, event))
                } else {
                    others.append(sample)
                }
            }
            // What is left are markers of an imported recording.
            let stream = file.streams[position]
            file.streams[position].texts = others.map { stream.texts[$0] }
            file.streams[position].stamps = others.map { stream.stamps[$0] }
        }
        streams = file.streams.filter { !$0.isEventLog || $0.samples > 0 }.map { RecordedStream($0, gaps[$0.name] ?? []) }
    }

    /// "headset lost 19" as ``SessionWriter`` writes it.
    static func event(_ text: String, _ seconds: Double) -> (String, DeviceEvent)? {
        let words = text.split(separator: " ")
        guard words.count == 3, let value = UInt64(words[2]), abs(seconds) < 9e9,
            let code = DeviceEvent.Code.allCases.first(where: { $0.name == words[1] })
        else { return nil }
        return (String(words[0]), DeviceEvent(code: code, value: value, hostTime: HostTime(seconds: seconds)))
    }
}

extension XDFReader {
    /// Brings streams whose senders stamp in another epoch (``DeviceEvent/Code/foreignStamps``) to the recorder's clock: the first
    /// sample is put to the moment at which it came. The file keeps the stamps as they were sent.
    /// - Returns: a remark for each stream that was moved.
    @discardableResult
    mutating func moveForeignStamps() -> [String] {
        var remarks: [String] = []
        var told: Set<String> = []
        for log in streams where log.isEventLog {
            for (text, time) in zip(log.texts, log.stamps) {
                guard let (device, event) = RecordedSession.event(text, time), event.code == .foreignStamps,
                    told.insert(device).inserted
                else { continue }
                for position in streams.indices where streams[position].name.hasPrefix(device + ".") {
                    guard let first = streams[position].stamps.first, (time - first).isFinite else { continue }
                    for index in streams[position].stamps.indices { streams[position].stamps[index] += time - first }
                    remarks.append(
                        "\(streams[position].name): its stamps are of another epoch (\(first) s for \(time) s); they were moved to "
                            + "the arrival of its first sample")
                }
            }
        }
        return remarks
    }
}

extension XDFReader.Stream {
    /// Whether it is what ``SessionWriter`` notes gaps and events in.
    var isEventLog: Bool { format == .string && channels == 1 && name == SessionWriter.markersName }
}

/// A stream of numbers or texts in a recording.
package struct RecordedStream {
    package struct Gap: Equatable {
        /// Index of the first sample after the gap.
        package var index: Int
        package var count: UInt64
    }

    package var name: String
    package var type: String
    package var labels: [String]
    package var units: [String]
    /// Hz; 0 for an irregular stream.
    package var rate: Double
    /// Shape `[samples, channels]`; empty for texts.
    package var values: XDFValues
    /// Shape `[samples, channels]`; nil for numbers.
    package var texts: [String]?
    /// Seconds of the recorder's clock, one per sample.
    package var stamps: [Double]
    /// In their order.
    package var gaps: [Gap]
    /// Device counter of the first sample, as the gaps tell it; 0 where there is none.
    package var firstCounter: UInt64

    package var channels: Int { labels.count }
    package var samples: Int { stamps.count }

    /// A stream of which the file has no sample.
    package init(empty description: StreamDescription) {
        name = description.name
        type = description.typeWord
        labels = description.channels.map(\.label)
        units = description.channels.map(\.unit.rawValue)
        rate = description.nominalRate
        values = .float32([])
        texts = description.isText ? [] : nil
        stamps = []
        gaps = []
        firstCounter = 0
    }

    /// The stream in the words of a device, for recordings of other programs.
    package var description: StreamDescription {
        let (kind, ownType) = StreamDescription.Kind.recorded(type, isText: texts != nil)
        return StreamDescription(
            name: name, kind: kind,
            channels: zip(labels, units).map {
                texts == nil
                    ? StreamDescription.Channel(label: $0, recordedUnit: $1) : .init(label: $0, unit: .unspecified)
            },
            nominalRate: rate, device: name, isText: texts != nil, sampleFormat: values.sampleFormat,
            ownType: ownType)
    }

    init(_ stream: XDFReader.Stream, _ markers: [GapMarker]) {
        name = stream.name
        type = stream.type
        labels = stream.labels
        units = stream.units
        rate = stream.nominalRate
        values = stream.values
        texts = stream.format == .string ? stream.texts : nil
        stamps = stream.stamps
        // A damaged marker may hold any number; none of ours comes near the limit.
        let limit: UInt64 = 1 << 40
        let placed = markers.filter { $0.index != nil && $0.count > 0 && $0.count < limit && $0.first < limit }
            .sorted { ($0.index ?? 0) < ($1.index ?? 0) }
        gaps = placed.map { Gap(index: $0.index ?? 0, count: $0.count) }
        firstCounter = placed.first.flatMap { $0.first >= UInt64($0.index ?? 0) ? $0.first - UInt64($0.index ?? 0) : nil } ?? 0
    }
}

extension StreamDescription.Kind {
    /// The kind of a recorded stream by its type's word, and the word where it is a text's own. Texts are markers to a replay, as they
    /// were live (`LSLSampleDecoder`).
    static func recorded(_ type: String, isText: Bool) -> (kind: StreamDescription.Kind, ownType: String?) {
        let known = StreamDescription.Kind(rawValue: type)
        guard isText else { return (known ?? .auxiliary, nil) }
        return (known ?? .markers, known == nil && !type.isEmpty ? type : nil)
    }
}

extension StreamDescription.Channel {
    /// A channel of an XDF file, from the word that the file has for its unit.
    init(label: String, recordedUnit word: String) {
        let known = UnitWord(word: word)
        let isOwn = known.scale != 1 || (known.unit == .unspecified && !word.isEmpty)
        self.init(label: label, unit: known.unit, own: isOwn ? .init(word: word, scale: known.scale) : nil)
    }
}

extension XDFValues {
    /// Appends a range of scalars as `Float`.
    func append(_ range: Range<Int>, to floats: inout [Float]) {
        switch self {
        case .float32(let values): floats += values[range]
        case .double64(let values): floats += values[range].lazy.map(Float.init)
        case .int8(let values): floats += values[range].lazy.map(Float.init)
        case .int16(let values): floats += values[range].lazy.map(Float.init)
        case .int32(let values): floats += values[range].lazy.map(Float.init)
        case .int64(let values): floats += values[range].lazy.map(Float.init)
        }
    }

    /// Appends a range of scalars as the words of 32 bits that carry them through rings (``SampleValues``).
    package func appendWords(of range: Range<Int>, to words: inout [Float]) {
        if case .float32(let values) = self {
            words += values[range]
            return
        }
        let size = format.size
        let start = words.count
        words += repeatElement(0, count: sampleFormat.words(range.count))
        withBytes { bytes in
            words.withUnsafeMutableBytes { target in
                UnsafeMutableRawBufferPointer(rebasing: target[(4 * start)...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound * size..<range.upperBound * size]))
            }
        }
    }

    package var sampleFormat: SampleFormat { SampleFormat(rawValue: format.rawValue) ?? .float32 }
}
