import Confidence
import Foundation
import Measuring

// Recalibration of n scores beside SciPy and NLopt in the same run: PEER_PYTHON names their interpreter, PEER_SCRIPTS the folder
// of calibration.py (../../shared/peers). Both make the same data; results are compared before times are.
// Example: PEER_PYTHON=python3 CalibrationBenchmark 868 10000 100000

/// The peers' generator: SplitMix64, upper 24 bits.
func uniform(_ seed: UInt64, _ count: Int, _ low: Double, _ high: Double) -> [Double] {
    (0..<count).map { index in
        var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return low + (high - low) * (Double(z >> 40) * 0x1p-24)
    }
}

func set(_ count: Int) throws -> ScoreSet {
    let scores = uniform(41, count, 0.05, 0.95)
    let truth = LogOddsMap(delta: 1.1, gamma: 1.3)
    return try ScoreSet(
        scores: scores, outcomes: zip(scores, uniform(42, count, 0, 1)).map { score, draw in draw < truth(score) })
}

/// Repeats work for a while.
/// - Returns: median and least milliseconds.
func times(_ budget: Double, _ work: () throws -> Void) rethrows -> (median: Double, least: Double) {
    try work()
    var all: [Double] = []
    let start = ContinuousClock.now
    repeat {
        all.append(try seconds(work).1 * 1e3)
    } while all.count < 5 || (ContinuousClock.now - start) / .seconds(1) < budget
    all.sort()
    return (all[all.count / 2], all[0])
}

let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
print("processor: \(processor())")
for count in counts.isEmpty ? [868, 10_000, 100_000] : counts {
    let set = try set(count)
    var (delta, gamma, deviation) = (0.0, 0.0, 0.0)
    // From the scores on: their log odds, the best map, the boldest map at 95 %.
    let bold = try times(1) {
        let found = try BoldnessRecalibration(set, level: 0.95)
        (delta, gamma, deviation) = (found.map.delta, found.map.gamma, found.standardDeviation)
    }
    let fit = try times(1) { _ = try LogOddsFit(set) }
    print("\nn = \(count)")
    print(String(format: "  Larmor: best map %.3f ms (least %.3f)", fit.median, fit.least))
    print(
        String(
            format: "  Larmor: boldness %.3f ms (least %.3f): delta %.6f, gamma %.6f, sd %.7f", bold.median, bold.least, delta,
            gamma,
            deviation))
    for line in try peers(count) {
        guard let time = line["median_ms"] as? Double, let check = line["check"] as? [Any], check.count >= 3 else {
            print("  \(line["peer"] ?? "?"): \(line["skipped"] ?? "no time")")
            continue
        }
        let values = check.map { $0 as? Double ?? .nan }
        let isBoldness = line["bench"] as? String == "calibration_boldness"
        let own = isBoldness ? bold.median : fit.median
        var verdict = ""
        if isBoldness {
            let isSame = abs(values[0] / delta - 1) < 1e-3 && abs(values[1] / gamma - 1) < 1e-3
            verdict = isSame ? "same map" : String(format: "ANOTHER MAP: %.5f, %.5f, sd %.6f", values[0], values[1], values[2])
        }
        print(
            "  \(line["bench"] ?? ""), \(line["peer"] ?? ""): "
                + String(
                    format: "%.1f ms, %.0f times ours; foreign cores %@ %@", time, time / own,
                    "\(line["foreign_cores"] ?? "–")", verdict))
    }
}

/// Lines of the peers' script for one number of rows of the synthetic data.
func peers(_ count: Int) throws -> [[String: Any]] {
    let environment = ProcessInfo.processInfo.environment
    guard let python = environment["PEER_PYTHON"], !python.isEmpty else {
        return [["peer": "peers", "skipped": "PEER_PYTHON is not set"]]
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.currentDirectoryURL = URL(fileURLWithPath: environment["PEER_SCRIPTS"] ?? "../../shared/peers")
    process.arguments = [
        "calibration.py", "--only", "\"data\": \"synthetic\", \"n\": \(count)" + (count == 10_000 ? "," : ""),
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
}
