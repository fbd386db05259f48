import Devices
import Foundation
import Pipeline
import Signals
import Simulators

/// Runs a rig until something says stop, and shows what it decides meanwhile.
struct RunLoop {
    let simulators: RigSimulators
    let run: LiveRun

    /// - Parameters:
    ///   - seconds: nil to run until Ctrl-C or until `isDone` says so.
    ///   - label: for the progress line.
    ///   - each: every decision.
    /// - Returns: the report.
    func untilDone(
        seconds: Double?, label: String, isDone: () -> Bool = { false }, each: (Decision) -> Void
    ) throws -> RunReport {
        run.start()
        var progress = ProgressLine(label)
        let begin = ContinuousClock.now
        var stopped = "done"
        while true {
            run.takeDecisions { decision in
                progress.done()
                each(decision)
            }
            showMessages { progress.done() }
            let elapsed = (ContinuousClock.now - begin) / .seconds(1)
            for device in simulators.tend() { Console.note("the simulator of \(device) has died") }
            progress.show(seconds.map { elapsed / $0 }, "\(Int(elapsed)) s")
            if StopRequest.isRequested {
                stopped = "stopped by Ctrl-C"
                break
            }
            // The recorder's error is thrown by the stop below, when everything else has been brought to an end.
            if run.recorderFailure != nil { break }
            if let seconds, elapsed >= seconds { break }
            if isDone() { break }
            usleep(10_000)
        }
        progress.done()
        var report: RunReport
        do {
            report = try run.stop(each)
        } catch {
            simulators.stop()
            throw error
        }
        simulators.stop()
        showMessages {}
        report.stopped = stopped
        return report
    }

    /// What boards have to say, and why a stream could not go on.
    private func showMessages(_ before: () -> Void) {
        run.takeMessages { device, message in
            before()
            let what = message.code.map { "reports error \($0)" } ?? "is lost"
            Console.note("\(device) \(what): \(message.text)")
        }
    }

    /// A decision as a line for people; nil for those that only machines want.
    static func text(_ decision: Decision) -> String? {
        switch decision.content {
        case .word(let text, _, let logProbability):
            "word    \(text)  (\(Console.number(exp(Double(logProbability)) * 100, digits: 0)) %)"
        case .filmWord(let text, _, _, let score, _): "film    \(text)  (score \(Console.number(Double(score), digits: 2)))"
        case .gap(let stream, let first, let count): "gap     \(stream): \(count) frames from \(first) are missing"
        case .device(let name, let event): "device  \(name): \(event.code.name) \(event.value)"
        case .eegAbsent(let first, let frames): "eeg     absent for \(frames) frames from \(first)"
        // It stands on the terminal already.
        case .marker(let stream, _, _, _) where stream == ConsoleSampleDecoder.prompts: nil
        case .marker(let stream, let texts, _, _): "marker  \(stream): \(texts.filter { !$0.isEmpty }.joined(separator: " "))"
        }
    }
}
