import Foundation

/// The drive of a run folder: `sourcefield.txt`.
///
/// Two rows give the x and y index of each source, counted from 1, and end with −2 and −1; every further row gives each source's
/// field in tesla and ends with a number that is not negative. There are as many sources as cells; fields of sources at the
/// same place add.
struct VAMPIRESourceField {
    /// Tesla, shape `[inputs][cells]`, in the program's order of cells: the index along y runs fastest.
    var inputs: [[Double]]

    /// - Throws: ``VAMPIREError``.
    init(file: String, cells: Int) throws(VAMPIREError) {
        try self.init(text: VAMPIREKeys.text(file), file: file, cells: cells)
    }

    init(text: String, file: String, cells: Int) throws(VAMPIREError) {
        var (x, y): ([Double]?, [Double]?) = (nil, nil)
        var fields: [[Double]] = []
        var firstLine = 0
        var text = text
        let failure: VAMPIREError? = text.withUTF8 { bytes in
            var rows = NumberRows(bytes)
            while let row = rows.next() {
                guard row.numbers.count > cells else {
                    return VAMPIREError(
                        .row(
                            expected: "\(cells + 1) numbers (one per cell and the row's number)",
                            found: row.rubbish.map { "\(row.numbers.count) and then “\($0)”" } ?? "\(row.numbers.count)"),
                        file: file, line: row.line)
                }
                let values = Array(row.numbers.prefix(cells))
                if let bad = row.numbers.prefix(cells + 1).first(where: { !$0.isFinite || abs($0) > 1e9 }) {
                    return VAMPIREError(.row(expected: "finite numbers", found: "\(bad)"), file: file, line: row.line)
                }
                switch row.numbers[cells] {
                case -1: y = values
                case ..<0: x = values
                default:
                    if fields.isEmpty { firstLine = row.line }
                    fields.append(values)
                }
            }
            return nil
        }
        if let failure { throw failure }
        guard let x, let y else {
            throw VAMPIREError(
                .row(expected: "rows of x and y indices that end with -2 and -1", found: "none before row \(firstLine)"),
                file: file, line: max(1, firstLine))
        }
        let side = Double(cells).squareRoot()
        var place: [Int] = []
        for (source, (x, y)) in zip(x, y).enumerated() {
            // The program's own rule; for films that are not square it mixes cells up.
            let value = side * (x - 1) + y - 1
            guard value > -1, value < Double(cells) else {
                throw VAMPIREError(
                    .row(expected: "indices of one of \(cells) cells for source \(source + 1)", found: "\(x), \(y)"),
                    file: file,
                    line: 1)
            }
            place.append(Int(value))
        }
        inputs = fields.map { row in
            var input = [Double](repeating: 0, count: cells)
            // The program adds in single precision.
            for source in 0..<cells { input[place[source]] = Double(Float(input[place[source]]) + Float(row[source])) }
            return input
        }
    }

    /// Splits text into rows of numbers without a string per number.
    private struct NumberRows {
        struct Row {
            var line: Int
            var numbers: [Double]
            /// Where reading stopped before the end of the row.
            var rubbish: String?
        }

        private let bytes: UnsafeBufferPointer<UInt8>
        private var place = 0
        private var line = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        mutating func next() -> Row? {
            while place < bytes.count {
                line += 1
                let end = bytes[place...].firstIndex(of: 10) ?? bytes.count
                var row = Row(line: line, numbers: [])
                while place < end {
                    while place < end, bytes[place] == 32 || bytes[place] == 9 || bytes[place] == 13 { place += 1 }
                    let start = place
                    while place < end, bytes[place] != 32, bytes[place] != 9, bytes[place] != 13 { place += 1 }
                    guard place > start else { break }
                    let word = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<place]), as: UTF8.self)
                    guard let number = Double(word) else {
                        row.rubbish = String(word.prefix(20))
                        break
                    }
                    row.numbers.append(number)
                }
                place = end + 1
                if !row.numbers.isEmpty || row.rubbish != nil { return row }
            }
            return nil
        }
    }
}
