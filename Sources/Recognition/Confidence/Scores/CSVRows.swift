/// Comma-separated values (RFC 4180) read piece by piece: rows of raw fields, in bounded memory, whatever the bytes are.
///
/// Taken, too: a byte order mark, line ends of any kind, empty lines (skipped), and semicolons or tabs where the first line has no
/// comma. Refused: a field or row that is too long, quotes in the wrong place, bytes of 0.
struct CSVRows {
    /// Limits of one row.
    static let bytesMax = 1 << 20
    static let fieldsMax = 4096

    private enum State {
        /// At the first byte of a field.
        case start
        case plain
        case quoted
        /// After a quote within quotes: the end of the field, or half of a quote.
        case quote
    }

    private var state = State.start
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var separator: UInt8?
    private var lastWasReturn = false
    private var mark = 0
    /// The line of the next byte, counted from 1, and the one where this row began.
    private var line = 1
    private var rowLine = 1

    /// A row's fields.
    struct Row {
        let line: Int
        fileprivate let bytes: [UInt8]
        fileprivate let ends: [Int]
        var count: Int { ends.count }

        /// The field without spaces around it; bytes that are no UTF-8 become replacement characters.
        subscript(_ index: Int) -> String {
            var range = (index == 0 ? 0 : ends[index - 1])..<ends[index]
            func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
            while let first = range.first, isSpace(bytes[first]) { range = first + 1..<range.upperBound }
            while let last = range.last, isSpace(bytes[last]) { range = range.lowerBound..<last }
            return String(decoding: bytes[range], as: UTF8.self)
        }
    }

    /// Takes bytes and calls `row` for each row that they complete.
    mutating func feed(
        _ piece: some Sequence<UInt8>, _ row: (Row) throws(ConfidenceError) -> Void
    ) throws(ConfidenceError) {
        for byte in piece {
            // A byte order mark is EF BB BF before everything.
            if mark < 3 {
                if byte == [0xEF, 0xBB, 0xBF][mark] {
                    mark += 1
                    continue
                }
                guard mark == 0 else { throw problem("the file begins with half a byte order mark; it is no UTF-8 text") }
                mark = 3
            }
            try take(byte, row)
        }
    }

    /// The end of the bytes: completes the last row.
    mutating func finish(_ row: (Row) throws(ConfidenceError) -> Void) throws(ConfidenceError) {
        guard state != .quoted else { throw problem("a quoted field that begins in line \(rowLine) does not end") }
        if !bytes.isEmpty || !ends.isEmpty || state == .quote { try endRow(row) }
    }

    private mutating func take(_ byte: UInt8, _ row: (Row) throws(ConfidenceError) -> Void) throws(ConfidenceError) {
        guard byte != 0 else { throw problem("a byte of 0; this is no text file") }
        let isNewline = byte == 0x0A || byte == 0x0D
        let isSecond = byte == 0x0A && lastWasReturn
        lastWasReturn = byte == 0x0D
        if state == .quoted {
            if byte == 0x22 {
                state = .quote
            } else {
                if isNewline, !isSecond { line += 1 }
                try append(byte)
            }
            return
        }
        if isSecond { return }
        if isNewline {
            if state != .start || !ends.isEmpty { try endRow(row) }
            line += 1
            rowLine = line
            return
        }
        if isSeparator(byte) { return try endField() }
        switch state {
        case .start where byte == 0x22: state = .quoted
        case .start, .plain:
            guard byte != 0x22 else {
                throw problem("a quote within a field that does not begin with one; write it twice, and the field in quotes")
            }
            state = .plain
            try append(byte)
        case .quote:
            guard byte == 0x22 else {
                throw problem("text after a quoted field; a separator or the end of the line is expected")
            }
            state = .quoted
            try append(byte)
        case .quoted: break
        }
    }

    /// The first separator of the first line is the file's.
    private mutating func isSeparator(_ byte: UInt8) -> Bool {
        if let separator { return byte == separator }
        guard byte == 0x2C || byte == 0x3B || byte == 0x09 else { return false }
        separator = byte
        return true
    }

    private mutating func append(_ byte: UInt8) throws(ConfidenceError) {
        guard bytes.count < Self.bytesMax else {
            throw problem("a row of more than \(Self.bytesMax) bytes; this is no table of scores")
        }
        bytes.append(byte)
    }

    private mutating func endField() throws(ConfidenceError) {
        guard ends.count < Self.fieldsMax else {
            throw problem("a row of more than \(Self.fieldsMax) fields; this is no table of scores")
        }
        ends.append(bytes.count)
        state = .start
    }

    private mutating func endRow(_ row: (Row) throws(ConfidenceError) -> Void) throws(ConfidenceError) {
        try endField()
        // A separator in a later line must not change what the first line was cut at.
        if separator == nil { separator = 0x2C }
        let isBlank = ends.count == 1 && bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 }
        if !isBlank { try row(Row(line: rowLine, bytes: bytes, ends: ends)) }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    private func problem(_ text: String) -> ConfidenceError { ConfidenceError(.table(line: line, problem: text)) }
}
