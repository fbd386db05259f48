import Foundation

/// What one reader made of one stream.
struct Reading {
    var packets = 0
    var lost = 0
    var isRight = true
    /// CPU seconds of the reading process from the start of the stream to its last packet.
    var cpu = 0.0
    /// From writing to the reader's stamp, in ms, sorted; empty without a pace.
    var delays: [Double] = []

    var cpuPerMillion: Double { cpu / Double(max(1, packets) * 8) * 1e6 }

    func delay(_ part: Double) -> Double? { delays.isEmpty ? nil : delays[Int(Double(delays.count - 1) * part)] }

    /// - Parameters:
    ///   - stamps: when each packet came, in nanoseconds of the monotonic clock.
    ///   - written: when each was written; empty without a pace.
    mutating func setDelays(_ stamps: [Int64], _ written: [Int64]) {
        guard stamps.count == written.count else { return }
        delays = zip(stamps, written).map { Double($0 - $1) * 1e-6 }.sorted()
    }

    func report(_ reader: String, _ mode: String) {
        var fields: [String: Any] = [
            "reader": reader, "mode": mode, "packets": packets, "lost": lost, "values_right": isRight,
            "cpu_s_per_million": cpuPerMillion,
        ]
        for (name, part) in [("delay_p50_ms", 0.5), ("delay_p99_ms", 0.99)] { fields[name] = delay(part) }
        Self.print(fields)
    }

    /// Medians over the rounds and their ratios.
    static func compare(_ own: [Reading], _ peer: [Reading], _ mode: String) {
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        let (ours, theirs) = (median(own.map(\.cpuPerMillion)), median(peer.map(\.cpuPerMillion)))
        var fields: [String: Any] = [
            "mode": mode, "larmor_cpu_s_per_million": ours, "brainflow_cpu_s_per_million": theirs, "cpu_ratio": ours / theirs,
        ]
        for (name, part) in [("p50", 0.5), ("p99", 0.99)] where own.allSatisfy({ !$0.delays.isEmpty }) {
            fields["larmor_delay_\(name)_ms"] = median(own.compactMap { $0.delay(part) })
            fields["brainflow_delay_\(name)_ms"] = median(peer.map { $0.delay(part) ?? 0 })
        }
        print(fields)
    }

    private static func print(_ fields: [String: Any]) {
        guard let json = try? JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys]) else { return }
        Swift.print(String(decoding: json, as: UTF8.self))
        fflush(nil)
    }
}
