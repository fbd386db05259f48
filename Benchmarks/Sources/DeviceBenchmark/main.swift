// CPU time and delay of the Cyton driver on a pseudo-terminal, Larmor's and BrainFlow's in turns on the same stream in one run:
// channel c of packet k carries the count ((8 k + c) · 1000) mod 2²³.
//
//     DeviceBenchmark [paced SECONDS | flood PACKETS | both] [ROUNDS]
//
// A second process of this program serves the packets. PEER_PYTHON names a Python with BrainFlow; without it only Larmor's driver
// runs. One line of JSON per run: CPU seconds of the reading process per million samples, delay from writing to the stamp in
// ms, and whether every value was right; then one line per mode with the ratios of the medians.
import Foundation

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "serve" {
    serve(rate: Int(arguments[2]) ?? 0, count: Int(arguments[3]) ?? 0)
    exit(0)
}
let mode = arguments.count > 1 ? arguments[1] : "both"
let size = arguments.count > 2 ? Int(arguments[2]) : nil
let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
let python = ProcessInfo.processInfo.environment["PEER_PYTHON"]

for (name, rate, count) in [("paced", 250, 250 * (size ?? 20)), ("flood", 0, size ?? 200_000)]
where mode == name || mode == "both" {
    var results: [String: [Reading]] = [:]
    for _ in 0..<rounds {
        results["larmor", default: []].append(try readWithLarmor(rate: rate, count: count))
        if let python { results["brainflow", default: []].append(try readWithBrainFlow(python, rate: rate, count: count)) }
        for reader in ["larmor", "brainflow"] { results[reader]?.last?.report(reader, name) }
    }
    if let own = results["larmor"], let peer = results["brainflow"] { Reading.compare(own, peer, name) }
}
