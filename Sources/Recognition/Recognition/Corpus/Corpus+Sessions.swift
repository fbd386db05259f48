import Foundation
import Outputs
import Sessions
import SignalFeatures
import Signals

extension Corpus {
    /// A corpus of sessions in which sentences were shown (`larmor record RIG --prompts`): an utterance from each prompt to the next, with the
    /// session's EEG. Where a session has sound, it is trimmed to the speech in it.
    /// - Parameters:
    ///   - folder: a session, or a folder of sessions.
    ///   - file: where the corpus will be written; paths are relative to its folder if the sessions are below it.
    ///   - keepsSound: whether the utterances have the session's sound, too; it then must have some.
    ///   - seconds: from each prompt on, at most; nil until the next one.
    ///   - leftOut: called with the name of each session of the folder that has no prompts, no EEG or cannot be read, and why.
    /// - Throws: ``CorpusError`` when there are no sessions; `CorpusError` or `SessionError` of the first one when none is left.
    public init(
        sessions folder: String, writtenTo file: String, seconds: Double? = nil, keepsSound: Bool = false,
        leftOut: (_ session: String, any Error) -> Void = { _, _ in }
    ) throws {
        let names = Self.sessions(in: folder)
        guard !names.isEmpty else {
            throw CorpusError(path: folder, reason: .noUtterances("sessions, recorded with `larmor record RIG --prompts`"))
        }
        let prefix = Self.way(from: OutputPlace.folder(above: file), to: folder)
        var utterances: [Utterance] = []
        var firstProblem: (any Error)?
        for name in names {
            let path = name.isEmpty ? folder : folder + "/" + name
            // Without the slash at its end.
            let place = name.isEmpty ? (prefix.isEmpty ? "." : String(prefix.dropLast())) : prefix + name
            let own = name.isEmpty ? URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent : name
            let subject = (try? SessionManifest(folder: path))?.subject
            let spans: [PromptSpans.Span]
            do {
                spans = try PromptSpans(session: path, seconds: seconds).spans
            } catch {
                firstProblem = firstProblem ?? error
                if names.count > 1 { leftOut(own, error) }
                continue
            }
            for span in spans {
                utterances.append(
                    Utterance(
                        audio: keepsSound ? place : "", text: Units.words(in: span.text).joined(separator: " "),
                        speaker: subject, session: own,
                        from_s: span.begin, to_s: span.end, eeg: place))
            }
        }
        guard !utterances.isEmpty else {
            if let firstProblem { throw firstProblem }
            throw CorpusError(path: folder, reason: .noUtterances("prompts that were followed by a tenth of a second of EEG"))
        }
        self.init(path: file, utterances: utterances)
    }

    /// Names of the sessions in a folder, sorted; one empty name where it is a session itself.
    public static func sessions(in folder: String) -> [String] {
        func isSession(_ path: String) -> Bool {
            FileManager.default.fileExists(atPath: path + "/" + SessionWriter.recordingName)
        }
        if isSession(folder) { return [""] }
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().filter {
            isSession(folder + "/" + $0)
        }
    }
}

/// What was to be said in a session, and from when to when, in seconds from the first sample of its EEG.
struct PromptSpans {
    struct Span: Equatable {
        var text: String
        var begin: Double
        var end: Double
    }

    private(set) var spans: [Span] = []

    /// The shortest utterance, seconds.
    private static let shortest = 0.1

    init(session folder: String, seconds: Double?) throws {
        let path = folder + "/" + SessionWriter.recordingName
        let recording = try XDFReader(session: folder)
        func expected(_ what: String) -> CorpusError { CorpusError(path: path, reason: .noUtterances(what)) }
        guard let eeg = recording.streams.first(where: { $0.type == StreamDescription.Kind.eeg.rawValue }),
            let zero = eeg.firstStamp, let last = eeg.lastStamp
        else { throw expected("a stream of EEG") }
        guard let prompts = recording.streams.first(where: { $0.name.hasSuffix(".prompts") && !$0.texts.isEmpty }) else {
            throw expected("prompts: record with `larmor record RIG --prompts`")
        }
        let sound = recording.streams.first { $0.type == StreamDescription.Kind.audio.rawValue && $0.samples > 0 }.map(
            Sound.init)
        for (place, stamp) in prompts.stamps.enumerated() where prompts.texts.indices.contains(place * prompts.channels) {
            let next = place + 1 < prompts.stamps.count ? prompts.stamps[place + 1] : last
            var (begin, end) = (stamp, min(next, last, seconds.map { stamp + $0 } ?? .infinity))
            if let (first, final) = sound?.speech(from: begin, to: end) { (begin, end) = (first, final) }
            begin = max(begin, zero)
            guard end - begin >= Self.shortest else { continue }
            spans.append(
                Span(
                    text: prompts.texts[place * prompts.channels], begin: Self.rounded(begin - zero),
                    end: Self.rounded(end - zero)))
        }
    }

    /// To a millisecond, so that lines can be read.
    private static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

    /// The first channel of a session's sound.
    private struct Sound {
        let values: [Float]
        let stamps: [Double]
        let rate: Double

        init(_ stream: XDFReader.Stream) {
            let all = stream.values.floats
            // Relative to full scale.
            var scale: Float = 1
            if case .int16 = stream.values { scale = 1 / 32_768 }
            values = stride(from: 0, to: all.count, by: stream.channels).map { all[$0] * scale }
            (stamps, rate) = (stream.stamps, max(1, stream.nominalRate))
        }

        /// The first sample that is not before a time; stamps rise.
        private func firstSample(from time: Double) -> Int {
            var (low, high) = (0, stamps.count)
            while low < high {
                let middle = (low + high) / 2
                if stamps[middle] < time { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// From a tenth of a second before the first speech to two tenths after the last; nil where there is none.
        func speech(from begin: Double, to end: Double) -> (Double, Double)? {
            let hop = max(1, Int(rate / 100))
            let first = firstSample(from: begin)
            var segmenter = SpeechSegmenter()
            var (began, ended): (Int?, Int?) = (nil, nil)
            var frame = 0
            while first + (frame + 1) * hop <= values.count, stamps[first + frame * hop] < end {
                let piece = values[first + frame * hop..<first + (frame + 1) * hop]
                switch segmenter.next(energy: piece.reduce(0) { $0 + $1 * $1 } / Float(hop)) {
                case .began(let place): (began, ended) = (began ?? place, nil)
                case .ended(let place): ended = place
                case nil: break
                }
                frame += 1
            }
            guard let began else { return nil }
            // Speech that goes on at the end has no end of its own.
            let last = ended ?? frame
            return (max(begin, begin + Double(began) / 100 - 0.1), min(end, begin + Double(last + 1) / 100 + 0.2))
        }
    }
}
