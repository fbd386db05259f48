import Crypto
import Glibc
import Origin

extension ScoreTable {
    /// More rows are refused: they are no scores of a rig.
    static let rowsMax = 50_000_000

    /// - Parameters:
    ///   - path: a CSV file with a line of column names.
    ///   - columns: names of the columns to read.
    ///   - clip: moves scores of 0 … `clip` to `clip` and those of 1 − `clip` … 1 to 1 − `clip`; nil refuses 0 and 1.
    ///   - each: told of every row as soon as it is read, for a file that grows: score, outcome, name of the cluster.
    /// - Throws: ``ConfidenceError`` with file and line.
    public init(
        contentsOf path: String, columns: Columns = Columns(), clip: Double? = nil,
        each: (_ score: Double, _ isRight: Bool, _ cluster: String?) -> Void = { _, _, _ in }
    ) throws(ConfidenceError) {
        do {
            let file = try Self.reading { () throws(ByteFileError) in try ByteFile(path) }
            try self.init(columns: columns, clip: clip, each: each) { () throws(ConfidenceError) in
                try Self.reading { () throws(ByteFileError) in try file.next() }
            }
        } catch {
            throw error.of(path)
        }
    }

    private static func reading<T>(_ body: () throws(ByteFileError) -> T) throws(ConfidenceError) -> T {
        do {
            return try body()
        } catch {
            throw ConfidenceError(error)
        }
    }

    /// Reads a table from memory; errors name no file.
    public init(bytes: [UInt8], columns: Columns = Columns(), clip: Double? = nil) throws(ConfidenceError) {
        var rest: [UInt8]? = bytes
        try self.init(columns: columns, clip: clip) {
            defer { rest = nil }
            return rest
        }
    }

    /// - Parameter next: the next bytes; nil at the end.
    private init(
        columns: Columns, clip: Double?, each: (Double, Bool, String?) -> Void = { _, _, _ in },
        next: () throws(ConfidenceError) -> [UInt8]?
    ) throws(ConfidenceError) {
        if let clip, !(clip > 0 && clip < 0.5) {
            throw ConfidenceError(.outOfRange(name: "the clip", value: clip, expected: "a number between 0 and 0.5"))
        }
        var reader = RowReader(columns: columns, clip: clip)
        var rows = CSVRows()
        var hash = SHA256()
        func take(_ row: CSVRows.Row) throws(ConfidenceError) {
            try reader.take(row)
            if let last = reader.last { each(last.score, last.isRight, last.cluster) }
        }
        while let piece = try next() {
            hash.update(data: piece)
            try rows.feed(piece) { row throws(ConfidenceError) in try take(row) }
        }
        try rows.finish { row throws(ConfidenceError) in try take(row) }
        let set = try ScoreSet(
            scores: reader.scores, outcomes: reader.outcomes, clusters: reader.hasClusters ? reader.clusters.numbers : nil)
        try self.init(
            set, columns: reader.columns, clusterNames: reader.clusters.names,
            splits: reader.columns.split == nil ? nil : reader.splits.numbers.map { reader.splits.names[$0] },
            clipped: reader.clipped, sha256: Hexadecimal.text(hash.finalize()), modelSHA256: reader.model)
    }
}

/// Texts that repeat, each kept once.
private struct Names {
    private(set) var names: [String] = []
    private(set) var numbers: [Int] = []
    private var known: [String: Int] = [:]

    var last: String? { numbers.last.map { names[$0] } }

    mutating func append(_ name: String) {
        if let number = known[name] { return numbers.append(number) }
        known[name] = names.count
        numbers.append(names.count)
        names.append(name)
    }
}

/// Takes rows of a table; the first has the names.
private struct RowReader {
    var columns: ScoreTable.Columns
    let clip: Double?
    var scores: [Double] = []
    var outcomes: [Bool] = []
    var clusters = Names()
    var splits = Names()
    var clipped = 0
    /// What the column of models says, in each row the same.
    private(set) var model: String?
    private var header: (fields: Int, score: Int, outcome: Int, cluster: Int?, split: Int?, model: Int?)?

    init(columns: ScoreTable.Columns, clip: Double?) {
        self.columns = columns
        self.clip = clip
    }

    var hasClusters: Bool { columns.cluster != nil }

    /// The row that was read last.
    var last: (score: Double, isRight: Bool, cluster: String?)? {
        guard let score = scores.last, let isRight = outcomes.last else { return nil }
        return (score, isRight, clusters.last)
    }

    mutating func take(_ row: CSVRows.Row) throws(ConfidenceError) {
        guard let header else { return try readHeader(row) }
        guard row.count == header.fields else {
            throw ConfidenceError(
                .table(line: row.line, problem: "\(row.count) fields, expected \(header.fields) as in the line of names"))
        }
        guard scores.count < ScoreTable.rowsMax else {
            throw ConfidenceError(.table(line: row.line, problem: "more than \(ScoreTable.rowsMax) rows"))
        }
        scores.append(try score(row[header.score], row.line))
        outcomes.append(try outcome(row[header.outcome], row.line))
        if let cluster = header.cluster { clusters.append(try name(row[cluster], columns.cluster, row.line)) }
        if let split = header.split { splits.append(try name(row[split], columns.split, row.line)) }
        if let column = header.model { try takeModel(row[column], row.line) }
    }

    /// An empty field says nothing.
    private mutating func takeModel(_ text: String, _ line: Int) throws(ConfidenceError) {
        guard !text.isEmpty, text != model else { return }
        guard model == nil else {
            throw ConfidenceError(
                .table(
                    line: line, problem: "scores of another model than before (\(Found.text(text))); calibrate each by itself"))
        }
        guard text.utf8.count == 64, text.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
            throw ConfidenceError(
                .value(
                    line: line, column: ScoreTable.Columns.model, expected: "a SHA-256 of 64 digits in lower case",
                    found: Found.text(text)))
        }
        model = text
    }

    private mutating func readHeader(_ row: CSVRows.Row) throws(ConfidenceError) {
        let names = (0..<row.count).map { row[$0] }
        func place(_ name: String) throws(ConfidenceError) -> Int {
            let places = names.indices.filter { names[$0] == name }
            guard let first = places.first else {
                throw ConfidenceError(.missingColumn(name: name, present: names.map(Found.text)))
            }
            guard places.count == 1 else {
                throw ConfidenceError(
                    .table(line: row.line, problem: "there are \(places.count) columns “\(Found.text(name))”"))
            }
            return first
        }
        if columns.cluster == nil { columns.cluster = ScoreTable.Columns.commonClusters.first(where: names.contains) }
        let (score, outcome) = (try place(columns.score), try place(columns.outcome))
        let cluster = if let name = columns.cluster { Optional(try place(name)) } else { Int?.none }
        let split = if let name = columns.split { Optional(try place(name)) } else { Int?.none }
        let named = ScoreTable.Columns.model
        let model = if names.contains(named) { Optional(try place(named)) } else { Int?.none }
        header = (row.count, score, outcome, cluster, split, model)
    }

    private mutating func score(_ text: String, _ line: Int) throws(ConfidenceError) -> Double {
        let value = Double(text) ?? .nan
        if let clip, value >= 0, value <= 1 {
            let held = min(max(value, clip), 1 - clip)
            if held != value { clipped += 1 }
            return held
        }
        guard value > 0, value < 1 else {
            let ends = value == 0 || value == 1 ? "; log odds of 0 and 1 are infinite, --clip 1e-6 moves them inwards" : ""
            throw ConfidenceError(
                .value(
                    line: line, column: Found.text(columns.score), expected: "a probability strictly between 0 and 1\(ends)",
                    found: Found.text(text)))
        }
        return value
    }

    private func outcome(_ text: String, _ line: Int) throws(ConfidenceError) -> Bool {
        switch text.lowercased() {
        case "1", "true", "1.0": return true
        case "0", "false", "0.0": return false
        default:
            throw ConfidenceError(
                .value(line: line, column: Found.text(columns.outcome), expected: "0 or 1", found: Found.text(text)))
        }
    }

    private func name(_ text: String, _ column: String?, _ line: Int) throws(ConfidenceError) -> String {
        guard !text.isEmpty, text.utf8.count <= 1024 else {
            throw ConfidenceError(
                .value(
                    line: line, column: Found.text(column ?? ""), expected: "a name of at most 1024 bytes",
                    found: Found.text(text)))
        }
        return text
    }
}
