import Foundation
import Glibc
import Sessions

// Loads an XDF file as pyxdf does by default (clocks synchronised, stamps dejittered) and prints one JSON line with the
// same check as the peer's script: per stream name, samples, last stamp, sum of the values.
// Example: SessionsBenchmark load FILE.xdf

/// A line of /proc/self/status that counts kilobytes, in bytes: "VmHWM" is the peak of resident memory so far.
func memory(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return (Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? 0) * 1024
}

func load(_ path: String) throws {
    let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    let start = ContinuousClock.now
    let file = try XDFReader(path: path, options: .init(synchronisesClocks: true, dejitters: true))
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let data = file.streams.reduce(0) { $0 + $1.samples * (8 + $1.channels * $1.format.size) }
    let check: [[Any]] = file.streams.sorted { $0.name < $1.name }.map {
        [
            $0.name, $0.samples, (($0.stamps.last ?? 0) * 1e6).rounded() / 1e6,
            $0.format == .string ? 0 : ($0.values.sum * 10).rounded() / 10,
        ]
    }
    let line: [String: Any] = [
        "bench": "xdf_load", "peer": "larmor", "file_mb": (Double(size) / 1e5).rounded() / 10, "seconds": seconds,
        "rate": Double(size) / 1e6 / seconds, "unit": "MB/s", "check": check,
        "memory_over_data": Double(memory("VmHWM")) / Double(data), "peak_mb": memory("VmHWM") / 1_000_000,
        "anonymous_mb": memory("RssAnon") / 1_000_000, "mapped_mb": memory("RssFile") / 1_000_000,
        "problems": file.problems.count,
    ]
    print(String(decoding: try JSONSerialization.data(withJSONObject: line, options: [.sortedKeys]), as: UTF8.self))
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("load", 2...):
    for path in arguments.dropFirst() { try load(path) }
case ("write", 3): try Recordings.sustained(arguments[1], megabytes: Int(arguments[2]) ?? 2000)
case ("long", 3): try Recordings.long(arguments[1], hours: Double(arguments[2]) ?? 24)
case ("export", 4): try Recordings.export(arguments[1], .init(rawValue: arguments[2]) ?? .edf, arguments[3])
default:
    print(
        """
        usage: SessionsBenchmark load FILE.xdf …
               SessionsBenchmark write FOLDER MEGABYTES
               SessionsBenchmark long FOLDER HOURS
               SessionsBenchmark export FILE FORMAT FOLDER
        """)
    exit(64)
}
