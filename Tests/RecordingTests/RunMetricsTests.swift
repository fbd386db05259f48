import LiveGraph
import Recording
import Rigs
import Signals
import Testing

/// Times that a run measures beside its decisions.
@Suite struct RunMetricsTests {
    private let start = HostTime(seconds: 100)

    private func metrics() throws -> RunMetrics {
        let rig = try Rig(
            text: """
                name = "r"
                [[device]]
                name = "microphone"
                driver = "alsa"
                simulator = "microphone"
                [[recognizer]]
                name = "net"
                audio = "microphone.audio"
                """, file: "rig.toml")
        let stream = StreamDescription(
            name: "microphone.audio", kind: .audio, channels: [.init(label: "m", unit: .fullScale)], nominalRate: 1000,
            device: "d")
        return RunMetrics(rig, streams: [[stream]])
    }

    private func item(_ frames: Int, at time: HostTime, missing: UInt64 = 0) -> SampleRingItem {
        SampleRingItem(stream: 0, channels: 1, frames: frames, firstCounter: 0, missingBefore: missing, hostTime: time)
    }

    @Test func `times of items are told by quantiles and in buckets, as sorting tells them`() throws {
        let metrics = try metrics()
        // 0.1 … 100 ms, each once.
        let times = (1...1000).map { Double($0) * 1e-4 }
        for (index, seconds) in times.enumerated() {
            let arrival = start + Double(index) * 0.01
            metrics.took(item(10, at: arrival), device: 0, now: arrival + seconds, drift: 3)
        }
        let latency = try #require(metrics.latencies.first)
        #expect(metrics.latencies.count == 1 && latency.kind == "pipeline" && latency.stage == nil && latency.count == 1000)
        for (found, expected) in [(latency.p50, 50.0), (latency.p99, 99), (latency.p999, 99.9), (latency.max, 100)] {
            #expect(abs(found - expected) <= expected * 0.01, "\(found) for \(expected) ms")
        }
        #expect(abs(latency.meanMs - 50.05) < 0.1)
        let edges = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].map { $0 * 1e-3 }
        for (edge, count) in zip(edges, latency.counts) {
            let expected = times.count { $0 <= edge + 1e-9 }
            #expect(abs(Int(count) - expected) <= max(1, expected / 50), "\(count) of \(expected) up to \(edge) s")
        }
        #expect(latency.counts.count == 16 && latency.counts.last == 1000)
        #expect(metrics.arrivals[0].driftPpm == 3)
    }

    @Test func `jitter is how early or late blocks come, and a hole is none`() throws {
        let metrics = try metrics()
        var time = start
        for index in 0..<200 {
            // Every tenth block 4 ms late, the one after it 4 ms early.
            let late = index % 10 == 5 ? 0.004 : 0
            metrics.took(item(10, at: time + late), device: 0, now: time + late, drift: nil)
            time = time + 0.01
            if index == 100 {
                time = time + 5
                metrics.took(item(10, at: time, missing: 5000), device: 0, now: time, drift: nil)
                time = time + 0.01
            }
        }
        let jitter = try #require(metrics.arrivals[0].jitterMs)
        #expect(abs(jitter - 4) < 0.1, "\(jitter) ms")
        #expect(metrics.arrivals[0].driftPpm == nil)
    }

    @Test func `decisions are counted by their stage, first guesses are not, and nothing is lost quietly`() throws {
        let metrics = try metrics()
        var word = Decision(
            content: .word(text: "a", frame: 1, logProbability: -0.1), hostTime: start, stage: "net", spanEnd: start + -0.06)
        metrics.decided(word, now: start + 0.002)
        word.isPartial = true
        metrics.decided(word, now: start + 0.5)
        word.isPartial = false
        word.stage = "another"
        metrics.decided(word, now: start + 0.5)
        let found = metrics.latencies
        #expect(found.map(\.kind) == ["computing", "word_delay"] && found.allSatisfy { $0.stage == "net" && $0.count == 1 })
        #expect(abs(found[0].p50 - 2) < 0.05 && abs(found[1].p50 - 62) < 0.7)
        for _ in 0..<20_000 { metrics.took(item(10, at: start), device: 0, now: start, drift: nil) }
        #expect(metrics.lost > 0 && metrics.lost + 2 * (metrics.latencies.first?.count ?? 0) >= 40_000 - 1)
    }
}
