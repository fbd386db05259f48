import Foundation

/// A word that was read, whether it was right, and what could be known of it before: a row for calibration.
public struct ScoredWord: Sendable, Equatable {
    /// Words of one utterance belong together.
    public var utterance: String
    public var speaker = ""
    public var word: String
    /// What was said there; nil where nobody said anything.
    public var said: String?
    /// The word's first unit, in seconds of the utterance's sound or of the session; nil where it is not known: a word that is one unit is
    /// named once, at its end.
    public var from_s: Double?
    /// Its last unit, likewise.
    public var to_s: Double
    /// What the event log tells, as a probability.
    public var probability: Double
    /// nil where there is none.
    public var evidence: WordEvidence?

    public var isRight: Bool { said == word }

    public init(
        utterance: String, speaker: String = "", word: String, said: String?, from_s: Double?, to_s: Double,
        probability: Double,
        evidence: WordEvidence? = nil
    ) {
        (self.utterance, self.speaker, self.word, self.said) = (utterance, speaker, word, said)
        (self.from_s, self.to_s, self.probability, self.evidence) = (from_s, to_s, probability, evidence)
    }

    /// The words of a reading, right or wrong by the cheapest alignment with what was said.
    /// - Parameter utterance: its name.
    public static func words(of reading: RecognizerEvaluation.Reading, utterance: String) -> [ScoredWord] {
        aligned(reading.heard.map(\.text), said: Units.words(in: reading.said)).map { place, said in
            let word = reading.heard[place]
            // The sound is heard with a pause before it.
            func seconds(_ frame: UInt64) -> Double { Double(frame) / 100 - SpokenText.padding }
            return ScoredWord(
                utterance: utterance, speaker: reading.speaker, word: word.text, said: said,
                from_s: word.firstFrame < word.lastFrame ? seconds(word.firstFrame) : nil, to_s: seconds(word.lastFrame),
                probability: exp(Double(word.logProbability)), evidence: word.evidence)
        }
    }

    /// Places of the words that were read, each with what was said there.
    static func aligned(_ read: [String], said: [String]) -> [(place: Int, said: String?)] {
        WordAlignment(reference: said, hypothesis: read).pairs.compactMap { pair in
            pair.place.map { ($0, pair.said) }
        }
    }

    /// Rows as `larmor calibrate` reads them: `y` is 1 for a right word, `x` what the event log tells, `posterior` the word's posterior.
    ///
    /// Columns: utterance, speaker, word, said, from_s, to_s, y, x, posterior, margin, snr_dB, lost_frames, eeg_absent_frames, eeg_outliers,
    /// model_sha256. What is not known is empty. Probabilities of 0 and 1 are held as far within as their number format tells them apart.
    /// - Parameter modelSHA256: hash of the weights that read the words.
    public static func table(_ words: [ScoredWord], modelSHA256: String?) -> String {
        var text =
            "utterance,speaker,word,said,from_s,to_s,y,x,posterior,margin,snr_dB,lost_frames,eeg_absent_frames,eeg_outliers,"
            + "model_sha256\n"
        for word in words { text += word.row(modelSHA256).joined(separator: ",") + "\n" }
        return text
    }

    private func row(_ model: String?) -> [String] {
        let quality = evidence?.quality
        var fields: [String] = [utterance, speaker, word, said ?? ""].map(Self.quoted)
        fields.append(from_s.map { String(format: "%.2f", $0) } ?? "")
        fields.append(String(format: "%.2f", to_s))
        fields.append(isRight ? "1" : "0")
        fields.append("\(Self.held(probability, 0x1p-24))")
        fields.append(Self.number(evidence.map { Self.held($0.posterior, 0x1p-52) }))
        fields.append(Self.number(evidence?.margin))
        fields.append(quality?.snr_dB.map { String(format: "%.2f", $0) } ?? "")
        fields.append(quality.map { String($0.lostFrames) } ?? "")
        fields.append(quality?.eegAbsentFrames.map(String.init) ?? "")
        fields.append(Self.number(quality?.eegOutliers))
        fields.append(model ?? "")
        return fields
    }

    private static func held(_ probability: Double, _ end: Double) -> Double { min(max(probability, end), 1 - end) }

    private static func number(_ value: Double?) -> String { value.map { $0.isFinite ? "\($0)" : "" } ?? "" }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x3B, 0x0A, 0x0D, 0x09].contains($0) }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
