import Foundation
import Origin
public import Outputs

/// Utterances for training and tests, from a file of JSON Lines: one ``Utterance`` a line.
public struct Corpus: Sendable, Equatable {
    /// The file, or the folder that it was made from; audio files are found from here.
    public let path: String
    public var utterances: [Utterance]
    /// Line of each utterance, counted from 1.
    private let lines: [Int]

    /// - Parameter path: of the file that it is, or will be, written to.
    public init(path: String, utterances: [Utterance]) {
        self.path = path
        self.utterances = utterances
        lines = utterances.indices.map { $0 + 1 }
    }

    private static let largest = 1 << 30

    /// - Throws: ``CorpusError`` that names the file and the line.
    public init(file: String) throws(CorpusError) {
        var utterances: [Utterance] = []
        var lines: [Int] = []
        let bytes: [UInt8]
        do {
            bytes = try ByteFile.bytes(of: file, atMost: Self.largest)
        } catch {
            switch error.reason {
            case .noSuchFile: throw CorpusError(path: file, reason: .noSuchFile)
            case .unreadable(let why): throw CorpusError(path: file, reason: .unreadable(why))
            }
        }
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            // Beyond a byte order mark and white space.
            guard let start = line.firstIndex(where: { ![0x20, 0x09, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }) else { continue }
            let parsed = try? JSONSerialization.jsonObject(with: Data(line[start...]))
            guard let object = parsed as? [String: Any] else {
                throw CorpusError(
                    path: file,
                    reason: .line(
                        index + 1, "not a JSON object; expected a line such as {\"audio\":\"a.wav\",\"text\":\"yes\"}"))
            }
            do {
                utterances.append(try Utterance(json: object))
            } catch {
                throw CorpusError(path: file, reason: .line(index + 1, error.text))
            }
            lines.append(index + 1)
        }
        guard !utterances.isEmpty else {
            throw CorpusError(path: file, reason: .noUtterances("a line such as {\"audio\":\"a.wav\",\"text\":\"yes\"}"))
        }
        path = file
        self.utterances = utterances
        self.lines = lines
    }

    /// Where the file of an utterance is.
    public func audioPath(_ utterance: Utterance) -> String {
        utterance.audio.hasPrefix("/") ? utterance.audio : folder + "/" + utterance.audio
    }

    /// Where the session with the EEG of an utterance is; nil where it names none.
    public func eegPath(_ utterance: Utterance) -> String? {
        utterance.eeg.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
    }

    private var folder: String {
        isFolder ? shownPath : OutputPlace.folder(above: path)
    }

    /// Whether it was made of a folder for use at once, and is no file.
    private var isFolder: Bool { path.hasSuffix("/-") }
    /// What users know it by.
    private var shownPath: String { isFolder ? String(path.dropLast(2)) : path }

    /// The same utterances in another file: their sounds are found from there.
    public func moved(to file: String) -> Corpus {
        let prefix = Self.way(from: OutputPlace.folder(above: file), to: folder)
        let moved = utterances.map { utterance in
            var copy = utterance
            if !copy.audio.isEmpty, !copy.audio.hasPrefix("/") { copy.audio = prefix + copy.audio }
            copy.eeg = copy.eeg.map { $0.hasPrefix("/") ? $0 : prefix + $0 }
            return copy
        }
        return Corpus(path: file, utterances: moved)
    }

    /// The utterances of a split; those without one are for training.
    public subscript(_ split: Utterance.Split) -> [Utterance] { utterances.filter { ($0.split ?? .train) == split } }

    /// - Throws: ``OutputError``.
    public func write() throws(OutputError) {
        try OutputFile.write(utterances.map { $0.json + "\n" }.joined(), to: path)
    }

    /// An error in the line of an utterance.
    public func error(at index: Int, _ problem: String) -> CorpusError {
        isFolder
            ? CorpusError(path: shownPath, reason: .sound(utterances[index].source, problem))
            : CorpusError(path: path, reason: .line(lines[index], problem))
    }

    /// An error about all of it.
    public func error(_ reason: CorpusError.Reason) -> CorpusError { CorpusError(path: shownPath, reason: reason) }

    func leak(_ first: Int, _ second: Int, _ shared: String) -> CorpusError {
        guard isFolder else { return error(.leak(first: lines[first], second: lines[second], shared: shared)) }
        return error(
            .sound(
                utterances[first].source,
                "it and “\(utterances[second].source)” are in different splits and have \(shared) in common"))
    }
}

/// A short name for a text, whatever the white space in it: a model remembers with it what it was trained on.
public enum TextHash {
    /// 16 hexadecimal digits of the SHA-256 of the text's words with one space between them.
    public static func of(_ text: String) -> String {
        String(ContentHash.sha256(Units.words(in: text).joined(separator: " ").utf8).prefix(16))
    }
}
