import Recognition

/// Errors of every utterance as a table: what two recognisers are compared with, sentence by sentence.
enum UtteranceErrors {
    /// - Parameter names: of the utterances.
    static func table(_ conditions: [(SoundCondition?, [RecognizerEvaluation.Reading])], names: [String]) -> String {
        var lines = ["utterance,noise,snr_dB,words,word_errors,characters,character_errors,said,read"]
        for (condition, readings) in conditions {
            for (name, reading) in zip(names, readings) {
                let numbers = [
                    reading.words.reference, reading.words.count, reading.characters.reference, reading.characters.count,
                ]
                lines.append(
                    ([quoted(name), condition?.noise.rawValue ?? "", condition.map { "\($0.ratio_dB)" } ?? ""]
                        + numbers.map(String.init) + [quoted(reading.said), quoted(reading.read)]).joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}

extension RecognizerModel.Card {
    /// "audio only", "EEG only", "audio and EEG".
    var kindOfInput: String { isHearing ? eegFrontEnd == nil ? "audio only" : "audio and EEG" : "EEG only" }
}
