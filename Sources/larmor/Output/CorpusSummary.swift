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
        let (train, test) = (corpus[.train], corpus[.test])
        func shared(_ key: (Utterance) -> String?) -> Int { names(train, key).intersection(names(test, key)).count }
        (sharedTexts, sharedSpeakers, sharedSessions) = (shared(\.text), shared(\.speaker), shared(\.session))
    }

    func show(json: Bool) throws {
        if json { return try Console.json(self) }
        var table = TextTable("split", "utterances", "texts", "speakers", "sessions")
        for split in Utterance.Split.allCases {
            guard let own = splits[split.rawValue] else { continue }
            table.add(split.rawValue, "\(own.utterances)", "\(own.texts)", "\(own.speakers)", "\(own.sessions)")
        }
        Console.result(table.text)
        let shared = [(sharedTexts, "text"), (sharedSpeakers, "speaker"), (sharedSessions, "session")].filter { $0.0 > 0 }
        if !shared.isEmpty {
            Console.result(
                "training and test share " + shared.map { Console.count($0.0, $0.1) }.joined(separator: ", "))
        }
    }
}
