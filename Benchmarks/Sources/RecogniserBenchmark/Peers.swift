import Foundation

/// The peers' generator: SplitMix64; upper 24 bits as numbers, upper 31 as integers.
enum Draw {
    private static func bits(_ seed: UInt64, _ index: Int) -> UInt64 {
        var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    static func uniform(_ seed: UInt64, _ count: Int, _ low: Double, _ high: Double) -> [Float] {
        (0..<count).map { Float(low + (high - low) * (Double(bits(seed, $0) >> 40) * 0x1p-24)) }
    }

    static func uniformDoubles(_ seed: UInt64, _ count: Int, _ low: Double, _ high: Double) -> [Double] {
        (0..<count).map { low + (high - low) * (Double(bits(seed, $0) >> 40) * 0x1p-24) }
    }

    static func integers(_ seed: UInt64, _ count: Int, _ low: Int, _ high: Int) -> [Int] {
        (0..<count).map { low + Int((bits(seed, $0) >> 33) % UInt64(high - low)) }
    }

    /// PyTorch's order: weight_ih, weight_hh, bias_ih, bias_hh.
    static func gru(inputs: Int, hidden: Int) -> [Float] {
        let k = 1 / Double(hidden).squareRoot()
        return [3 * hidden * inputs, 3 * hidden * hidden, 3 * hidden, 3 * hidden].enumerated().flatMap {
            uniform(11 + UInt64($0), $1, -k, k)
        }
    }
}

/// Median milliseconds of a work that is repeated for two seconds at least.
func median(_ work: () -> Void) -> Double {
    work()
    var all: [Double] = []
    let start = ContinuousClock.now
    repeat {
        let begin = ContinuousClock.now
        work()
        all.append((ContinuousClock.now - begin) / .milliseconds(1))
    } while all.count < 5 || ContinuousClock.now - start < .seconds(2)
    return all.sorted()[all.count / 2]
}

/// One line of a peer's script.
struct PeerLine {
    var name: String
    var threads: Int
    var median_ms: Double
    var check: [Double]
    var foreign: Double

    /// Runs a script on one thread and on two, and prints how its times compare with ours.
    /// - Parameters:
    ///   - bench: name of the rows that count.
    ///   - only: text that the rows' parameters contain.
    ///   - expected: our check values; those that the peer has are compared.
    static func compare(
        _ script: String, bench: String, only: String, own: Double, expected: [Double], tolerance: Double = 1e-5,
        threads: [Int] = [1, 2]
    ) {
        for count in threads {
            for line in lines(script, bench, only, threads: count) {
                let same = zip(line.check, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0)) }
                let values = line.check.isEmpty ? "" : same ? "same values" : "OTHER VALUES \(line.check)"
                print(
                    String(
                        format: "  %@, %d thread%@: %.3f ms, %.2f times ours; foreign cores %.2f; ", line.name, count,
                        count == 1 ? "" : "s", line.median_ms, line.median_ms / own, line.foreign) + values)
            }
        }
    }

    private static func lines(_ script: String, _ bench: String, _ only: String, threads: Int) -> [PeerLine] {
        let environment = ProcessInfo.processInfo.environment
        guard let python = environment["PEER_PYTHON"], !python.isEmpty else { return [] }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.currentDirectoryURL = URL(fileURLWithPath: environment["PEER_SCRIPTS"] ?? "../../shared/peers")
        process.arguments = [script, "--threads", "\(threads)", "--only", only]
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return [] }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { text in
            guard let line = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
                line["bench"] as? String == bench, let time = line["median_ms"] as? Double
            else { return nil }
            return PeerLine(
                name: "\(line["peer"] ?? "") \(line["version"] ?? "")"
                    + (line["params"].map { ($0 as? [String: Any])?["input"].map { " \($0)" } ?? "" } ?? ""),
                threads: threads, median_ms: time,
                check: (line["check"] as? [Any] ?? []).compactMap { $0 as? Double },
                foreign: line["foreign_cores"] as? Double ?? .nan)
        }
    }
}
