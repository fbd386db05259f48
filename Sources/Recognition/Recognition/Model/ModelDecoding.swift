public import Decoding
import Failures
import Foundation
import NeuralNetworks
import Origin
import Outputs

/// A beam search that belongs to a model: it is used wherever the model reads, and sessions keep it with the model.
///
/// In the model's folder it is `decoding.json` and, with a language model, `language.bin`.
public struct ModelDecoding: Sendable, Equatable {
    /// What `decoding.json` holds.
    public struct Settings: Codable, Sendable, Equatable {
        public var beam = 100
        public var languageWeight: Float = 1
        public var insertionBonus: Float = 0
        /// The only words that are read; nil for any.
        public var lexicon: [String]?
        /// Bonus of each hot word.
        public var hotWords: [String: Float]?
        /// An utterance ends after so much silence, and when it is so long; seconds.
        public var silence_s = 0.6
        public var longest_s = 30.0
        /// Whether `language.bin` belongs to it.
        public var hasLanguageModel = false

        public init() {}
    }

    public let settings: Settings
    public let languageModel: LanguageModel?
    public let text: TextDecoding

    /// - Throws: `SearchError` for settings that cannot be, or do not fit the model's units.
    public init(_ card: RecognizerModel.Card, _ settings: Settings, _ languageModel: LanguageModel?) throws(SearchError) {
        var settings = settings
        settings.hasLanguageModel = languageModel != nil
        guard settings.silence_s >= 0.05, settings.silence_s <= 60 else {
            throw SearchError(.option("silence_s", expected: "0.05 to 60 seconds", found: "\(settings.silence_s)"))
        }
        guard settings.longest_s >= 1, settings.longest_s <= 600 else {
            throw SearchError(.option("longest_s", expected: "1 to 600 seconds", found: "\(settings.longest_s)"))
        }
        (self.settings, self.languageModel) = (settings, languageModel)
        var options = BeamSearchOptions()
        options.beam = settings.beam
        options.languageWeight = settings.languageWeight
        options.insertionBonus = settings.insertionBonus
        text = try TextDecoding(
            card, languageModel: languageModel, options: options, lexicon: settings.lexicon,
            hotWords: (settings.hotWords ?? [:]).sorted { $0.key < $1.key }.map { HotWord($0.key, bonus: $0.value) })
    }

    /// - Parameter stride: frames of the front end, 100 a second, for each of the network's.
    public func utterances(stride: Int) -> UtteranceDecoder {
        var options = UtteranceDecoder.Options()
        options.silence = max(1, Int(settings.silence_s * 100) / stride)
        options.longest = max(1, Int(settings.longest_s * 100) / stride)
        do {
            return try UtteranceDecoder(text.graph, options: options)
        } catch {
            preconditionFailure("the ranges of the settings are within those of the options: \(error)")
        }
    }

    /// What a certificate knows scores of this search by: the bytes of its files.
    public var encoded: (settings: [UInt8], language: [UInt8]?) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Numbers and texts are always written.
        return ([UInt8]((try? encoder.encode(settings)) ?? Data()), languageModel?.encoded)
    }

    public static func == (a: ModelDecoding, b: ModelDecoding) -> Bool {
        a.settings == b.settings && a.languageModel?.encoded == b.languageModel?.encoded
    }

    package static func files(_ folder: String) -> (settings: String, language: String) {
        (folder + "/decoding.json", folder + "/language.bin")
    }

    /// Writes it into a model's folder.
    public func write(folder: String) throws {
        let (files, bytes) = (Self.files(folder), encoded)
        if let language = bytes.language {
            try OutputFile.write(language, to: files.language, inSession: true)
        } else {
            try Self.removeFile(files.language)
        }
        try OutputFile.write(bytes.settings, to: files.settings, inSession: true)
    }

    /// Takes a beam search out of a model's folder, also one that cannot be read.
    /// - Returns: whether there was one.
    public static func remove(folder: String) throws -> Bool {
        let files = files(folder)
        let isThere = FileManager.default.fileExists(atPath: files.settings)
        try removeFile(files.settings)
        try removeFile(files.language)
        return isThere
    }

    private static func removeFile(_ path: String) throws {
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    }

    /// - Returns: nil for a folder without `decoding.json`.
    static func read(folder: String, _ card: RecognizerModel.Card) throws(RecognizerModel.FileError) -> ModelDecoding? {
        let files = files(folder)
        guard FileManager.default.fileExists(atPath: files.settings) else { return nil }
        guard let json = RegularFile.contents(files.settings) else { throw .init(unreadable: files.settings) }
        let settings: Settings
        do {
            settings = try JSONDecoder().decode(Settings.self, from: json)
        } catch {
            throw .init(file: files.settings, problem: DecodingFault(error).description)
        }
        do {
            return try ModelDecoding(card, settings, settings.hasLanguageModel ? LanguageModel(file: files.language) : nil)
        } catch let error as SearchError {
            throw .init(file: files.settings, problem: error.description)
        } catch {
            throw .init(file: files.language, problem: "\(error)")
        }
    }
}
