import Foundation
import Outputs

extension Corpus {
    /// A corpus of a folder of sounds. It may be laid out in three ways:
    ///
    ///     LABEL_SPEAKER_INDEX.wav              a word for each file; index 0–4 are the test split
    ///     SPEAKER/…/NAME.wav with NAME.txt     what is said stands in a text file beside the sound
    ///     LABEL/SPEAKER_….wav                  a folder for each word
    ///
    /// Sounds are .wav, .flac or .ogg files.
    /// - Parameters:
    ///   - file: where the corpus will be written; paths are relative to its folder if the sounds are below it.
    ///   - texts: texts for labels that are none, for example `["0": "zero"]`.
    /// - Throws: ``CorpusError`` when there are no sounds, or a sound of a folder with texts has none.
    public init(folder: String, writtenTo file: String, texts: [String: String] = [:]) throws(CorpusError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw CorpusError(path: folder, reason: .noSuchFile)
        }
        // A link is followed here; the enumerator would not.
        let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        let sounds = (FileManager.default.enumerator(atPath: real)?.allObjects as? [String] ?? [])
            .filter { ["wav", "flac", "ogg"].contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
        let withText = sounds.filter { FileManager.default.fileExists(atPath: Self.textFile(folder + "/" + $0)) }
        var utterances: [Utterance] = []
        for sound in sounds {
            var found: Utterance?
            if withText.isEmpty {
                found = Self.labelled(sound)
            } else {
                guard let text = try? String(contentsOfFile: Self.textFile(folder + "/" + sound), encoding: .utf8) else {
                    throw CorpusError(
                        path: folder + "/" + sound, reason: .unreadable("its text file is missing or not UTF-8"))
                }
                let parts = sound.split(separator: "/")
                found = Utterance(
                    audio: sound, text: Units.words(in: text).joined(separator: " "),
                    speaker: parts.count > 1 ? String(parts[0]) : nil)
            }
            guard var utterance = found else {
                throw CorpusError(path: folder, reason: .noUtterances("“\(sound)” to be \(Self.layouts)"))
            }
            utterance.text = texts[utterance.text] ?? utterance.text
            utterances.append(utterance)
        }
        guard !utterances.isEmpty else { throw CorpusError(path: folder, reason: .noUtterances(Self.layouts)) }
        let prefix = Self.way(from: OutputPlace.folder(above: file), to: folder)
        for index in utterances.indices { utterances[index].audio = prefix + utterances[index].audio }
        self.init(path: file, utterances: utterances)
    }

    private static let layouts = "LABEL_SPEAKER_INDEX.wav, LABEL/SPEAKER_NAME.wav, or a .wav with a .txt beside it"

    private static func textFile(_ sound: String) -> String { (sound as NSString).deletingPathExtension + ".txt" }

    private static func labelled(_ sound: String) -> Utterance? {
        let parts = sound.split(separator: "/")
        let name = ((parts.last.map(String.init) ?? "") as NSString).deletingPathExtension.split(separator: "_")
        if parts.count == 1 {
            guard name.count == 3, let index = Int(name[2]), index >= 0 else { return nil }
            return Utterance(
                audio: sound, text: String(name[0]), speaker: String(name[1]), split: index < 5 ? .test : .train)
        }
        return Utterance(
            audio: sound, text: String(parts[parts.count - 2]), speaker: name.count > 1 ? String(name[0]) : nil)
    }

    /// What stands before a path in `folder` for it to be found from `base`.
    static func way(from base: String, to folder: String) -> String {
        let root = URL(fileURLWithPath: base.isEmpty ? "." : base).resolvingSymlinksInPath().path
        let path = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        if path == root { return "" }
        return path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) + "/" : path + "/"
    }
}
