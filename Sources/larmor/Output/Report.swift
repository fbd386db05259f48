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
        if let refused = report.driveRefused, refused != RunReport.DriveRefusals() {
            Console.result("film drive     \(refused.frames) frames and \(refused.resets) resets found the film's queue full")
        }
        if let words = report.wordScore, let rate = report.wordErrorRate {
            Console.result("\nCTC network    word error rate \(percent(rate))  (\(counts(words)))")
        }
        if let words = report.readoutScore, let accuracy = report.readoutAccuracy {
            Console.result("film readout   accuracy \(percent(accuracy))  (\(counts(words)))")
        }
        if let latency = report.latencyMs { Console.result("latency        " + quantiles(latency, of: "words")) }
        if let latency = report.filmLatencyMs {
            Console.result("film latency   " + quantiles(latency, of: "film words"))
        }
        if let session = report.session { Console.result("session        \(session)") }
    }

    static func percent(_ fraction: Double) -> String { Console.number(fraction * 100, digits: 2) + " %" }

    private static func counts(_ score: RunReport.Score) -> String {
        "\(score.reference) words: \(score.substitutions) substituted, \(score.deletions) missed, "
            + "\(score.insertions) inserted"
    }

    static func quantiles(_ latency: RunReport.Latency, of what: String) -> String {
        let values = [("p50", latency.p50), ("p99", latency.p99), ("max", latency.max)]
            .map { "\($0.0) \(Console.number($0.1, digits: 2)) ms" }
        return values.joined(separator: ", ") + "  (\(latency.count) \(what))"
    }
}
