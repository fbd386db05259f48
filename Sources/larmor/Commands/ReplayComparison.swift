import ArgumentParser
import Sessions

/// `larmor replay --compare A B`.
struct ReplayComparison {
    let json: Bool

    private struct Result: Encodable {
        var equal: Bool
        /// Equal lines of the event logs, and equal samples, before the first difference.
        var lines: Int
        var samples: Int
        var difference: SessionDifference?
    }

    func run(_ a: String, _ b: String, _ ignoresStamps: Bool) throws {
        let found = try SessionComparison(a, b, ignoresStamps: ignoresStamps)
        if json {
            try Console.json(
                Result(equal: found.equal, lines: found.lines, samples: found.samples, difference: found.difference))
        } else if let difference = found.difference {
            Console.result("different   \(difference)")
        } else {
            Console.result(
                "equal       \(Console.count(found.lines, "line")) of the event logs, \(Console.count(found.samples, "sample"))"
            )
        }
        if !found.equal { throw ExitCode(1) }
    }
}
