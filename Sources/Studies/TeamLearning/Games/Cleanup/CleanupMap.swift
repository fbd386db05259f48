/// The ground that Cleanup is played on.
///
/// As text: `@` wall, `R` river, `H` river with waste, `S` stream, `B` where apples grow, `P` where agents begin, a space for nothing.
public struct CleanupMap: Sendable, Codable, Equatable {
    public let rows: Int
    public let columns: Int
    /// Row by row, ASCII.
    public let cells: [UInt8]

    /// - Throws: unless all rows are as long, every character is known, and the edge is wall.
    public init(_ lines: [String]) throws(TeamLearningError) {
        let texts = lines.map { Array($0.utf8) }
        guard let width = texts.first?.count, width > 2, texts.count > 2, width <= 500, texts.count <= 500 else {
            throw TeamLearningError(.badMap("it has fewer than 3 or more than 500 rows or columns"))
        }
        guard texts.allSatisfy({ $0.count == width }) else { throw TeamLearningError(.badMap("its rows differ in length")) }
        let flat = texts.flatMap(\.self)
        if let odd = flat.first(where: { !Array("@RHSBP ".utf8).contains($0) }) {
            throw TeamLearningError(.badMap("“\(Character(UnicodeScalar(odd)))” is no cell; expected @RHSBP or a space"))
        }
        for place in flat.indices {
            let (row, column) = (place / width, place % width)
            let isEdge = row == 0 || column == 0 || row == texts.count - 1 || column == width - 1
            if isEdge, flat[place] != UInt8(ascii: "@") { throw TeamLearningError(.badMap("its edge must be wall, @")) }
        }
        guard flat.contains(UInt8(ascii: "P")) else {
            throw TeamLearningError(.badMap("agents begin nowhere; mark places with P"))
        }
        self.init(rows: texts.count, columns: width, cells: flat)
    }

    private init(rows: Int, columns: Int, cells: [UInt8]) {
        (self.rows, self.columns, self.cells) = (rows, columns, cells)
    }

    /// Cells that hold a character, in the order of the rows.
    func places(_ kinds: Set<UInt8>) -> [Int] { cells.indices.filter { kinds.contains(cells[$0]) } }

    /// The lines of text.
    public var lines: [String] {
        (0..<rows).map { String(decoding: cells[$0 * columns..<($0 + 1) * columns], as: UTF8.self) }
    }

    /// The study's map: 25 rows, 18 columns; a river at the left, apples at the right, a stream between them.
    public static let study = CleanupMap(
        rows: 25, columns: 18, river: "RHRRRHRHHRHRHRHRHRHRHRH",
        widths: [6, 6, 6, 5, 5, 5, 5, 6, 6, 5, 5, 6, 6, 5, 4, 5, 5, 5, 4, 5, 5, 5, 4],
        apples: [5, 4, 5, 4, 5, 4, 5, 4, 4, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5], streams: [8, 9],
        begin: [(4, 8), (5, 10), (10, 9), (10, 11), (11, 9), (12, 11), (13, 8), (15, 9), (17, 8), (17, 10)])

    /// A map of 10 rows and 10 columns with the same parts, on which learning takes minutes.
    public static let small = CleanupMap(
        rows: 10, columns: 10, river: "RHRHRHRH", widths: [3, 3, 2, 3, 3, 2, 3, 3], apples: [3, 2, 3, 2, 2, 3, 2, 3],
        streams: [4], begin: [(2, 5), (3, 5), (4, 6), (6, 5), (6, 6), (7, 5), (8, 5)])

    /// - Parameters:
    ///   - river: the kind of each inner row's river; `widths` of it from the left, `apples` from the right.
    ///   - streams: rows whose middle is a stream.
    ///   - begin: rows and columns where agents begin.
    private init(
        rows: Int, columns: Int, river: String, widths: [Int], apples: [Int], streams: [Int], begin: [(Int, Int)]
    ) {
        var cells = [UInt8](repeating: UInt8(ascii: " "), count: rows * columns)
        for row in 0..<rows {
            for column in 0..<columns where row == 0 || column == 0 || row == rows - 1 || column == columns - 1 {
                cells[row * columns + column] = UInt8(ascii: "@")
            }
        }
        for (index, kind) in river.utf8.enumerated() {
            let start = (index + 1) * columns
            for column in 1...widths[index] { cells[start + column] = kind }
            for column in columns - 1 - apples[index]..<columns - 1 { cells[start + column] = UInt8(ascii: "B") }
            if streams.contains(index + 1) {
                for column in widths[index] + 1..<columns - 1 - apples[index] { cells[start + column] = UInt8(ascii: "S") }
            }
        }
        for (row, column) in begin { cells[row * columns + column] = UInt8(ascii: "P") }
        self.init(rows: rows, columns: columns, cells: cells)
    }
}
