public import Failures
import Foundation

/// A drive as text: one line per input with one value for all cells or one value per cell, in tesla, separated by commas, blanks
/// or semicolons; empty lines and lines that begin with # do not count.
public struct DriveTable: Sendable {
    public struct FileError: Failure, Equatable {
        public var file: String
        /// Counted from 1; 0 for the file as a whole.
        public var line: Int
        public var expected: String
        public var found: String

        public init(file: String, line: Int, expected: String, found: String) {
            self.file = file
            self.line = line
            self.expected = expected
            self.found = found
        }

        static let noSuchFile = "no such file"
        /// Whether there is no file that can be read.
        public var isMissing: Bool { line == 0 && found == Self.noSuchFile }

        public var kind: FailureKind { isMissing ? .missingInput : .badInput }

        public var description: String {
            "\(file)\(line > 0 ? ":\(line)" : ""): expected \(expected), found \(found)"
        }
    }

    /// Shape `[inputs, cells]`.
    public var values: [Float]
    public var inputs: Int

    /// - Parameter cells: of the film; the index along x runs fastest.
    /// - Throws: ``FileError``.
    public init(file: String, cells: Int) throws(FileError) {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw FileError(file: file, line: 0, expected: "a table of fields in tesla", found: FileError.noSuchFile)
        }
        try self.init(text: String(decoding: data, as: UTF8.self), file: file, cells: cells)
    }

    public init(text: String, file: String, cells: Int) throws(FileError) {
        var values: [Float] = []
        var inputs = 0
        for (index, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == "," || $0 == ";" || $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard words.count == 1 || words.count == cells else {
                throw FileError(
                    file: file, line: index + 1, expected: "1 or \(cells) values", found: "\(words.count)")
            }
            var row: [Float] = []
            for word in words {
                guard let value = Float(word), value.isFinite, abs(value) <= 1e4 else {
                    throw FileError(
                        file: file, line: index + 1, expected: "a field from -10000 to 10000 T", found: "“\(word.prefix(40))”")
                }
                row.append(value)
            }
            values += row.count == cells ? row : [Float](repeating: row[0], count: cells)
            inputs += 1
        }
        guard inputs > 0 else { throw FileError(file: file, line: 0, expected: "at least one input", found: "none") }
        self.values = values
        self.inputs = inputs
    }

    /// The first line of a table of states.
    public static func heading(cells: Int) -> String {
        "# unit vectors after each input: m_x of \(cells) cells (x fastest), then m_y, then m_z\n"
    }

    /// The states after one input as a line of text.
    /// - Parameter state: shape `[3, cells]`.
    public static func line(_ state: [Float]) -> String { state.map { "\($0)" }.joined(separator: ",") + "\n" }
}
