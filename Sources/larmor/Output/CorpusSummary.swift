import Recognition

/// What is in a corpus: one row for each split.
struct CorpusSummary: Encodable {
    struct Split: Encodable {
        var utterances: Int
        var texts: Int
        var speakers: Int
        var sessions: Int
    }

    var corpus: String
    var splits: [String: Split] = [:]
    /// Texts, speakers and sessions of the test split that training has, too.
    var sharedTexts: Int
    var sharedSpeakers: Int
    var sharedSessions: Int
    /// Utterances whose EEG was computed from their sound; nil for none.
    var simulatedEeg: Int?
    /// What two splits have in common, for each two that have something.
    var shared: [Shared] = []

    struct Shared: Encodable {
        var splits: [String]
        var texts: Int
        var speakers: Int
        var sessions: Int
    }

    init(_ corpus: Corpus) {
        self.corpus = corpus.path
        func names(_ utterances: [Utterance], _ key: (Utterance) -> String?) -> Set<String> {
            Set(utterances.compactMap(key))
        }
        for split in Utterance.Split.allCases {
            let own = corpus[split]
            splits[split.rawValue] = Split(
                utterances: own.count, texts: names(own, \.text).count, speakers: names(own, \.speaker).count,
                sessions: names(own, \.session).count)
        }
        let simulated = corpus.utterances.count { $0.isSimulated }
        simulatedEeg = simulated > 0 ? simulated : nil
        let all = Utterance.Split.allCases
        for (place, one) in all.enumerated() {
            for other in all.dropFirst(place + 1) {
                func count(_ key: (Utterance) -> String?) -> Int {
                    names(corpus[one], key).intersection(names(corpus[other], key)).count
                }
                shared.append(
                    Shared(
                        splits: [one.rawValue, other.rawValue], texts: count(\.text), speakers: count(\.speaker),
                        sessions: count(\.session)))
            }
        }
        let test = shared.first { $0.splits == [Utterance.Split.train.rawValue, Utterance.Split.test.rawValue] }
        (sharedTexts, sharedSpeakers, sharedSessions) = (test?.texts ?? 0, test?.speakers ?? 0, test?.sessions ?? 0)
        shared.removeAll { $0.texts + $0.speakers + $0.sessions == 0 }
    }

    func show(json: Bool) throws {
        if json { return try Console.json(self) }
        var table = TextTable("split", "utterances", "texts", "speakers", "sessions")
        for split in Utterance.Split.allCases {
            guard let own = splits[split.rawValue] else { continue }
            table.add(split.rawValue, "\(own.utterances)", "\(own.texts)", "\(own.speakers)", "\(own.sessions)")
        }
        Console.result(table.text)
        if let simulatedEeg {
            Console.result("simulated EEG: that of \(Console.count(simulatedEeg, "utterance")) was computed from the sound")
        }
        for pair in shared {
            let counts = [(pair.texts, "text"), (pair.speakers, "speaker"), (pair.sessions, "session")].filter { $0.0 > 0 }
            Console.result(
                pair.splits.joined(separator: " and ") + " share "
                    + counts.map { Console.count($0.0, $0.1) }.joined(separator: ", "))
        }
    }
}
