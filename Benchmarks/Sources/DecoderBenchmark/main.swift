import Decoding
import Foundation
import Measuring

// Prefix beam search beside pyctcdecode and flashlight-text: beam 100 on their emissions, without and with the word 4-gram model.
// PEER_PYTHON names an interpreter with both, PEER_SCRIPTS the folder of beam_search.py (../../shared/peers), PEER_INPUTS a folder for
// the inputs that the script writes. Peers and own work take turns.
// Example: PEER_PYTHON=peers/bin/python PEER_SCRIPTS=peers PEER_INPUTS=inputs DecoderBenchmark

let environment = ProcessInfo.processInfo.environment
guard let scripts = environment["PEER_SCRIPTS"], let inputs = environment["PEER_INPUTS"] else {
    print("DecoderBenchmark: set PEER_SCRIPTS, PEER_INPUTS and PEER_PYTHON")
    exit(64)
}

/// Lines of the peers' script for one kind of emissions.
func peers(_ kind: String, seconds: String) -> [[String: Any]] {
    guard let python = environment["PEER_PYTHON"] else { return [] }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [
        scripts + "/beam_search.py", "--inputs", inputs, "--seconds", seconds, "--only", "\"\(kind)\"", "--threads", "1",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return [] }
    let printed = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return printed.split(separator: "\n").compactMap {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
}

print("processor: \(processor())")
var rows: [[String]] = []
let first = peers("peaky", seconds: "1")
let work = try DecoderWork(inputs: inputs)
for kind in ["peaky", "noisy"] {
    let own = try work.cases(kind)
    var best = [Double](repeating: 0, count: own.count)
    var rates: [String: (rate: Double, errors: String)] = [:]
    for turn in 0..<3 {
        for (place, work) in own.enumerated() { best[place] = max(best[place], work.rate()) }
        for line in kind == "peaky" && turn == 0 ? first : peers(kind, seconds: "1") {
            guard let peer = line["peer"] as? String, let rate = line["rate"] as? Double, let check = line["check"] as? [Double]
            else {
                continue
            }
            rates[peer] = (max(rate, rates[peer]?.rate ?? 0), "\(check[0])  \(check[1])")
        }
    }
    print("\n\(kind): frames/s, character and word error rate")
    for (work, rate) in zip(own, best) { print("  larmor \(work.name): \(Int(rate))  \(work.errors)") }
    for (peer, found) in rates.sorted(by: { $0.key < $1.key }) { print("  \(peer): \(Int(found.rate))  \(found.errors)") }
}

// Perplexity beside the model that the script makes of the same 20,000 sentences: absolute discounting against modified Kneser–Ney.
try PerplexityComparison(scripts: scripts, inputs: inputs, python: environment["PEER_PYTHON"])?.show()
