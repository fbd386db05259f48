import Devices
public import Failures
import Foundation

/// Sentences to be shown one after the other: one per line of a UTF-8 file; empty lines are passed over.
public struct PromptList: Sendable, Equatable {
    /// One text per line of the file, in its order.
    public let prompts: [String]

    /// A file that is no list of prompts.
    public struct FileError: Failure, Equatable {
        public var file: String
        /// Counted from 1; nil for the file as a whole.
        public var line: Int?
        public var detail: String
        /// Whether the file could not be opened at all.
        public var isMissing = false

        public var kind: FailureKind { isMissing ? .missingInput : .badInput }

        public var description: String { file + (line.map { ":\($0)" } ?? "") + ": " + detail }
    }

    /// Longest file that is read, in bytes.
    private static let longestFile = 16 << 20

    /// - Throws: ``FileError``.
    public init(contentsOf path: String) throws(FileError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let data = FileManager.default.contents(atPath: path)
        else {
            throw FileError(file: path, line: nil, detail: "there is no such file that can be read", isMissing: true)
        }
        try self.init(data, file: path)
    }

    /// - Parameter file: the name to use in messages.
    init(_ data: Data, file: String) throws(FileError) {
        guard data.count <= Self.longestFile else {
            throw FileError(file: file, line: nil, detail: "it has \(data.count) bytes, a list of prompts has 16 MB at most")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = data.starts(with: mark) ? data.dropFirst(mark.count) : data[...]
        var prompts: [String] = []
        for (index, bytes) in content.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw FileError(file: file, line: index + 1, detail: "it is not UTF-8 text; save the list as UTF-8")
            }
            let prompt = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if prompt.isEmpty { continue }
            guard prompt.utf8.count <= ConsoleLine.longestText else {
                throw FileError(
                    file: file, line: index + 1,
                    detail: "the line has \(prompt.utf8.count) bytes, a prompt has \(ConsoleLine.longestText) at most; split it"
                )
            }
            guard !prompt.unicodeScalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\t" }) else {
                throw FileError(file: file, line: index + 1, detail: "the line holds a control character")
            }
            prompts.append(prompt)
        }
        guard !prompts.isEmpty else {
            throw FileError(file: file, line: nil, detail: "it is empty; a list of prompts has one sentence per line")
        }
        self.prompts = prompts
    }
}
