import Foundation
import LinearAlgebra
import Origin

extension ScanFolder {
    /// Names of the regular files that begin with the prefix, by the numbers in them.
    static func files(_ folder: String, prefix: String) throws -> [String] {
        // Says that it is not there, or may not be read.
        _ = try ByteFile(folder)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw ReservoirRecording.FileError(file: folder, line: 0, expected: "a folder of scans", found: "something else")
        }
        let found = names.filter { name in
            var status = stat()
            return name.hasPrefix(prefix) && stat(folder + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }
        guard !found.isEmpty else {
            throw ReservoirRecording.FileError(
                file: folder, line: 0, expected: "files whose names begin with “\(prefix)”",
                found: "none among \(names.count) files")
        }
        return found.sorted(by: comesBefore)
    }

    /// The inputs that the names give: "scan_3_55_3455mT.txt" is the scan 3 of the input 55.3455. Nil where a name has none.
    static func inputs(_ files: [String]) -> Matrix<Double>? {
        var values: [Double] = []
        for file in files {
            let numbers = numbers(in: file).dropFirst()
            guard (1...2).contains(numbers.count), let value = Double(numbers.joined(separator: ".")) else { return nil }
            values.append(value)
        }
        return Matrix(rows: values.count, columns: 1, values: values)
    }

    /// Runs of digits, each with the minus sign before it.
    private static func numbers(in name: String) -> [String] {
        var (found, current): ([String], String) = ([], "")
        for letter in name {
            if letter.isASCII, letter.isNumber {
                current.append(letter)
            } else {
                if current.contains(where: \.isNumber) { found.append(current) }
                current = letter == "-" ? "-" : ""
            }
        }
        return current.contains(where: \.isNumber) ? found + [current] : found
    }

    /// Runs of digits are compared as numbers, other letters as such, large or small.
    static func comesBefore(_ a: String, _ b: String) -> Bool {
        let (a, b) = (pieces(a), pieces(b))
        for (p, q) in zip(a, b) where p != q {
            if p.isNumber != q.isNumber { return p.isNumber }
            if p.isNumber, p.text.count != q.text.count { return p.text.count < q.text.count }
            return p.text < q.text
        }
        return a.count < b.count
    }

    private struct Piece: Equatable {
        var isNumber: Bool
        var text: String
    }

    private static func pieces(_ name: String) -> [Piece] {
        var found: [Piece] = []
        for letter in name.lowercased() {
            let isNumber = letter.isASCII && letter.isNumber
            if let last = found.indices.last, found[last].isNumber == isNumber {
                // Leading zeros do not count.
                if found[last].text == "0", isNumber { found[last].text = "" }
                found[last].text.append(letter)
            } else {
                found.append(Piece(isNumber: isNumber, text: String(letter)))
            }
        }
        return found
    }
}
