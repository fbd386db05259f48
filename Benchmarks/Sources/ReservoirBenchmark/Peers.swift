import Foundation
import LinearAlgebra

/// The peers' generator: SplitMix64; upper 24 bits as numbers, upper 31 as integers.
enum Draw {
    private static func bits(_ seed: UInt64, _ index: Int) -> UInt64 {
        var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    static func uniform(_ seed: UInt64, _ rows: Int, _ columns: Int, _ low: Double, _ high: Double) -> Matrix<Double> {
        var result = Matrix<Double>(rows: rows, columns: columns)
        for place in result.values.indices {
            result.values[place] = low + (high - low) * (Double(bits(seed, place) >> 40) * 0x1p-24)
        }
        return result
    }

    static func integers(_ seed: UInt64, _ count: Int, below bound: UInt64) -> [Int] {
        (0..<count).map { Int((bits(seed, $0) >> 33) % bound) }
    }
}

/// Runs of the peers' scripts.
enum Peers {
    struct Line {
        var name: String
        var threads: Int
        var median_ms: Double
        var check: [Double]
        var foreign: Double
    }

    /// Shows which kernels the peers' BLAS libraries have chosen.
    static func printKernels() {
        let script = """
            import numpy, scipy.linalg
            from threadpoolctl import threadpool_info
            for library in threadpool_info():
                if library["user_api"] == "blas":
                    package = library["filepath"].split("/")[-2]
                    print(f"  {package}: {library['internal_api']} {library['version']}, kernels {library.get('architecture')}")
            """
        for python in interpreters {
            print("\(python):")
            print(String(decoding: output(python, ["-c", script]), as: UTF8.self), terminator: "")
        }
    }

    /// Runs a script on one thread and on two with each interpreter, and prints how its times compare with ours.
    /// - Parameter script: a file's name, or Python itself after "-c".
    /// - Returns: the times of each peer's better thread count and interpreter.
    static func compare(
        _ script: [String], bench: String, only: String, own_ms: Double, expected: [Double], tolerance: Double
    ) -> [String: Double] {
        var best: [String: Double] = [:]
        for python in interpreters {
            for threads in [1, 2] {
                for line in lines(python, script, bench, only, threads: threads) {
                    let same = zip(line.check, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0)) }
                    print(
                        String(
                            format: "  %@, %d thread%@: %.1f ms, %.2f times ours; foreign cores %.2f; ", line.name, threads,
                            threads == 1 ? "" : "s", line.median_ms, line.median_ms / own_ms, line.foreign)
                            + (same ? "same values" : "OTHER VALUES \(line.check), ours \(expected)"))
                    best[line.name] = min(best[line.name] ?? .infinity, line.median_ms)
                }
            }
        }
        return best
    }

    private static var interpreters: [String] {
        (ProcessInfo.processInfo.environment["PEER_PYTHON"] ?? "").split(separator: ":").map(String.init)
    }

    private static func lines(
        _ python: String, _ script: [String], _ bench: String, _ only: String, threads: Int
    ) -> [Line] {
        let data = output(python, script + ["--threads", "\(threads)", "--only", only])
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { text in
            guard let line = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
                line["bench"] as? String == bench, let time = line["median_ms"] as? Double
            else { return nil }
            let form = (line["params"] as? [String: Any])?["matrix"].map { " \($0)" } ?? ""
            return Line(
                name: "\(line["peer"] ?? "") \(line["version"] ?? "")\(form)", threads: threads, median_ms: time,
                check: (line["check"] as? [Any] ?? []).compactMap { $0 as? Double },
                foreign: line["foreign_cores"] as? Double ?? .nan)
        }
    }

    private static func output(_ python: String, _ arguments: [String]) -> Data {
        var environment = ProcessInfo.processInfo.environment
        environment["OPENBLAS_CORETYPE"] = nil
        environment["OPENBLAS_L2_SIZE"] = nil
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.currentDirectoryURL = URL(fileURLWithPath: environment["PEER_SCRIPTS"] ?? "../../shared/peers")
        process.arguments = arguments
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return Data() }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }
}

/// Median milliseconds of a work that is repeated for two seconds and three times at least.
func median(_ work: () throws -> Void) rethrows -> Double {
    try work()
    var all: [Double] = []
    let start = ContinuousClock.now
    repeat {
        let begin = ContinuousClock.now
        try work()
        all.append((ContinuousClock.now - begin) / .milliseconds(1))
    } while all.count < 3 || ContinuousClock.now - start < .seconds(2)
    return all.sorted()[all.count / 2]
}
