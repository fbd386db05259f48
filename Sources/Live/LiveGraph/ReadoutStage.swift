import Confidence
import Recognition
import Reservoirs
package import Signals

/// Names the words of stretches of speech by what a film, or an array of films, answers to them.
package final class ReadoutStage: Stage {
    package let audio: GraphPlan.Place?
    package let streams: [GraphPlan.Place]
    private let name: String?
    private let labels: [String]
    private let alternatives: Int
    private let tellsEvidence: Bool
    private let certified: CertifiedConfidence?
    /// Names of the films' streams.
    private let streamNames: [String]
    private var listener: FilmListener
    private var grid: AudioGrid?

    /// - Parameter sinks: where each film's drive goes, in the order of the plan's films; none in a replay.
    package init(_ plan: GraphPlan.Readout, devices: [GraphPlan.Device], sinks: [any DriveSink]) {
        (audio, streams, name) = (plan.audio, plan.films, plan.name)
        labels = plan.readout.card.labels
        (alternatives, tellsEvidence, certified) = (plan.alternatives, plan.tellsEvidence, plan.certified)
        streamNames = plan.films.map { devices[$0.device].streams[$0.stream].name }
        listener = FilmListener(
            plan.readout, nodes: plan.films.map { devices[$0.device].streams[$0.stream].channelCount },
            sinks: sinks, guessEvery: plan.tellsPartial ? Self.guessEvery : nil)
    }

    /// Frames: a fifth of a second.
    private static let guessEvery = 20

    deinit { listener.deallocate() }

    /// Drive frames that one of the films never answered.
    package func unansweredFrames(_ place: GraphPlan.Place) -> UInt64 {
        streams.firstIndex(of: place).map { listener.unanswered[$0] } ?? 0
    }

    package func take(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, from place: GraphPlan.Place, _ clocks: StreamClocksView
    ) {
        guard let film = streams.firstIndex(of: place) else { return }
        listener.takeStates(header, values, film: film)
    }

    package func take(_ frame: AudioFrame, _ clocks: StreamClocksView) {
        grid = frame.grid
        listener.take(number: frame.number, features: frame.features, energy: frame.energy, at: frame.time)
    }

    package func audioInterrupted(at time: HostTime) { listener.audioInterrupted(at: time) }

    package func take(_ event: DeviceEvent, device: Int, at time: HostTime, _ emit: (Decision) -> Void) {
        guard event.code == .lost || event.code == .reconnected,
            let film = streams.firstIndex(where: { $0.device == device })
        else { return }
        abandon(film: film, at: time, emit)
    }

    package func settle(now: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        listener.drain(
            now: now,
            named: { naming in emit(decision(naming, at: now, clocks)) },
            abandoned: { first, count in gap(first, count, film: 0, at: now, emit) })
    }

    private func decision(_ naming: FilmListener.Naming, at time: HostTime, _ clocks: StreamClocksView) -> Decision {
        let (scores, ranking) = (naming.scores, FilmReadout.ranking(naming.scores))
        let second = ranking.count > 1 ? ranking[1] : ranking[0]
        var decision = Decision(
            content: .filmWord(
                text: labels[ranking[0]], firstFrame: naming.first, lastFrame: naming.last, score: scores[ranking[0]],
                margin: scores[ranking[0]] - scores[second]),
            hostTime: time, stage: name,
            spanEnd: grid.flatMap { grid in
                audio.flatMap { clocks.clock(of: $0)?.host(at: grid.last(ofFrame: naming.last)) }
            })
        decision.alternatives = ranking.dropFirst().prefix(alternatives).map { .init(text: labels[$0], score: scores[$0]) }
        decision.isPartial = naming.isPartial
        if tellsEvidence, !naming.isPartial {
            let posterior = FilmReadout.posteriors(scores)[ranking[0]]
            decision.evidence = WordEvidence(
                posterior: posterior, margin: Double(scores[ranking[0]] - scores[second]), unitPosteriors: [posterior],
                quality: nil)
        }
        return decision.judged(by: certified)
    }

    package func finish(at time: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        listener.audioInterrupted(at: time)
        settle(now: time, clocks, emit)
    }

    package func close(at time: HostTime, _ emit: (Decision) -> Void) { abandon(film: 0, at: time, emit) }

    private func abandon(film: Int, at time: HostTime, _ emit: (Decision) -> Void) {
        listener.filmLost { first, count in if count > 0 { gap(first, count, film: film, at: time, emit) } }
    }

    private func gap(_ first: UInt64, _ count: UInt64, film: Int, at time: HostTime, _ emit: (Decision) -> Void) {
        emit(Decision(content: .gap(stream: streamNames[film], first: first, count: count), hostTime: time, stage: name))
    }
}
