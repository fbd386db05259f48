public import Failures
import Foundation
import Sessions

/// The words that a session's event log tells, where the session also says what was said: by prompts, or by annotations that last.
///
/// What was said stands from one prompt to the next, or for as long as an annotation lasts; that is an utterance. A word belongs to the
/// utterance in which it was told. Words at other times are left out, and so are first guesses. Texts are compared without capitals and without
/// punctuation at the ends of words.
public struct SessionWords: Sendable {
    /// Where it stands what was said.
    public enum Labels: String, Sendable, CaseIterable { case prompts, annotations }

    /// A session without words that could be scored.
    public struct Problem: Failure, Equatable {
        public var session: String
        public var text: String
        public var kind: FailureKind { .badInput }
        public var description: String { "\(session): \(text)" }
    }

    public private(set) var words: [ScoredWord] = []
    /// Name of the folder in the session that keeps the model or the readout which told the words; nil where there is none.
    public let modelFolder: String?
    /// Words at times for which the session does not say what was said.
    public private(set) var unlabelled = 0

    private struct Line: Decodable {
        struct Evidence: Decodable {
            var posterior: Double?
            var margin: Double?
            var snr_dB: Double?
            var lost_frames: Int?
            var eeg_absent_frames: Int?
            var eeg_outliers: Double?
        }
        var event: String
        var time_s: Double?
        var stage: String?
        var text: String?
        var partial: Bool?
        var log_probability: Double?
        var margin: Double?
        var first_frame: UInt64?
        var last_frame: UInt64?
        var evidence: Evidence?
        var stream: String?
        var at_s: Double?
        var texts: [String]?
    }

    private struct Span {
        var name: String
        var said: [String]
        var range: Range<Double>
    }

    private static let greatestLog = 1 << 30
    /// What stages without a name are called.
    private static let kinds = ["word": "recognizer", "film_word": "readout"]

    /// Names of the stages that told final words in a session, nil for one without a name; in no order.
    /// - Parameter event: `word` of recognisers, or `film_word` of readouts.
    public static func stages(session: String, event: String) throws -> Set<String?> {
        let log = try SessionFile.contents("events.jsonl", in: session, limit: greatestLog) ?? []
        let decoder = JSONDecoder()
        return Set(
            log.split(separator: 0x0A).compactMap { try? decoder.decode(Line.self, from: Data($0)) }
                .filter { $0.event == event && $0.partial != true }.map(\.stage))
    }

    /// - Parameters:
    ///   - session: its folder.
    ///   - labels: where it stands what was said.
    ///   - stage: whose words are taken; nil for the only one that told any.
    /// - Throws: `SessionError`, or ``Problem`` when there are no words, no labels, or words of several stages.
    public init(session: String, labels: Labels = .prompts, stage: String? = nil) throws {
        _ = try SessionManifest(folder: session)
        let log = try SessionFile.contents("events.jsonl", in: session, limit: Self.greatestLog) ?? []
        let decoder = JSONDecoder()
        var lines: [Line] = []
        for line in log.split(separator: 0x0A) {
            // Lines that are cut are passed over: `sessions verify` tells them.
            guard let found = try? decoder.decode(Line.self, from: Data(line)) else { continue }
            guard ["word", "film_word", "marker"].contains(found.event) else { continue }
            lines.append(found)
        }
        var told = lines.filter { $0.event != "marker" && $0.partial != true }
        if let stage {
            let named = told.filter { $0.stage == stage }
            told = named.isEmpty ? told.filter { $0.stage == nil && Self.kinds[$0.event] == stage } : named
        }
        guard let first = told.first else {
            throw Problem(
                session: session,
                text: "its event log has no words" + (stage.map { " of a stage “\($0)”" } ?? "")
                    + "; record with a recogniser or a readout in the rig file")
        }
        let stages = Set(told.map { "\($0.event == "word" ? "recogniser" : "readout") \($0.stage ?? "without a name")" })
        guard stages.count == 1 else {
            let names = stages.sorted().joined(separator: ", ")
            throw Problem(
                session: session,
                text:
                    "words of several stages (\(names)); choose one with --stage NAME, one without a name with --stage recognizer or "
                    + "--stage readout")
        }
        modelFolder = (first.event == "word" ? "model" : "readout") + (first.stage.map { "-\($0)" } ?? "")
        let spans = labels == .prompts ? Self.prompts(lines) : Self.annotations(session)
        guard !spans.isEmpty else {
            throw Problem(
                session: session,
                text: labels == .prompts
                    ? "it does not say what was said: it has no prompts (`larmor record --prompts`); --labels annotations takes "
                        + "annotations that have a time and a duration"
                    : "it has no annotations with a time and a duration (`larmor sessions annotate --at --duration`)")
        }
        score(told, spans)
        guard !words.isEmpty else {
            throw Problem(
                session: session,
                text: "none of its \(unlabelled) words was told while its \(labels.rawValue) say what was said")
        }
    }

    private static func prompts(_ lines: [Line]) -> [Span] {
        let shown = lines.filter { $0.event == "marker" && $0.stream?.hasSuffix(".prompts") == true }
            .compactMap { line in (line.at_s ?? line.time_s).map { (time: $0, text: line.texts?.first ?? "") } }
            .filter { $0.time.isFinite }.sorted { $0.time < $1.time }
        return shown.indices.map { index in
            let end = index + 1 < shown.count ? shown[index + 1].time : .infinity
            return Span(
                name: "prompt \(index + 1)", said: Units.words(in: shown[index].text), range: shown[index].time..<end)
        }
    }

    private static func annotations(_ session: String) -> [Span] {
        SessionAnnotations(folder: session).annotations.enumerated().compactMap { index, note in
            guard let at = note.at, let duration = note.duration, at.isFinite, duration > 0, duration.isFinite else {
                return nil
            }
            return Span(name: "annotation \(index + 1)", said: Units.words(in: note.text), range: at..<at + duration)
        }
    }

    private mutating func score(_ told: [Line], _ spans: [Span]) {
        var places = [[Line]](repeating: [], count: spans.count)
        for line in told {
            guard let time = line.time_s, let span = spans.firstIndex(where: { $0.range.contains(time) }) else {
                unlabelled += 1
                continue
            }
            places[span].append(line)
        }
        for (span, lines) in zip(spans, places) {
            let read = lines.map { $0.text ?? "" }
            for (place, said) in ScoredWord.aligned(read.map(Self.plain), said: span.said.map(Self.plain)) {
                let line = lines[place]
                let length = line.first_frame.flatMap { first in line.last_frame.map { Double($0 &- first) / 100 } }
                // The same form on both sides: a row is right where they are equal.
                words.append(
                    ScoredWord(
                        utterance: span.name, word: Self.plain(read[place]), said: said,
                        from_s: length.map { (line.time_s ?? 0) - $0 },
                        to_s: line.time_s ?? 0, probability: Self.probability(line), evidence: Self.evidence(line)))
            }
        }
    }

    /// Of a readout's word its margin as log odds; scales of margins differ, and a fit finds them.
    private static func probability(_ line: Line) -> Double {
        if line.event == "word" { return exp(line.log_probability ?? -.infinity) }
        return 1 / (1 + exp(-(line.margin ?? 0) / readoutTemperature))
    }

    /// A readout's targets are 0 and 1. The live stage takes the same scale (`Decision.rawScore`).
    private static let readoutTemperature = 0.1

    private static func evidence(_ line: Line) -> WordEvidence? {
        guard let found = line.evidence, let posterior = found.posterior else { return nil }
        return WordEvidence(
            posterior: posterior, margin: found.margin ?? -.infinity, unitPosteriors: [],
            quality: StreamQuality(
                snr_dB: found.snr_dB, lostFrames: found.lost_frames ?? 0, eegAbsentFrames: found.eeg_absent_frames,
                eegOutliers: found.eeg_outliers))
    }

    private static func plain(_ word: String) -> String {
        let trimmed = word.trimmingCharacters(in: .punctuationCharacters)
        return (trimmed.isEmpty ? word : trimmed).lowercased()
    }
}
