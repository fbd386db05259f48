import Foundation
import Logging
import Recognition
import Recording
import SignalFeatures
import Signals
import Simulators

/// Speaks once the devices have run for two seconds, says when it is over, and hears when each word was said.
final class SpeechStage {
    private let strip: SpokenStrip
    private let server: String
    private let run: LiveRun
    private var sound: HeardSound?
    private var player: SpeechPlayer?
    private var spokenFrom: HostTime?
    private let begin = Date()
    private var end: Date?

    /// Seconds that may be heard beyond the strip: before its first word and while the sound server stumbles.
    private static let more = 30.0

    init(_ strip: SpokenStrip, server: String, _ run: LiveRun) throws {
        self.strip = strip
        self.server = server
        self.run = run
        sound = run.heardStream.map { HeardSound($0, seconds: strip.seconds + Self.more) }
    }

    /// To be asked again and again; true two seconds after the last word.
    func isOver() -> Bool {
        listen()
        if player == nil {
            guard Date().timeIntervalSince(begin) > 2 else { return false }
            do {
                spokenFrom = .now()
                player = try SpeechPlayer(strip.samples, server: server)
            } catch {
                log.error("\(error)")
                return true
            }
        }
        guard player?.isPlaying != true else { return false }
        let now = Date()
        end = end ?? now
        return now.timeIntervalSince(end ?? now) > 2
    }

    func stop() { player?.stop() }

    /// The delays of the words in place of those from the spans that decisions name: here it is known what was said, and when.
    func addDelays(to report: inout RunReport) {
        listen()
        guard let sound, let spokenFrom, let rate = run.heardStream?.nominalRate else { return }
        let spoken = strip.times(in: sound, rate: Int(rate), playedFrom: spokenFrom)
        report.wordDelayMs = RunReport.WordDelay.ofSpoken(spoken, run.decidedWords)
        report.filmWordDelayMs = RunReport.WordDelay.ofSpoken(spoken, run.decidedFilmWords)
    }

    private func listen() { sound?.listen(to: run) }
}
