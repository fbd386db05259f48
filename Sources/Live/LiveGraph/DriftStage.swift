import Confidence
package import Signals

/// Watches whether a stage's calibrated confidences stay true, where cues tell what is said: a running posterior probability over the
/// last words. It tells when the posterior falls to an alarm, when it is back, and at the end.
package final class DriftStage: Stage {
    package let streams: [GraphPlan.Place] = []
    private let name: String?
    private var cues: CueScorer
    private var monitor: CalibrationMonitor
    private var last: CalibrationMonitor.Reading?
    /// Row of the reading that was told last.
    private var told: Int?

    package init(_ plan: GraphPlan.Drift) {
        name = plan.name
        cues = CueScorer(truth: plan.truth, stage: plan.name, isFilm: plan.isFilm)
        monitor = CalibrationMonitor(plan.settings)
    }

    package func take(_ decision: Decision) { cues.take(decision) }

    package func settle(now: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        watch(cues.judged(at: now), at: now, emit)
    }

    package func close(at time: HostTime, _ emit: (Decision) -> Void) {
        watch(cues.finish(), at: time, emit)
        if let last, told != last.row { tell(last, at: time, emit) }
    }

    private func watch(_ cues: [CueScorer.Scored], at time: HostTime, _ emit: (Decision) -> Void) {
        for cue in cues {
            // A word whose score is no number has no confidence.
            let events = cue.words.compactMap { word in word.confidence.map { (score: $0, isRight: word.isRight) } }
            guard let reading = monitor.take(events) else { continue }
            last = reading
            if reading.change != nil { tell(reading, at: time, emit) }
        }
    }

    private func tell(_ reading: CalibrationMonitor.Reading, at time: HostTime, _ emit: (Decision) -> Void) {
        told = reading.row
        emit(
            Decision(
                content: .calibration(
                    posterior: (reading.posterior * 1e6).rounded() / 1e6, words: reading.row, window: reading.rows,
                    isAlarm: reading.isAlarm),
                hostTime: time, stage: name))
    }
}
