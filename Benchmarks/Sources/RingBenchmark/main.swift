// Larmor's rings against boost::lockfree::spsc_queue, in turns, in one run; every value is checked.
//
//     RingBenchmark [ROUNDS] [SCALE]        7 rounds, scale 1; a smaller scale is a quicker run
//
// One line of JSON for each work, with the best and the median round of each side: on a shared machine the best is the least disturbed.
import Foundation
import RingPeers
import Signals

let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 7 : 7
let scale = CommandLine.arguments.count > 2 ? Double(CommandLine.arguments[2]) ?? 1 : 1

func scaled(_ count: Int) -> Int { max(1000, Int(Double(count) * scale)) }

struct Series {
    var values: [Double] = []
    var best: Double { values.max() ?? 0 }
    var median: Double { values.sorted()[values.count / 2] }
}

func report(_ work: String, _ unit: String, ours: Series, peer: Series, highIsGood: Bool) {
    let best = { (series: Series) in highIsGood ? series.best : series.values.min() ?? 0 }
    let fields: [String: Any] = [
        "work": work, "unit": unit, "larmor_best": best(ours), "larmor_median": ours.median, "boost_best": best(peer),
        "boost_median": peer.median, "ratio_of_medians": ours.median / peer.median,
    ]
    guard let json = try? JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys]) else { return }
    print(String(decoding: json, as: UTF8.self))
}

/// Millions a second; a wrong sum ends the benchmark.
func rate(_ count: Int, _ seconds: Double) -> Double {
    precondition(seconds > 0, "a value was lost or changed")
    return Double(count) / seconds * 1e-6
}

for batch in [1, 256] {
    let count = scaled(batch == 1 ? 20_000_000 : 200_000_000)
    var (ours, peer) = (Series(), Series())
    for _ in 0..<rounds {
        ours.values.append(try rate(count, ringNumbers(count: count, capacity: 65_536, batch: batch)))
        peer.values.append(rate(count, peer_numbers(count, 65_536, batch)))
    }
    report("64-bit numbers, \(batch) at a time", "million/s", ours: ours, peer: peer, highIsGood: true)
}
for samples in [8, 256 * 32] {
    let count = scaled(samples == 8 ? 10_000_000 : 100_000)
    var (ours, peer) = (Series(), Series())
    for _ in 0..<rounds {
        ours.values.append(try rate(count * samples, ringBlocks(count: count, samples: samples, capacity: 1 << 18)))
        peer.values.append(rate(count * samples, peer_blocks(count, samples, 1 << 18)))
    }
    report("blocks of \(samples) samples with headers", "million samples/s", ours: ours, peer: peer, highIsGood: true)
}
let count = scaled(200_000)
var quantiles: [String: (Series, Series)] = [:]
var peerDelays = [Int64](repeating: 0, count: count)
for _ in 0..<rounds {
    let own = try ringDelays(count: count, interval_ns: 5000).sorted()
    peer_delays(count, 5000, &peerDelays)
    peerDelays.sort()
    for (name, part) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
        let place = min(count - 1, Int(Double(count) * part))
        quantiles[name, default: (Series(), Series())].0.values.append(Double(own[place]))
        quantiles[name, default: (Series(), Series())].1.values.append(Double(peerDelays[place]))
    }
}
for name in ["p50", "p99", "p99.9"] {
    guard let (ours, peer) = quantiles[name] else { continue }
    report("delay of a number every 5 µs, \(name)", "ns", ours: ours, peer: peer, highIsGood: false)
}
