import Foundation
import Texts

/// A table of a BIDS data set that grows by a row with each recording: its other rows and columns stay as they are.
struct BIDSTable {
    private let path: String
    private var columns: [String]
    private var rows: [[String]] = []

    /// A larger file is no table of a data set.
    private static let longest = 64 << 20

    /// Reads the table, if it is there.
    /// - Parameter columns: those of a new table; the first one tells rows apart.
    init(_ path: String, columns: [String]) throws(SessionError) {
        self.path = path
        self.columns = columns
        guard FileManager.default.fileExists(atPath: path) else { return }
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.longest,
            let text = String(data: data, encoding: .utf8)
        else {
            throw SessionError(path: path, reason: .unsupported("it is no table of tab-separated text that can be read"))
        }
        var lines = text.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }).map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        guard let head = lines.first, head.first == columns.first, Set(head).count == head.count else {
            throw SessionError(
                path: path,
                reason: .damaged(
                    offset: 0, expected: "a first column “\(columns.first ?? "")”", found: lines.first?.first ?? ""))
        }
        lines.removeFirst()
        for (index, line) in lines.enumerated() where line.count != head.count {
            throw SessionError(
                path: path,
                reason: .damaged(
                    offset: 0, expected: "\(head.count) cells in line \(index + 2)", found: "\(line.count)"))
        }
        self.columns = head
        rows = lines
    }

    /// Adds a row, or fills the cells of the row with the same first one that have no value yet.
    mutating func set(_ row: [(column: String, value: String)]) {
        for (column, _) in row where !columns.contains(column) {
            columns.append(column)
            for index in rows.indices { rows[index].append("n/a") }
        }
        let cells = Dictionary(row.map { ($0.column, ForeignText.tabCell($0.value)) }, uniquingKeysWith: { $1 })
        let line = columns.map { cells[$0] ?? "n/a" }
        guard let place = rows.firstIndex(where: { $0[0] == line[0] }) else {
            rows.append(line)
            return
        }
        for column in columns.indices where rows[place][column] == "n/a" { rows[place][column] = line[column] }
    }

    func write() throws(SessionError) {
        let lines = ([columns] + rows).map { $0.joined(separator: "\t") }
        try replaceDurably(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
    }
}
