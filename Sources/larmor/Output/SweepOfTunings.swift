import RigTuning
import TeamLearning

/// Prints a comparison of ways to tune.
struct SweepOfTunings {
    let isCoupled: Bool
    let isDrifting: Bool
    let settings: TuningSettings
    let runs: [TuningStudy.Run]

    private var arms: [TuningArmSummary] { TuningArmSummary.all(runs) }

    func show() {
        let arms = arms
        func text(_ interval: SeedInterval, _ factor: Double = 1, digits: Int = 3) -> [String] {
            [
                Console.number(factor * interval.mean, digits: digits),
                "\(Console.number(factor * interval.low, digits: digits)) … \(Console.number(factor * interval.high, digits: digits))",
            ]
        }
        Console.result(
            "six films, \(isCoupled ? "shared heat" : "no shared heat"), \(isDrifting ? "drift" : "no drift"): "
                + "\(Console.count(arms.first?.seeds ?? 0, "seed")), \(settings.windows) windows each")
        var table = TextTable(
            header: ["way", "NMSE", "95 % interval", "gain %", "95 % interval", "late gain", "improved", "credit SNR"])
        for arm in arms {
            table.add(
                row: [arm.arm] + text(arm.best) + text(arm.gain, 100, digits: 1)
                    + [
                        Console.number(arm.lateGain.mean, digits: 3), "\(arm.improved)/\(arm.seeds)",
                        arm.credit.map { Console.number($0.mean, digits: 3) } ?? "–",
                    ])
        }
        Console.result(table.text)
        guard let best = arms.min(by: { $0.best.mean < $1.best.mean }), arms.count > 1 else { return }
        Console.result("\nbest: \(best.arm). NMSE of the others less its own, seed by seed:")
        var differences = TextTable("way", "difference", "95 % interval", "")
        for arm in arms where arm.arm != best.arm {
            guard let interval = best.against[arm.arm] else { continue }
            differences.add(row: [arm.arm] + text(interval) + [interval.low > 0 ? "worse" : "not told apart"])
        }
        Console.result(differences.text)
    }

    private struct Mean: Encodable {
        var mean: Double
        var interval_95: IntervalEnds

        init(_ found: SeedInterval) { (mean, interval_95) = (found.mean, IntervalEnds(found.low...found.high)) }
    }

    private struct Arm: Encodable {
        var way: String
        var seeds: Int
        var nmse: Mean
        var gain: Mean
        var lateGain: Mean
        var improved: Int
        var against: [String: Mean]
    }

    private struct Result: Encodable {
        var coupling: Bool
        var drift: Bool
        var settings: TuningSettings
        var arms: [Arm]
        var runs: [TuningStudy.Run]
    }

    func json() throws {
        try Console.json(
            Result(
                coupling: isCoupled, drift: isDrifting, settings: settings,
                arms: arms.map {
                    Arm(
                        way: $0.arm, seeds: $0.seeds, nmse: Mean($0.best), gain: Mean($0.gain), lateGain: Mean($0.lateGain),
                        improved: $0.improved, against: $0.against.mapValues(Mean.init))
                },
                runs: runs))
    }
}
