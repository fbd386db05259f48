import Recognition

/// What `adapt` prints of one method.
struct AdaptReport: Encodable {
    struct Errors: Encodable {
        var wordErrorRate: Double
    }

    var method: String
    var subject: String
    /// Of labelled utterances that were learned from.
    var minutes: Double
    var utterances: Int
    /// On the speaker's test utterances; absent without any.
    var before: Errors?
    var after: Errors?
    /// Whether the error grew; absent without test utterances.
    var worse: Bool? { before.flatMap { before in after.map { $0.wordErrorRate > before.wordErrorRate } } }
    var trainableParameters: Int
    /// Of the frozen states.
    var cacheBytes: Int
    /// Most that the allocator had handed out above the moment before training; the cache is part of it.
    var peakBytes: Int
    var seconds: Double
    var cpuSeconds: Double
    var loss: Double
    /// Where the result stands, and its size; absent for a comparison.
    var file: String?
    var fileBytes: Int?
    /// Whether the backbone's weights have the SHA-256 that they had.
    var backboneUnchanged: Bool

    static func show(_ reports: [AdaptReport]) {
        guard let first = reports.first else { return }
        var table = TextTable("method", "error before", "after", "parameters", "peak memory", "cache", "seconds", "CPU s")
        for one in reports {
            table.add(
                one.method, one.before.map { Report.percent($0.wordErrorRate) } ?? "–",
                one.after.map { Report.percent($0.wordErrorRate) } ?? "–", String(one.trainableParameters),
                Console.bytes(one.peakBytes), Console.bytes(one.cacheBytes), Console.number(one.seconds, digits: 1),
                Console.number(one.cpuSeconds, digits: 1))
        }
        Console.result(
            "\(first.subject): \(Console.count(first.utterances, "utterance")), \(Console.number(first.minutes, digits: 2)) minutes"
        )
        Console.result(table.text)
        for one in reports {
            guard let file = one.file else { continue }
            let state = one.backboneUnchanged ? "the model's own weights are unchanged" : "the weights are new ones"
            Console.result("\(file): \(Console.bytes(one.fileBytes ?? 0)); \(state)")
            if one.worse == true {
                Console.result(
                    "It made things WORSE: word error rate \(Report.percent(one.before?.wordErrorRate ?? 0)) before, "
                        + "\(Report.percent(one.after?.wordErrorRate ?? 0)) after. Delete it, or adapt with more utterances.")
            }
        }
    }
}
