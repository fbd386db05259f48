import LiveGraph
import Recording

/// Prints a run's report as tables.
enum Report {
    static func show(_ report: RunReport) {
        var streams = TextTable("stream", "back-end", "received", "lost", "open hole", "drift ppm", "reconnected")
        for stream in report.streams {
            streams.add(
                stream.name, stream.backend, "\(stream.received)", "\(stream.lost)", "\(stream.openHole)",
                stream.driftPpm.map { Console.number($0, digits: 1) } ?? "–", "\(stream.reconnections)")
        }
        Console.result(streams.text)
        for device in report.devices {
            if let failure = device.failure { Console.result("away           \(device.name): \(failure)") }
            if device.eventsLost > 0 { Console.result("events lost    \(device.eventsLost) of \(device.name)") }
        }
        if report.eventsLost > 0 { Console.result("events lost    \(report.eventsLost): their reader was too slow") }
        if let refused = report.driveRefused, refused != DriveRefusals() {
            if refused.frames + refused.resets > 0 {
                Console.result(
                    "film drive     \(Console.count(refused.frames, "frame")) and \(Console.count(refused.resets, "reset")) found the film's queue full"
                )
            }
            if refused.limited > 0 {
                Console.result(
                    "film drive     \(Console.count(refused.limited, "frame")) brought within the limits of the rig file")
            }
        }
        for stage in report.stageScores ?? [] {
            Console.result(
                "stage          \(stage.stage): word error rate \(percent(stage.errorRate))  (\(counts(stage.score)))")
        }
        if let words = report.wordScore, let rate = report.wordErrorRate {
            Console.result("\nCTC network    word error rate \(percent(rate))  (\(counts(words)))")
        }
        if let words = report.readoutScore, let accuracy = report.readoutAccuracy {
            Console.result("film readout   accuracy \(percent(accuracy))  (\(counts(words)))")
        }
        for stage in report.predictions ?? [] { Console.result(text(stage)) }
        for stage in report.actions ?? [] { Console.result(text(stage)) }
        showTimes(report)
        if let session = report.session { Console.result("session        \(session)") }
    }

    static func percent(_ fraction: Double) -> String { Console.number(fraction * 100, digits: 2) + " %" }

    private static func text(_ stage: PredictionSummary) -> String {
        func number(_ error: Double?) -> String { error.map { Console.number($0, significant: 3) } ?? "–" }
        return "prediction     \(stage.stage.map { "\($0), " } ?? "")\(stage.target): NRMSE \(number(stage.nrmse)) over "
            + "\(Console.count(stage.compared, "step")), \(number(stage.windowNrmse)) in the last window, "
            + "begun \(Console.count(stage.restarts, "time"))"
            + (stage.lostSteps > 0 ? ", \(Console.count(stage.lostSteps, "step")) lost" : "")
    }

    private static func text(_ stage: RunReport.StageActions) -> String {
        let name = stage.stage ?? (stage.event == "word" ? "CTC network" : "film readout")
        return "actions        \(name): \(stage.act) to act on, \(stage.confirm) to confirm, \(stage.ignore) to ignore"
            + (stage.promisedFalseRate.map { "; \(percent($0)) false actions promised" } ?? "")
            + (stage.posterior.map {
                "; P(calibrated) \(Console.number($0, significant: 2))\(stage.alarm == true ? ", ALARM" : "")"
            } ?? "")
    }

    private static func counts(_ score: RunReport.Score) -> String {
        "\(Console.count(score.reference, "word")): \(score.substitutions) substituted, \(score.deletions) missed, "
            + "\(score.insertions) inserted"
    }

    /// What the program takes, and what somebody who speaks waits for.
    private static func showTimes(_ report: RunReport) {
        func line(_ name: String, _ p50: Double, _ p99: Double, _ max: Double, _ count: Int, of what: String = "word") {
            let values = [("p50", p50), ("p99", p99), ("max", max)].map { "\($0.0) \(Console.number($0.1, digits: 2)) ms" }
            Console.result(name + values.joined(separator: ", ") + "  (\(Console.count(count, what)))")
        }
        if let time = report.computingMs { line("computing      ", time.p50, time.p99, time.max, time.count) }
        if let time = report.filmComputingMs { line("film computing ", time.p50, time.p99, time.max, time.count) }
        if report.computingMs != nil || report.filmComputingMs != nil {
            Console.result("               from the arrival of the last bytes that a word needs to its decision")
        }
        if let delay = report.wordDelayMs { line("word delay     ", delay.p50, delay.p99, delay.max, delay.count) }
        if let delay = report.filmWordDelayMs { line("film delay     ", delay.p50, delay.p99, delay.max, delay.count) }
        for line in delaysInWords(report) { Console.result("               " + line) }
        if let time = report.firstWordMs {
            line("first word     ", time.p50, time.p99, time.max, time.count, of: "utterance")
            Console.result("               from the end of an utterance's first word to where the text so far began with it")
        }
    }

    private static func delaysInWords(_ report: RunReport) -> [String] {
        let ends = [report.wordDelayMs?.from, report.filmWordDelayMs?.from]
        if ends.contains(.spokenEnd) { return ["from the end of the spoken word to its decision"] }
        var lines: [String] = []
        if ends[0] == .namedSpanEnd {
            lines.append("from the end of the 25 ms in which the network named the word: what was said is not known")
        }
        if ends[1] == .namedSpanEnd {
            lines.append("film: from the end of the stretch of speech that the decision names")
        }
        return lines
    }
}
