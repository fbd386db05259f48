import Foundation

/// Repeats work for a while and gives the best time of one piece: on a shared machine the others only ever add.
public func bestSeconds(budget: Double, _ work: () -> Void) -> Double {
    work()
    var best = Double.infinity
    let start = ContinuousClock.now
    repeat {
        let begin = ContinuousClock.now
        work()
        best = min(best, (ContinuousClock.now - begin) / .seconds(1))
    } while (ContinuousClock.now - start) / .seconds(1) < budget
    return best
}

public func seconds<Value>(_ work: () throws -> Value) rethrows -> (Value, Double) {
    let begin = ContinuousClock.now
    let value = try work()
    return (value, (ContinuousClock.now - begin) / .seconds(1))
}

/// FNV-1a of the bits, so that a run shows whether it still computes the same.
public func hash(_ values: [Float]) -> String {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for value in values {
        for shift in stride(from: 0, to: 32, by: 8) {
            state = (state ^ UInt64((value.bitPattern >> shift) & 0xFF)) &* 0x100_0000_01B3
        }
    }
    return String(state, radix: 16)
}

public func scientific(_ value: Double) -> String { String(format: "%.2e", value) }

public func print(row: [String], widths: [Int]) {
    print(zip(row, widths).map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }.joined(separator: "  "))
}

/// The processor's name, from the kernel.
public func processor() -> String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
}
