import Signals

/// The metrics in Prometheus' text format, version 0.0.4.
public struct PrometheusText {
    private var text = ""

    /// Upper edges of the histograms' buckets, in seconds.
    public static let edges = [
        0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5,
    ]

    static func text(_ server: PageServer) -> String {
        let (metrics, streams) = server.hub.metrics()
        var text = PrometheusText()
        text.add(
            "larmor_page_skipped_updates_total", "counter", "Updates that a slow page was not sent.",
            [([], "\(server.skippedUpdates)")])
        text.add(
            "larmor_page_processor_seconds_total", "counter", "Processor time of the page's thread.",
            [([], "\(server.processorSeconds)")])
        text.add(metrics, streams)
        return text.text
    }

    mutating func add(_ metrics: PageMetrics, _ streams: [(PageStream, PageHealth)]) {
        func each(_ value: (PageHealth) -> String?) -> [([(String, String)], String)] {
            streams.compactMap { stream, health in
                value(health).map { ([("device", stream.device), ("stream", stream.description.name)], $0) }
            }
        }
        add("larmor_frames_received_total", "counter", "Frames that arrived.", each { "\($0.received)" })
        add("larmor_frames_lost_total", "counter", "Frames that did not come or found no room.", each { "\($0.lost)" })
        add("larmor_device_up", "gauge", "1 while the stream's device is there.", each { $0.away ? "0" : "1" })
        add("larmor_clock_drift_ppm", "gauge", "Device clock against the host's.", each { $0.driftPpm.map { "\($0)" } })
        add("larmor_ring_fill_ratio", "gauge", "How full the fullest way from the device is.", each { "\($0.ringFill)" })
        add(
            "larmor_arrival_jitter_seconds", "gauge", "99th percentile of the arrivals' deviation.",
            each { $0.jitterMs.map { "\($0 / 1000)" } })
        add(
            "larmor_processor_seconds_total", "counter", "Processor time of the program.", [([], "\(metrics.processorSeconds)")]
        )
        add(metrics.latencies)
    }

    private mutating func add(_ latencies: [PageMetrics.Latency]) {
        guard !latencies.isEmpty else { return }
        head("larmor_latency_seconds", "histogram", "How long items and decisions took.")
        for latency in latencies {
            let labels = [("kind", latency.kind)] + (latency.stage.map { [("stage", $0)] } ?? [])
            for (edge, count) in zip(Self.edges.map { "\($0)" } + ["+Inf"], latency.counts) {
                line("larmor_latency_seconds_bucket", labels + [("le", edge)], "\(count)")
            }
            line("larmor_latency_seconds_sum", labels, "\(latency.sumMs / 1000)")
            line("larmor_latency_seconds_count", labels, "\(latency.count)")
        }
    }

    private mutating func add(_ name: String, _ type: String, _ help: String, _ values: [([(String, String)], String)]) {
        guard !values.isEmpty else { return }
        head(name, type, help)
        for (labels, value) in values { line(name, labels, value) }
    }

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
        let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        text += name + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
