import Foundation
import Sessions
import Signals

extension FuzzTarget {
    public static let wireLog = FuzzTarget(
        name: "wire-log",
        check: { bytes throws(FuzzFinding) in
            var reader = WireLogReader(Data(bytes), path: "fuzz")
            var whole = 0
            while let record = reader.next() {
                let encoded = record.body.withUnsafeBytes {
                    WireLogRecord.header(kind: record.kind, hostTime: record.hostTime, body: $0)
                }
                let size = encoded.count + record.body.count
                let start = reader.lastRecordEnd - size
                try require(start >= 0, "a record of \(size) bytes ends at \(reader.lastRecordEnd)")
                // Three bytes of the header are reserved: what stands there is covered by its checksum, but not kept.
                let found = Array(bytes[start..<reader.lastRecordEnd])
                if found[5..<8] == [0, 0, 0] {
                    try require(found == encoded + record.body, "a record encoded again differs")
                }
                whole += size
            }
            let damaged = reader.damages.reduce(0) { $0 + $1.length }
            try require(whole + damaged <= bytes.count, "\(whole) + \(damaged) bytes of \(bytes.count)")
            var end = 0
            for damage in reader.damages {
                try require(damage.length > 0 && damage.offset >= end, "damages overlap")
                end = damage.offset + damage.length
            }
            try require(end <= bytes.count, "a damage ends behind the file")
        },
        seeds: {
            let bodies: [(WireRecordKind, [UInt8])] = [
                (.configuration, Array("{}".utf8)), (.received, [1, 2, 3]), (.event, [1, 0, 2, 0, 0, 0, 0, 0, 0, 0]),
            ]
            let records = bodies.map { kind, body in
                body.withUnsafeBytes { WireLogRecord.header(kind: kind, hostTime: HostTime(nanoseconds: 5), body: $0) } + body
            }
            let log = records.flatMap { $0 }
            return [log, Array(log.dropLast(4)), Array(records[0] + log.dropFirst(7))]
        })

    public static let xdf = FuzzTarget(
        name: "xdf",
        check: { bytes throws(FuzzFinding) in
            let data = Data(bytes)
            let plain = try? XDFReader(data, path: "fuzz", options: .init())
            try require(
                (plain == nil) == !bytes.starts(with: Array("XDF:".utf8)), "only the first four bytes may refuse a file")
            guard let plain else { return }
            try require((0...bytes.count).contains(plain.validLength), "\(plain.validLength) of \(bytes.count) bytes are valid")
            for stream in plain.streams {
                let values = stream.format == .string ? stream.texts.count : stream.values.count
                try require(values == stream.samples * stream.channels, "\(values) values for \(stream.samples) samples")
                try require(stream.labels.count == stream.channels, "labels are missing")
            }
            // A cut file gives the beginning of what the whole one gives.
            let cut = bytes.count - bytes.count / 4
            if cut >= 4, let part = try? XDFReader(data.prefix(cut), path: "fuzz", options: .init()) {
                for (stream, whole) in zip(part.streams, plain.streams) where stream.id == whole.id {
                    try require(stream.samples <= whole.samples || !part.problems.isEmpty, "a cut file has more samples")
                }
            }
            // The treatments of stamps take what is there.
            _ = try? XDFReader(data, path: "fuzz", options: .init(synchronisesClocks: true, dejitters: true))
            try onFile(bytes, "xdf") { _ = try? Recording(contentsOf: $0) }
        },
        seeds: {
            let anchor = WallClockAnchor(host: HostTime(nanoseconds: 1_000_000), utcNanoseconds: 1_700_000_000_000_000_000)
            let path = scratch("seed.xdf")
            unlink(path)
            guard let writer = try? XDFWriter(creating: path, anchor: anchor),
                let markers = try? writer.addMarkers(name: "events"),
                let stream = try? writer.addStream(
                    StreamDescription(
                        name: "d.eeg", kind: .eeg, channels: ["1", "2"].map { .init(label: $0, unit: .volt) }, nominalRate: 250,
                        device: "seed"))
            else { return [] }
            let item = SampleRingItem(
                stream: 0, channels: 2, frames: 3, firstCounter: 0, missingBefore: 0,
                hostTime: HostTime(nanoseconds: 20_000_000))
            [1, 2, 3, 4, 5, 6].withUnsafeBufferPointer { try? writer.append(stream: stream, item: item, values: $0) }
            try? writer.append(marker: "hello", stream: markers, at: HostTime(nanoseconds: 21_000_000))
            try? writer.mark(at: HostTime(nanoseconds: 22_000_000))
            try? writer.close()
            return [Array(FileManager.default.contents(atPath: path) ?? Data())] + foreignXDF()
        })
}

/// A stream of text and one of doubles as other programs write them: with clock offsets and a footer.
private func foreignXDF() -> [[UInt8]] {
    func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    func chunk(_ tag: UInt16, _ content: [UInt8]) -> [UInt8] { [4] + little(UInt32(content.count + 2)) + little(tag) + content }
    func header(_ id: UInt32, _ format: String, _ rate: Int) -> [UInt8] {
        chunk(
            2,
            little(id)
                + Array(
                    "<info><name>s</name><channel_count>1</channel_count><nominal_srate>\(rate)</nominal_srate><channel_format>\(format)</channel_format></info>"
                        .utf8))
    }
    let stamp = { (time: Double) in [8] + little(time.bitPattern) }
    var bytes = Array("XDF:".utf8) + chunk(1, Array("<info><version>1.0</version></info>".utf8))
    bytes += header(1, "double64", 100) + header(2, "string", 0)
    bytes += chunk(3, little(UInt32(1)) + [1, 2] + stamp(10) + little((1.5).bitPattern) + [0] + little((2.5).bitPattern))
    for time in [10.0, 15, 20] {
        bytes += chunk(4, little(UInt32(1)) + little(time.bitPattern) + little((0.001 * time).bitPattern))
    }
    bytes += chunk(3, little(UInt32(2)) + [1, 1] + stamp(10.5) + [1, 2] + Array("hi".utf8))
    bytes += chunk(6, little(UInt32(1)) + Array("<info><sample_count>2</sample_count></info>".utf8))
    return [bytes]
}
