import Foundation
import Sessions
import Texts

extension FuzzTarget {
    /// Time-stamped annotation lists of EDF+D: the bytes are those of the annotation signal, 128 in a record.
    ///
    /// What was read is written and read again: nothing may be lost or changed, and no time may end the program.
    public static let edfAnnotations = FuzzTarget(
        name: "edf-annotations",
        check: { bytes throws(FuzzFinding) in
            let file = annotationFile(Array(bytes.prefix(64 * recordBytes)))
            try file.withUnsafeBufferPointer { buffer throws(FuzzFinding) in
                try onFile(UnsafeRawBufferPointer(buffer), "annotations.edf") { path throws(FuzzFinding) in
                    try throughExport(path, file.count)
                }
            }
        },
        seeds: {
            [
                "+0\u{14}\u{14}\0+0.5\u{15}0.25\u{14}hello\u{14}two\u{14}\0-1\u{14}early\u{14}\0",
                "+0\u{14}\u{14}\0+1e9\u{14}x\u{14}\0+99999999999\u{14}y\u{14}\0+3\u{15}\u{14}böse\u{14}\0+4\u{14}open",
                String(repeating: "\0", count: 128) + "+1\u{14}\u{14}\0+1.0000001\u{14}日本語\u{14}\0",
            ].map { Array($0.utf8) }
        })

    private static let recordBytes = 128

    private static func throughExport(_ path: String, _ size: Int) throws(FuzzFinding) {
        guard let first = try? Recording(contentsOf: path) else { throw FuzzFinding("a sound header was refused") }
        try require(first.markers.count <= size / 2, "\(first.markers.count) markers in \(size) bytes")
        let folder = scratch("annotations")
        try? FileManager.default.removeItem(atPath: folder)
        guard let made = try? SessionExport(first, as: .edf, to: folder, gaps: .discontinuous), let file = made.files.first
        else { return }
        guard let second = try? Recording(contentsOf: file.path) else { throw FuzzFinding("what was written is not read") }
        func kept(_ recording: Recording) -> [Recording.Marker] {
            recording.markers.filter { !isBad($0.text) && abs($0.time) < 1e9 && $0.duration < 1e9 }
        }
        // Control characters become spaces, those at the ends vanish; texts of nothing else cannot be written.
        let expected = kept(first).filter { marker in marker.text.unicodeScalars.contains { isPrinted($0) } }
        let found = kept(second)
        try require(
            found.count == expected.count && zip(found, expected).allSatisfy { abs($0.time - $1.time) < 2e-6 },
            "\(expected.count) markers, \(found.count) after writing and reading")
    }

    /// Whether it is, or becomes by being written, the text of a gap: the export makes such markers itself.
    private static func isBad(_ text: String) -> Bool {
        text.unicodeScalars.drop { !isPrinted($0) }.starts(with: "BAD_".unicodeScalars)
    }

    private static func isPrinted(_ scalar: Unicode.Scalar) -> Bool {
        scalar != " " && !ForeignText.isControl(scalar)
    }

    /// One signal of two numbers in a record, and the annotations.
    private static func annotationFile(_ bytes: [UInt8]) -> [UInt8] {
        func field(_ text: String, _ width: Int) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: 0x20, count: width - text.utf8.count)
        }
        let records = max(1, (bytes.count + recordBytes - 1) / recordBytes)
        var file = field("0", 8) + field("X X X X", 80) + field("Startdate 01-JAN-2024 X X X", 80)
        file += field("01.01.2401.02.03", 16) + field("768", 8) + field("EDF+D", 44)
        file += field("\(records)", 8) + field("1", 8) + field("2", 4)
        let columns: [(String, String, Int)] = [
            ("x", "EDF Annotations", 16), ("", "", 80), ("uV", "", 8), ("-100", "-1", 8), ("100", "1", 8),
            ("-32768", "-32768", 8), ("32767", "32767", 8), ("", "", 80), ("2", "\(recordBytes / 2)", 8), ("", "", 32),
        ]
        for (first, second, width) in columns { file += field(first, width) + field(second, width) }
        for record in 0..<records {
            let part = bytes.dropFirst(record * recordBytes).prefix(recordBytes)
            file += [1, 0, 2, 0] + part + [UInt8](repeating: 0, count: recordBytes - part.count)
        }
        return file
    }
}
