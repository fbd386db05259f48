import Foundation
import Signals

/// The text file that OpenBCI's own program records ("OpenBCI-RAW-….txt"): comments behind "%", a line with the columns' names (from
/// version 5 on), and a line of numbers for each sample.
///
/// - Source: docs.openbci.com, "OpenBCI GUI: the data format of recordings", and the files that its versions 4 and 5 wrote.
struct OpenBCIText {
    /// What the columns of a file are.
    struct Columns {
        var index: Int?
        var eeg: [Int] = []
        var acceleration: [Int] = []
        /// Digital and analog inputs and what else has a name.
        var others: [Int] = []
        var names: [String] = []
        var marker: Int?
        var time: Int?
    }

    private(set) var columns: Columns
    let rate: Double
    let board: String?
    /// One column of numbers after the other, each of as many as there are samples.
    private(set) var values: [[Double]]
    private(set) var samples = 0
    private(set) var remarks: [String] = []

    static func begins(_ head: [UInt8]) -> Bool {
        head.starts(with: "%OpenBCI".utf8) || head.starts(with: [0xEF, 0xBB, 0xBF] + Array("%OpenBCI".utf8))
    }

    /// - Throws: ``SessionError`` that names the line which is not as it should be.
    init(_ path: String) throws(SessionError) {
        let file = try MappedFile(path: path)
        var lines = Lines(file: file)
        var comments: [String: String] = [:]
        var next = lines.next()
        while let line = next, line.text.hasPrefix("%") || line.text.hasPrefix("\u{FEFF}%") {
            let parts = line.text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 { comments[parts[0].lowercased()] = parts[1] }
            next = lines.next()
        }
        let said = comments["%sample rate"] ?? ""
        guard let rate = BrainVisionText.number(said.split(separator: " ").first.map(String.init) ?? ""), rate > 0 else {
            throw SessionError(
                path: path, reason: .unsupported("it has no line “%Sample Rate = 250 Hz”; that of its rate is “\(said)”"))
        }
        self.rate = rate
        board = comments["%board"]
        let count = comments["%number of channels"].flatMap(Int.init)
        values = []
        guard let first = next else {
            columns = Columns()
            remarks.append("it holds no samples")
            return
        }
        let names = first.cells
        if names.first.flatMap(Double.init) == nil {
            columns = Columns(names: names)
            next = lines.next()
        } else {
            columns = Columns(version4: names, channels: count ?? 0)
        }
        guard !columns.eeg.isEmpty else {
            throw SessionError(
                path: path,
                reason: .unsupported("line \(first.number): it names no column “EXG Channel …”, and no number of channels"))
        }
        if let count, count != columns.eeg.count {
            remarks.append("its header says \(count) channels; there are \(columns.eeg.count)")
        }
        let wanted =
            [columns.index, columns.marker, columns.time].compactMap(\.self) + columns.eeg + columns.acceleration
            + columns.others
        let width = (wanted.max() ?? 0) + 1
        values = [[Double]](repeating: [], count: width)
        while let line = next {
            next = lines.next()
            let cells = line.cells
            if cells.allSatisfy(\.isEmpty) { continue }
            let row = wanted.map { $0 < cells.count ? Double(cells[$0]) : nil }
            guard row.allSatisfy({ $0 != nil }) else {
                // The program was cut off.
                if next == nil {
                    remarks.append("line \(line.number), the last one, is cut and was left out")
                    break
                }
                throw SessionError(
                    path: path,
                    reason: .damaged(
                        offset: line.offset, expected: "\(width) numbers in line \(line.number)",
                        found: "“\(line.text.prefix(60))”"))
            }
            for (column, value) in zip(wanted, row) { values[column].append(value ?? 0) }
            samples += 1
            if next == nil, !line.isEnded {
                remarks.append("line \(line.number), the last one, has no end: its last number may be cut")
            }
        }
        if samples == 0 { remarks.append("it holds no samples") }
    }

    /// The lines of a file one by one.
    private struct Lines {
        struct Line {
            var number: Int
            var offset: Int
            var text: String
            /// A line break stands behind it.
            var isEnded: Bool
            var cells: [String] {
                text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
            }
        }

        let file: MappedFile
        private var place = 0
        private var number = 0

        init(file: MappedFile) { self.file = file }

        mutating func next() -> Line? {
            file.withBytes { bytes in
                guard place < bytes.count else { return nil }
                let start = place
                let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                place = end + 1
                number += 1
                var text = Substring(decoding: bytes[start..<end], as: UTF8.self)
                if text.utf8.last == 0x0D { text = text.dropLast() }
                return Line(number: number, offset: start, text: String(text), isEnded: end < bytes.count)
            }
        }
    }
}

extension OpenBCIText.Columns {
    /// By the names of version 5.
    init(names: [String]) {
        self.names = names
        for (column, name) in names.enumerated() {
            let lower = name.lowercased()
            if lower.hasPrefix("sample index") {
                index = column
            } else if lower.hasPrefix("exg channel") || lower.hasPrefix("eeg channel") {
                eeg.append(column)
            } else if lower.hasPrefix("accel channel") {
                acceleration.append(column)
            } else if lower.hasPrefix("marker") {
                marker = column
            } else if lower == "timestamp" {
                time = column
            } else if !lower.hasPrefix("timestamp"), !lower.hasPrefix("not used"), !lower.hasPrefix("other") {
                others.append(column)
            }
        }
    }

    /// Version 4 tells in its comments what the columns are: number, channels, acceleration, and behind them the time, as a number and
    /// perhaps as text.
    /// - Parameter cells: of the first line.
    init(version4 cells: [String], channels: Int) {
        guard channels > 0, channels < cells.count else { return }
        index = 0
        eeg = Array(1...channels)
        if cells.count >= channels + 5 { acceleration = Array(channels + 1...channels + 3) }
        // Seconds or milliseconds since 1970.
        time = cells.indices.last { $0 > channels && (Double(cells[$0]) ?? 0) > 1e8 }
        names = cells.indices.map { eeg.contains($0) ? "EXG Channel \($0 - 1)" : "Accel Channel \($0 - 1 - channels)" }
    }
}
