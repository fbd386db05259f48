import Foundation

/// A folder of spoken words, one per file, named LABEL_SPEAKER_INDEX.wav.
///
/// The files with index 0–4 are the test split, all others are for training.
public struct LabelledSpeech: Sendable {
    /// One file: a word that one speaker said.
    public struct Utterance: Sendable, Equatable {
        public var path: String
        /// The word.
        public var label: String
        public var speaker: String
        /// Counts a speaker's recordings of one word, from 0.
        public var index: Int

        /// Index 0–4 of every speaker and word.
        public var isTest: Bool { index < 5 }
    }

    /// Where the files are.
    public let folder: String
    /// Sorted by label, speaker and index.
    public let utterances: [Utterance]

    /// - Throws: ``AudioError`` when the folder holds no such file, or a WAV file with another kind of name.
    public init(folder: String) throws(AudioError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw AudioError(path: folder, reason: .unreadable("there is no such folder"))
        }
        var found: [Utterance] = []
        for name in names where name.lowercased().hasSuffix(".wav") {
            let parts = name.dropLast(4).split(separator: "_")
            guard parts.count == 3, let index = Int(parts[2]), index >= 0 else {
                throw AudioError(path: folder, reason: .badName(name))
            }
            found.append(
                Utterance(
                    path: folder + "/" + name, label: String(parts[0]), speaker: String(parts[1]), index: index))
        }
        guard !found.isEmpty else { throw AudioError(path: folder, reason: .noLabelledFiles) }
        self.folder = folder
        utterances = found.sorted { ($0.label, $0.speaker, $0.index) < ($1.label, $1.speaker, $1.index) }
    }

    /// The words, sorted.
    public var labels: [String] { Array(Set(utterances.map(\.label))).sorted() }
    /// Index 5 and above.
    public var training: [Utterance] { utterances.filter { !$0.isTest } }
    /// Index 0–4.
    public var test: [Utterance] { utterances.filter(\.isTest) }
}
