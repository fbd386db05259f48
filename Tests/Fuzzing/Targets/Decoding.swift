import Decoding

extension FuzzTarget {
    private static let small = ["a b a", "b a", "a c b a"].map { $0.split(separator: " ").map(String.init) }

    /// What any opened model must do: give probabilities for every unit after every path of states.
    private static func walk(_ model: LanguageModel) throws(FuzzFinding) {
        var state = model.start
        for unit in 0..<UInt32(min(model.unitCount, 200)) {
            let step = model.next(state, unit)
            try require(step.logProbability.isFinite, "the logarithm of a probability is \(step.logProbability)")
            state = step.state
            try require(!model.name(of: unit).isEmpty, "a unit without a name")
        }
        try require(model.perplexity(of: small).units == 12, "a text has another length")
    }

    /// Language models as text: what was read is the same after writing and reading.
    public static let arpa = FuzzTarget(
        name: "arpa",
        check: { bytes throws(FuzzFinding) in
            guard let model = try? LanguageModel(arpa: Array(bytes), place: "f") else { return }
            try walk(model)
            guard let again = try? LanguageModel(arpa: model.arpa, place: "f") else {
                throw FuzzFinding("what was read cannot be written and read")
            }
            try require(again.arpa == model.arpa, "writing and reading changes it")
            guard (try? LanguageModel(encoded: model.encoded, place: "f"))?.encoded == model.encoded else {
                throw FuzzFinding("what was read cannot be kept as bytes")
            }
        },
        seeds: {
            [1, 3].compactMap { try? LanguageModel(sentences: small, order: $0).arpa } + [
                Array(
                    """
                    \\data\\
                    ngram 1=3
                    ngram 2=0
                    ngram 3=1

                    \\1-grams:
                    -1.0 b -0.5
                    -0.5 a
                    -99 <s> 0.1

                    \\2-grams:

                    \\3-grams:
                    -0.2 a b a

                    \\end\\
                    """.utf8)
            ]
        })

    /// Language models as bytes; the checksum is set right, so that what lies behind it is met, too.
    public static let languageModel = FuzzTarget(
        name: "language-model",
        check: { bytes throws(FuzzFinding) in
            var bytes = Array(bytes)
            if bytes.count >= 128 {
                let sum = LanguageModel.checksum(of: bytes)
                for k in 0..<4 { bytes[20 + k] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(k))) }
            }
            guard let model = try? LanguageModel(encoded: bytes, place: "f") else { return }
            try walk(model)
            try require(model.encoded == bytes, "keeping it changes it")
        },
        seeds: { [1, 3].compactMap { try? LanguageModel(sentences: small, order: $0).encoded } })

    /// Emissions: any bytes are frames of four values. None traps; what is taken gives numbers, the same after a copy.
    public static let emissions = FuzzTarget(
        name: "emissions",
        check: { bytes throws(FuzzFinding) in
            guard let graph else { throw FuzzFinding("no graph") }
            var options = UtteranceDecoder.Options()
            (options.silence, options.longest) = (5, 40)
            guard var decoder = try? UtteranceDecoder(graph, options: options) else { throw FuzzFinding("no decoder") }
            var branch = decoder
            for start in stride(from: 0, to: bytes.count - 15, by: 16) {
                let frame = (0..<4).map { bytes.loadUnaligned(fromByteOffset: start + 4 * $0, as: Float.self) }
                let found = frame.withUnsafeBufferPointer { try? decoder.push($0) }
                let other = frame.withUnsafeBufferPointer { try? branch.push($0) }
                try require(found == other, "two copies read different texts")
                if start % 64 == 0 { branch = decoder }
                guard let found else { continue }
                try require(found.alternatives.allSatisfy { $0.score.isFinite }, "a score that is no number")
                try require(found.words.allSatisfy { (0...1).contains($0.confidence) }, "a confidence that is none")
                try require(
                    found.units.allSatisfy { found.frames.contains($0.frames.lowerBound) }, "a unit outside of its utterance")
            }
            _ = decoder.finish()
        },
        seeds: {
            [
                [],
                (0..<60).flatMap { frame -> [UInt8] in
                    (0..<4).flatMap { unit -> [UInt8] in
                        let value: Float = unit == frame / 3 % 4 ? -0.1 : -3 - Float(unit)
                        return withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
                    }
                },
            ]
        })

    private static let graph: DecodingGraph? = {
        var options = BeamSearchOptions()
        options.beam = 12
        guard let units = try? EmissionUnits(names: ["", " ", "a", "b"], separator: 1),
            let model = try? LanguageModel(sentences: small, order: 3)
        else { return nil }
        return try? DecodingGraph(
            units: units, options: options, languageModel: model, lexicon: ["a", "b", "ab"],
            hotWords: [HotWord("ab a", bonus: 1)])
    }()
}
