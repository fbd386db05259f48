import LiveGraph
import Signals
import Transports

/// The words of a live recognition as a stream of the Lab Streaming Layer.
///
/// First guesses are left out. Channels: the word, who recognised it ("word" or "film_word", as in the event log), and how sure that was (log probability or
/// the readout's score). The stamp is the one of the sound that decided it.
final class WordOutlet {
    private let outlet: LSLOutlet

    /// - Throws: `TransportError` when liblsl is not installed.
    init(_ name: String) throws {
        let labels = ["word", "event", "score"]
        outlet = try LSLOutlet(
            StreamDescription(
                name: name, kind: .markers, channels: labels.map { .init(label: $0, unit: .unspecified) }, nominalRate: 0,
                device: "Larmor \(LarmorVersion.text)", isText: true), sourceID: "larmor-words-\(name)")
    }

    func push(_ decision: Decision) {
        switch decision.content {
        case .word(let text, _, let logProbability):
            outlet.push([text, "word", "\(logProbability)"], at: decision.hostTime)
        case .filmWord(let text, _, _, let score, _): outlet.push([text, "film_word", "\(score)"], at: decision.hostTime)
        default: break
        }
    }
}
