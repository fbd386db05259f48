// Measures what inputs of a target take:
//
//     FuzzStand memory TARGET FOLDER   every seed, every file of the folder, and inputs that promise or hold as much as they can
//     FuzzStand seeds TARGET FOLDER    writes the target's own first inputs
//
// It prints one line of JSON: inputs, the most bytes of memory that one took beyond what was there before, which one, and a finding.
import Foundation
import FuzzTargets

let arguments = CommandLine.arguments
guard arguments.count == 4, let target = FuzzTarget.all.first(where: { $0.name == arguments[2] }) else {
    print("usage: FuzzStand memory | seeds TARGET FOLDER; targets: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
    exit(64)
}
let folder = arguments[3]

if arguments[1] == "seeds" {
    for (number, seed) in target.seeds().enumerated() {
        try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
    }
    exit(0)
}

/// Bytes by the name of a line in /proc/self/status.
func status(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
}

/// The peak begins anew. What was freed is no longer there: the environment (MALLOC_TRIM_THRESHOLD_) makes the allocator give it back.
func forgetPeak() -> Bool {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return false }
    defer { fclose(file) }
    return fputs("5", file) >= 0 && fflush(file) == 0
}

var inputs: [(name: String, bytes: [UInt8])] = target.seeds().enumerated().map { ("seed \($0)", $1) }
// What is loaded once, whatever the input is, is there before.
for (_, bytes) in inputs { _ = target.finding(bytes) }
for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() {
    inputs.append((name, [UInt8](FileManager.default.contents(atPath: folder + "/" + name) ?? Data())))
}
inputs += target.greedy().enumerated().map { ("greedy \($0)", $1) }

struct Result: Encodable {
    var inputs: Int
    /// Bytes.
    var most = 0
    var of = ""
    var finding: String?
    /// Seconds of the slowest.
    var slowest = 0.0
    var slowestOf = ""
}

guard forgetPeak() else {
    print("{\"unsupported\":true}")
    exit(0)
}
var result = Result(inputs: inputs.count)
for (name, bytes) in inputs {
    _ = forgetPeak()
    let before = status("VmRSS")
    let begin = Date()
    if let finding = target.finding(bytes), result.finding == nil { result.finding = "\(name): \(finding)" }
    let seconds = Date().timeIntervalSince(begin)
    let taken = status("VmHWM") - before
    if taken > result.most { (result.most, result.of) = (taken, name) }
    if seconds > result.slowest { (result.slowest, result.slowestOf) = (seconds, name) }
}
let encoder = JSONEncoder()
encoder.outputFormatting = [.sortedKeys]
print(String(decoding: try encoder.encode(result), as: UTF8.self))
