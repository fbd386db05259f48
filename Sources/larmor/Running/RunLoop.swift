import Confidence
import Devices
import Foundation
import LiveGraph
import Logging
import Recording
import Rigs
import Signals
import Simulators

/// Runs a rig until something says stop, and shows what it decides meanwhile.
struct RunLoop {
    let simulators: RigSimulators
    let run: LiveRun
    /// Whether no other run needs the simulators.
    var endsSimulators = true
    /// Where the run is shown; nil where it is not.
    var page: LivePageRun?
    /// Whether to ask for real-time priority and locked memory.
    var realTime = false
    /// Draws a view of the run on the terminal in place of lines; nil for lines.
    var screen: TerminalView?
    /// Done before the devices are stopped.
    var beforeStop: () -> Void = {}

    /// - Parameters:
    ///   - seconds: nil to run until Ctrl-C or until `isDone` says so.
    ///   - label: for the progress line.
    ///   - show: a line for people.
    ///   - each: every decision.
    /// - Returns: the report, also of a run whose recorder failed.
    func untilDone(
        seconds: Double?, label: String, isDone: () -> Bool = { false }, show: (String) -> Void,
        each: (Decision) -> Void = { _ in }
    ) throws -> RunReport {
        var lines = EventLines()
        let begin = ContinuousClock.now
        var elapsed: Double { (ContinuousClock.now - begin) / .seconds(1) }
        var progress = ProgressLine(label)
        func tell(_ text: String) { if let screen { screen.take(text) } else { show(text) } }
        func take(_ decision: Decision) {
            each(decision)
            guard let text = Self.text(decision).flatMap({ lines.take($0, of: decision, at: elapsed) }) else { return }
            if screen == nil { progress.done() }
            tell(text)
        }
        func stop() -> RunReport {
            beforeStop()
            let report = run.stop(take)
            page?.end()
            if endsSimulators { simulators.stop() }
            for text in lines.rest() { tell(text) }
            screen?.end(run)
            return report
        }
        page?.begin(run)
        do { try run.start(realTime: realTime) } catch {
            _ = stop()
            throw error
        }
        if let rights = run.realTimeRights {
            log.log(level: rights.isPriorityGiven ? .notice : .warning, "\(rights.text)")
        }
        var stopped = "done"
        var nextLog = Self.logInterval
        while true {
            run.takeDecisions(take)
            run.metrics.collect()
            if elapsed >= nextLog {
                nextLog += Self.logInterval
                log.info("\(Self.line(run))")
            }
            for text in lines.due(at: elapsed) { tell(text) }
            for device in simulators.tend() { log.warning("the simulator of \(device) has died; it is started again") }
            showMessages { progress.done() }
            if let screen { screen.draw(run) } else { progress.show(seconds.map { elapsed / $0 }, "\(Int(elapsed)) s") }
            if StopRequest.isRequested {
                stopped = StopRequest.reason
                break
            }
            if run.recorderFailure != nil {
                stopped = "recording failed"
                break
            }
            if let seconds, elapsed >= seconds { break }
            if isDone() { break }
            usleep(10_000)
        }
        progress.done()
        var report = stop()
        if report.failure != nil { stopped = "recording failed" }
        showMessages {}
        report.stopped = stopped
        return report
    }

    /// Seconds between two lines of measurements in the log.
    private static let logInterval = 60.0

    /// What was measured so far, in a line.
    private static func line(_ run: LiveRun) -> String {
        let streams = run.streamStates.map { state in
            "\(state.description.name) \(state.received) frames, \(state.lost) lost, ring \(Console.number(100 * state.ringFill, digits: 0)) %"
        }
        let times = run.metrics.latencies.map { latency in
            "\(latency.kind)\(latency.stage.map { " of \($0)" } ?? "") p50 \(Console.number(latency.p50, digits: 1)) ms, p99 \(Console.number(latency.p99, digits: 1)) ms"
        }
        return "metrics: " + (streams + times).joined(separator: "; ")
            + "; processor \(Console.number(RunMetrics.processorSeconds, digits: 1)) s"
    }

    /// To be called when the report is out: what ended the recording early is the command's error.
    func checkRecorder() throws { if let failure = run.recorderFailure { throw failure } }

    /// What boards have to say, and why a stream could not go on.
    private func showMessages(_ before: () -> Void) {
        run.takeMessages { device, message in
            before()
            let what = message.code.map { "reports error \($0)" } ?? "is lost"
            log.warning("\(device) \(what): \(message.text)")
        }
    }

    private static func number(_ error: Double?) -> String { error.map { Console.number($0, significant: 3) } ?? "–" }

    /// A calibrated confidence, which stands without parentheses, and what to do: "92 %  act".
    private static func judged(_ decision: Decision) -> String? {
        decision.judgement.map { "\(Console.number($0.confidence * 100, digits: 0)) %  \($0.action.rawValue)" }
    }

    /// A decision as a line for people; nil for those that only machines want.
    static func text(_ decision: Decision) -> String? {
        switch decision.content {
        case .word(let text, _, let logProbability):
            "word    \(text)\(decision.isPartial ? " …" : "")  "
                + (judged(decision) ?? "(\(Console.number(exp(Double(logProbability)) * 100, digits: 0)) %)")
        case .filmWord(let text, _, _, let score, _):
            "film    \(text)\(decision.isPartial ? " …" : "")  "
                + (judged(decision) ?? "(score \(Console.number(Double(score), digits: 2)))")
        // Its words are shown while it is being said.
        case .utterance where decision.isPartial: nil
        case .utterance(let utterance): "said    \(utterance.text)"
        case .calibration(let posterior, let words, let window, let isAlarm):
            "drift   \(decision.stage.map { "\($0): " } ?? "")\(isAlarm ? "ALARM, " : "")P(calibrated) "
                + "\(Console.number(posterior, significant: 2)) over the last \(window) of \(Console.count(words, "word"))"
        case .gap(let stream, let first, let count): "gap     \(stream): \(count) frames from \(first) are missing"
        case .device(let name, let event): "device  \(name): \(event.code.name) \(event.value)"
        case .monitor(let stream, let channel, let measure, let value, let isAlarm):
            "monitor \(stream) \(channel): \(measure) \(value) \(isAlarm ? "is out of its range" : "is well again")"
        case .prediction(let target, _, let at, let value):
            "predict \(target): \(Console.number(value, significant: 4))"
                + (at.map { " in \(Console.number(1e3 * ($0 - decision.hostTime), digits: 0)) ms" } ?? "")
        case .predictionError(let target, let nrmse, let steps, let windowNRMSE, let windowSteps):
            "error   \(target): NRMSE \(number(windowNRMSE)) over \(Console.count(windowSteps, "step")), "
                + "\(number(nrmse)) over all \(steps)"
        case .lost(let count): "lost    \(count) decisions: this program was too slow for them"
        case .eegAbsent(let first, let frames): "eeg     absent for \(frames) frames from \(first)"
        case .line(let stream, let line, let isHigh, let counter, _):
            "line    \(stream) \(line): \(isHigh ? "high" : "low") from frame \(counter)"
        // It stands on the terminal already.
        case .marker(let stream, _, _, _) where stream == ConsoleSampleDecoder.prompts: nil
        case .marker(let stream, let texts, _, _): "marker  \(stream): \(texts.filter { !$0.isEmpty }.joined(separator: " "))"
        }
    }
}
