import CZlib
import Foundation

/// Packed XDF files of at most ``FuzzTarget/fileBytes`` that unpack to as much as a reader takes, and to more.
extension FuzzTarget {
    /// Already packed, as the target takes them: its own copies of what is unpacked are not to be measured.
    static func longRecordings() -> [[UInt8]] {
        kinds.flatMap { kind in
            [0.7, 2, 5, 9, 15, 25, 40, 62].compactMap { megabytes in
                let times = Int(megabytes * 1e6) / kind.piece.count
                let packed = packed(kind.head, kind.piece, times: times)
                return packed.count <= fileBytes ? [0] + packed.dropFirst(2) : nil
            }
        }
    }

    private struct Kind {
        var head: [UInt8]
        /// Repeated behind the head.
        var piece: [UInt8]
    }

    private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func chunk(_ tag: UInt16, _ content: [UInt8]) -> [UInt8] {
        [4] + little(UInt32(content.count + 2)) + little(tag) + content
    }

    private static func head(_ format: String, channels: Int, rate: Int, type: String) -> [UInt8] {
        let text =
            "<info><name>s</name><type>\(type)</type><channel_count>\(channels)</channel_count>"
            + "<nominal_srate>\(rate)</nominal_srate><channel_format>\(format)</channel_format></info>"
        return Array("XDF:".utf8) + chunk(1, Array("<info><version>1.0</version></info>".utf8))
            + chunk(2, little(UInt32(1)) + Array(text.utf8))
    }

    /// A chunk of equal rows, the first with a stamp.
    private static func samples(_ row: [UInt8], rows: Int) -> [UInt8] {
        chunk(3, little(UInt32(1)) + [4] + little(UInt32(rows)) + Array(repeatElement([0] + row, count: rows).joined()))
    }

    private static var kinds: [Kind] {
        func text(_ letters: Int) -> [UInt8] { [1, UInt8(letters)] + [UInt8](repeating: 0x61, count: letters) }
        let eeg = head("float32", channels: 8, rate: 250, type: "EEG")
        let markers = head("string", channels: 1, rate: 0, type: "Markers")
        return [
            // Recordings of zeros.
            Kind(head: eeg, piece: samples([UInt8](repeating: 0, count: 32), rows: 250)),
            Kind(head: eeg, piece: samples([UInt8](repeating: 0, count: 32), rows: 1)),
            Kind(head: head("int8", channels: 1, rate: 100, type: "EEG"), piece: samples([0], rows: 10_000)),
            Kind(
                head: head("int64", channels: 1, rate: 0, type: "EEG"),
                piece: samples([UInt8](repeating: 0, count: 8), rows: 1000)),
            // Markers by their numbers, and by words.
            Kind(head: head("int32", channels: 1, rate: 0, type: "Stim"), piece: samples([7, 0, 0, 0], rows: 1000)),
            Kind(head: markers, piece: samples(text(0), rows: 10_000)),
            Kind(head: markers, piece: samples(text(1), rows: 1)),
            Kind(head: markers, piece: samples(text(40), rows: 1000)),
            Kind(
                head: head("string", channels: 9, rate: 0, type: "Notes"),
                piece: samples((0..<9).flatMap { _ in text(0) }, rows: 500)),
            // No samples: clock offsets, headers of many streams, one long header, boundaries of nothing, rubbish.
            Kind(head: eeg, piece: chunk(4, little(UInt32(1)) + [UInt8](repeating: 0, count: 16))),
            Kind(head: eeg, piece: chunk(6, little(UInt32(1)) + Array("<info><sample_count>0</sample_count></info>".utf8))),
            Kind(
                head: eeg,
                piece: chunk(1, Array(("<info>" + String(repeating: "<a/>", count: 20_000) + "</info>").utf8))),
            Kind(head: eeg, piece: chunk(9, [1, 2, 3])),
            Kind(head: eeg, piece: [UInt8](repeating: 0, count: 1000)),
        ]
    }

    /// A head and so many pieces, as gzip packs them.
    private static func packed(_ head: [UInt8], _ piece: [UInt8], times: Int) -> [UInt8] {
        let path = scratch("long.gz")
        let file = gzopen(path, "wb9")
        let isWhole = ([head] + repeatElement(piece, count: times)).allSatisfy {
            gzwrite(file, $0, UInt32($0.count)) == $0.count
        }
        precondition(gzclose(file) == Z_OK && isWhole, "\(path) cannot be written")
        return Array(FileManager.default.contents(atPath: path) ?? Data())
    }
}
