import Decoding
import Foundation

/// The peers' inputs, decoded by our search.
struct DecoderWork {
    struct Case {
        let name: String
        let graph: DecodingGraph
        let utterances: [[Float]]
        let texts: [String]

        private func decode() -> [String] {
            var search = PrefixBeamSearch(graph)
            return utterances.map { frames in
                search.reset()
                do {
                    try search.push(frames: frames)
                } catch {
                    return "\(error)"
                }
                return graph.units.words(of: search.hypotheses()[0].units.map(\.unit)).joined(separator: " ")
            }
        }

        /// Frames a second: the best of a second.
        func rate() -> Double {
            let frames = utterances.reduce(0) { $0 + $1.count } / graph.units.count
            var best = Double.infinity
            let start = ContinuousClock.now
            repeat {
                let begin = ContinuousClock.now
                _ = decode()
                best = min(best, (ContinuousClock.now - begin) / .seconds(1))
            } while ContinuousClock.now - start < .seconds(1)
            return Double(frames) / best
        }

        var errors: String {
            let found = decode()
            func rate<Part: Equatable>(_ parts: (String) -> [Part]) -> String {
                let wrong = zip(found, texts).reduce(0) { $0 + Self.edits(parts($1.0), parts($1.1)) }
                return String(format: "%.4f", Double(wrong) / Double(texts.reduce(0) { $0 + parts($1).count }))
            }
            return rate { Array($0) } + "  " + rate { $0.split(separator: " ") }
        }

        private static func edits<Part: Equatable>(_ a: [Part], _ b: [Part]) -> Int {
            var row = Array(0...b.count)
            for (i, x) in a.enumerated() {
                var before = row[0]
                row[0] = i + 1
                for (j, y) in b.enumerated() {
                    let corner = before
                    before = row[j + 1]
                    row[j + 1] = min(before + 1, row[j] + 1, corner + (x == y ? 0 : 1))
                }
            }
            return row[b.count]
        }
    }

    private struct Description: Decodable { var lengths: [Int], texts: [String], alphabet: [String] }

    let inputs: String
    let model: LanguageModel
    let lexicon: [String]

    init(inputs: String) throws {
        self.inputs = inputs
        model = try LanguageModel(
            arpa: [UInt8](Data(contentsOf: URL(fileURLWithPath: inputs + "/grammar4.arpa"))), place: "grammar4.arpa",
            units: .words)
        lexicon = try String(contentsOfFile: inputs + "/words.txt", encoding: .utf8).split(separator: "\n").map(String.init)
    }

    func cases(_ kind: String) throws -> [Case] {
        let description = try JSONDecoder().decode(
            Description.self, from: Data(contentsOf: URL(fileURLWithPath: inputs + "/emissions_\(kind).json")))
        let data = try Data(contentsOf: URL(fileURLWithPath: inputs + "/emissions_\(kind).f32"))
        let values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        let width = description.alphabet.count
        var place = 0
        let utterances = description.lengths.map { length in
            defer { place += length * width }
            return Array(values[place..<place + length * width])
        }
        let units = try EmissionUnits(names: description.alphabet, separator: 1)
        // The peers' beams keep what is 50 below the best; so does this one here.
        var plain = BeamSearchOptions()
        (plain.scoreThreshold, plain.unitThreshold) = (50, 50)
        // The peers' weights: pyctcdecode's are of natural logarithms, flashlight-text's of KenLM's, which are to base 10.
        var open = plain
        (open.languageWeight, open.insertionBonus) = (0.5, 1.5)
        var words = plain
        (words.languageWeight, words.insertionBonus) = (Float(1 / log(10.0)), 1)
        var usual = BeamSearchOptions()
        (usual.languageWeight, usual.insertionBonus) = (words.languageWeight, 1)
        return [
            Case(
                name: "without a model", graph: try DecodingGraph(units: units, options: plain), utterances: utterances,
                texts: description.texts),
            Case(
                name: "4-gram", graph: try DecodingGraph(units: units, options: open, languageModel: model),
                utterances: utterances, texts: description.texts),
            Case(
                name: "4-gram and lexicon",
                graph: try DecodingGraph(units: units, options: words, languageModel: model, lexicon: lexicon),
                utterances: utterances, texts: description.texts),
            Case(
                name: "4-gram and lexicon, default thresholds",
                graph: try DecodingGraph(
                    units: units, options: usual, languageModel: model, lexicon: lexicon), utterances: utterances,
                texts: description.texts),
        ]
    }
}
