import Foundation
import Outputs
import Glibc

/// The text of `reservoir_output.txt`: first all rows of x moments, then of y, then of z; a column per cell; six significant
/// digits, a blank after each number.
public struct VAMPIREOutput {
    /// - Parameter moments: A m², shape `[inputs][3 · cells]`: all x, all y, all z.
    public static func text(_ moments: [[Double]]) -> [UInt8] {
        let cells = (moments.first?.count ?? 0) / 3
        var text: [UInt8] = []
        text.reserveCapacity(moments.count * cells * 3 * 13)
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { buffer in
            for axis in 0..<3 {
                for row in moments {
                    for cell in 0..<cells {
                        let length = withVaList([row[axis * cells + cell]]) { vsnprintf(buffer.baseAddress, 40, "%g ", $0) }
                        for index in 0..<Int(length) { text.append(UInt8(bitPattern: buffer[index])) }
                    }
                    text.append(10)
                }
            }
        }
        return text
    }

    /// - Throws: ``VAMPIREError`` when it cannot be written.
    public static func write(_ moments: [[Double]], to file: String) throws(VAMPIREError) {
        do {
            try OutputFile.write(text(moments), to: file)
        } catch {
            throw VAMPIREError(.notWritten(error.cause), file: file)
        }
    }

    /// Reads such a file.
    /// - Parameters:
    ///   - file: path of the file.
    ///   - cells: columns to expect.
    /// - Returns: A m², shape `[inputs][3 · cells]`.
    /// - Throws: ``VAMPIREError`` naming the line.
    public static func read(_ file: String, cells: Int) throws(VAMPIREError) -> [[Double]] {
        let text = try VAMPIREKeys.text(file)
        var rows: [[Double]] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\r" || $0 == "\t" })
            if words.isEmpty { continue }
            let row = words.compactMap { Double($0) }
            guard row.count == words.count, row.count == cells else {
                throw VAMPIREError(
                    .row(expected: "\(cells) numbers", found: "\(row.count) of \(words.count) words"), file: file,
                    line: index + 1)
            }
            rows.append(row)
        }
        guard rows.count % 3 == 0 else {
            throw VAMPIREError(.rows(expected: "three rows per input", found: rows.count), file: file)
        }
        let inputs = rows.count / 3
        return (0..<inputs).map { rows[$0] + rows[inputs + $0] + rows[2 * inputs + $0] }
    }
}
