public import Failures
import Origin

/// Numbers of a text file, parted by white space, commas or semicolons; lines that begin with # do not count.
public struct NumberSeries: Sendable, Equatable {
    public struct FileError: Failure, Equatable {
        public var file: String
        /// Counted from 1; 0 for the file as a whole.
        public var line: Int
        public var problem: String
        public var isMissing = false
        public var kind: FailureKind { isMissing ? .missingInput : line > 0 ? .badInput : .ofInput(at: file) }
        public var description: String { "\(file)\(line > 0 ? ":\(line)" : ""): \(problem)" }
    }

    public let values: [Double]
    private static let largest = 1 << 28

    /// - Throws: ``FileError`` with the line of what is no finite number.
    public init(file: String) throws(FileError) {
        let bytes: [UInt8]
        do {
            bytes = try ByteFile.bytes(of: file, atMost: Self.largest)
        } catch {
            switch error.reason {
            case .noSuchFile: throw FileError(file: file, line: 0, problem: "there is no such file", isMissing: true)
            case .unreadable(let why): throw FileError(file: file, line: 0, problem: "cannot be read: \(why)")
            }
        }
        var values: [Double] = []
        let parting: Set<UInt8> = [0x20, 0x09, 0x0D, 0x2C, 0x3B]
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            for word in line.split(whereSeparator: { parting.contains($0) }) {
                if word.first == UInt8(ascii: "#") { break }
                let text = String(decoding: word.prefix(40), as: UTF8.self)
                guard word.count <= 40, let value = Double(text), value.isFinite else {
                    throw FileError(file: file, line: index + 1, problem: "expected a finite number, found “\(text)”")
                }
                values.append(value)
            }
        }
        guard !values.isEmpty else { throw FileError(file: file, line: 0, problem: "it holds no numbers") }
        self.values = values
    }
}
