// Runs one target under libFuzzer:
//
//     Fuzzer list                        names of the targets
//     Fuzzer seeds TARGET FOLDER         writes the target's own first inputs
//     Fuzzer TARGET [libFuzzer's arguments]
//     FUZZ_TARGET=TARGET Fuzzer -merge=1 …   when libFuzzer starts this program again, which gives it its own arguments only
//
// A finding stops the process; libFuzzer then writes the input that led to it.
import CLibFuzzer
import FuzzTargets
import Glibc

/// The target that this process fuzzes; set once, before libFuzzer calls.
nonisolated(unsafe) var chosen = FuzzTarget.canary

let arguments = CommandLine.arguments
let names = FuzzTarget.all.map(\.name) + [FuzzTarget.canary.name]
guard arguments.count > 1 else {
    print("usage: Fuzzer list | seeds TARGET FOLDER | TARGET [libFuzzer's arguments]; targets: \(names.joined(separator: " "))")
    exit(64)
}

func target(_ name: String) -> FuzzTarget {
    if let found = (FuzzTarget.all + [.canary]).first(where: { $0.name == name }) { return found }
    print("there is no target “\(name)”; there are \(names.joined(separator: ", "))")
    exit(64)
}

switch arguments[1] {
case "list":
    for target in FuzzTarget.all { print(target.name) }
case "seeds" where arguments.count == 4:
    for (number, seed) in target(arguments[2]).seeds().enumerated() {
        guard let file = fopen("\(arguments[3])/seed-\(number)", "w") else { exit(73) }
        fwrite(seed, 1, seed.count, file)
        fclose(file)
    }
default:
    let isNamed = !arguments[1].hasPrefix("-")
    chosen = target(isNamed ? arguments[1] : getenv("FUZZ_TARGET").map { String(cString: $0) } ?? "")
    // libFuzzer takes the program's name and its own arguments.
    let kept = [arguments[0]] + arguments.dropFirst(isNamed ? 2 : 1)
    var count = Int32(kept.count)
    let texts = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: kept.count + 1)
    for (index, text) in kept.enumerated() { texts.initializeElement(at: index, to: strdup(text)) }
    texts.initializeElement(at: kept.count, to: nil)
    var list = texts.baseAddress
    exit(
        LLVMFuzzerRunDriver(&count, &list) { data, size in
            do throws(FuzzFinding) {
                try chosen.check(UnsafeRawBufferPointer(start: data, count: size))
            } catch {
                fatalError("\(chosen.name): \(error)")
            }
            return 0
        })
}
