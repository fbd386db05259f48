import Confidence
import Decoding
import Foundation
import Recognition

/// How a model's outputs become text, for tables and JSON.
struct DecodingSummary: Encodable {
    var beam: Int
    var languageWeight: Float
    var insertionBonus: Float
    /// Units that the language model looks at together, and how many it knows; nil without one.
    var languageModelOrder: Int?
    var languageModelUnits: Int?
    /// Words that may be read; nil for any.
    var lexicon: Int?
    var hotWords: [String: Float]?
    var silenceS: Double
    var longestS: Double

    init(_ decoding: ModelDecoding) {
        let settings = decoding.settings
        (beam, languageWeight, insertionBonus) = (settings.beam, settings.languageWeight, settings.insertionBonus)
        languageModelOrder = decoding.languageModel?.order
        languageModelUnits = decoding.languageModel?.vocabulary
        lexicon = settings.lexicon?.count
        hotWords = settings.hotWords
        (silenceS, longestS) = (settings.silence_s, settings.longest_s)
    }

    var text: String {
        var parts = ["beam search over \(Console.count(beam, "text"))"]
        if let languageModelOrder, let languageModelUnits {
            parts.append(
                "a \(languageModelOrder)-gram model of \(languageModelUnits) units, weight "
                    + Console.number(Double(languageWeight), significant: 3))
        } else {
            parts.append("no language model")
        }
        if insertionBonus != 0 { parts.append("insertion bonus \(Console.number(Double(insertionBonus), significant: 3))") }
        if let lexicon { parts.append("a lexicon of \(Console.count(lexicon, "word"))") }
        if let hotWords { parts.append(Console.count(hotWords.count, "hot word")) }
        return parts.joined(separator: ", ")
    }
}

/// The certificate beside a model.
struct CertificateSummary: Encodable {
    var file: String
    /// The column of scores that it maps, and how; nil for one that cannot be read.
    var score: String?
    var method: String?
    var date: String?
    /// Whether it is for these scores: of the model as it is read now.
    var fits: Bool
    /// Why it cannot be read.
    var problem: String?

    /// - Parameter scoresHash: what a certificate of the scores would name; nil for that of the model as it lies in its folder.
    /// - Returns: nil where there is no certificate.
    init?(folder: String, scoresHash: String? = nil) {
        file = folder + "/" + CalibrationCertificate.fileName
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        do {
            let certificate = try CalibrationCertificate(contentsOf: file)
            (score, method, date) = (certificate.data.scoreColumn, certificate.method.rawValue, certificate.date)
            fits = certificate.modelSHA256 == (try scoresHash ?? ModelHash.sha256(of: folder))
        } catch {
            (fits, problem) = (false, "\(error)")
        }
    }

    var text: String {
        if let problem { return "cannot be used: \(problem)" }
        return "maps \(score ?? "") by \(method ?? ""), \(date ?? "")" + (fits ? "" : "; it is NOT for these scores")
    }
}
