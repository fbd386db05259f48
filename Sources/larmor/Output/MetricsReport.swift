import Foundation
import Reservoirs

/// What `reservoir metrics` prints.
struct MetricsReport: Encodable {
    struct Capacity: Encodable {
        var linear: Double
        var nonlinear: Double
        var total: Double
        var byDegree: [Double]
        /// Independent directions of the states.
        var bound: Int
        var functions: Int
        var threshold: Double
    }

    /// A value that is there as null where it is not known: programs ask for its key.
    struct OrNull<Value: Encodable>: Encodable {
        var value: Value?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if let value { try container.encode(value) } else { try container.encodeNil() }
        }
    }

    var reservoir: String
    var nodes: Int
    var steps: Int
    var kernelRank: Int
    var kernelRankByThreshold: Int
    var generalisationRank: OrNull<Int>
    var generalisationRankByThreshold: OrNull<Int>
    var memoryCapacity: Double
    var memoryByDelay: [Double]
    var memoryThreshold: Double
    var informationCapacity: OrNull<Capacity>
    var echoState: OrNull<Bool>
    var echoRate: Double?
    var echoSteps: Int?
    var lyapunovExponent: Double?
    var separation: Double?
    var noiseError: Double?
    var inputSnrDb: Double?
    var drift: Double?
    /// Of a rig's device.
    var device: TaskDeviceReport?
    /// What the numbers are not fit for.
    var warnings: [String]

    init(_ reservoir: String, _ metrics: ReservoirMetrics, device: TaskDeviceReport? = nil, warnings: [String]) {
        (self.reservoir, self.warnings, self.device) = (reservoir, warnings, device)
        (nodes, steps) = (metrics.nodes, metrics.steps)
        (kernelRank, kernelRankByThreshold) = (metrics.kernelRank, metrics.kernelRankByThreshold)
        let dynamics = metrics.dynamics
        generalisationRank = OrNull(value: dynamics?.generalisationRank)
        generalisationRankByThreshold = OrNull(value: dynamics?.generalisationRankByThreshold)
        memoryCapacity = metrics.memory.total
        let longest = metrics.memory.capacities.lastIndex { $0 > 0 } ?? -1
        memoryByDelay = Array(metrics.memory.capacities[...longest])
        memoryThreshold = metrics.memory.threshold
        informationCapacity = OrNull(
            value: metrics.information.map {
                Capacity(
                    linear: $0.linear, nonlinear: $0.nonlinear, total: $0.total, byDegree: $0.byDegree, bound: $0.bound,
                    functions: $0.functions, threshold: $0.threshold)
            })
        echoState = OrNull(value: dynamics?.echo.isEcho)
        (echoRate, echoSteps) = (dynamics?.echo.rate, dynamics?.echo.steps)
        lyapunovExponent = dynamics?.lyapunov.value
        separation = dynamics?.separation.value
        (noiseError, inputSnrDb) = (dynamics?.noise.error, dynamics?.noise.inputSNR_dB)
        drift = dynamics?.drift.value
    }

    func show() {
        Console.result("\(reservoir): \(Console.count(nodes, "node")), \(Console.count(steps, "step"))\n")
        var table = TextTable("metric", "value", "meaning")
        table.add(
            "kernel rank", "\(kernelRank)",
            "directions with 99 % of the singular values, of \(nodes + 1); by threshold \(kernelRankByThreshold)")
        if let rank = generalisationRank.value {
            let other = generalisationRankByThreshold.value ?? 0
            table.add("generalisation rank", "\(rank)", "the same for small inputs: less is better; by threshold \(other)")
        }
        table.add(
            "memory capacity", number(memoryCapacity),
            "inputs that can be told later, of the last \(memoryByDelay.count); each above \(number(memoryThreshold)) counts")
        if let capacity = informationCapacity.value {
            table.add("capacity", number(capacity.total), "functions of past inputs, of at most \(capacity.bound)")
            table.add("  linear", number(capacity.linear), "degree 1")
            table.add("  nonlinear", number(capacity.nonlinear), degrees(capacity.byDegree))
        }
        if let isEcho = echoState.value {
            let when =
                echoSteps.map { "the past is forgotten after \(Console.count($0, "step"))" } ?? "the past is not forgotten"
            table.add("echo state", isEcho ? "yes" : "no", when)
        }
        if let echoRate { table.add("echo rate", number(echoRate), "change of ln distance a step") }
        if let lyapunovExponent {
            table.add("Lyapunov exponent", number(lyapunovExponent), "growth of a small disturbance, nats a step")
        }
        if let separation { table.add("separation", number(separation), "distance of states over distance of inputs") }
        if let noiseError, let inputSnrDb {
            table.add(
                "noise", number(noiseError),
                "share of the states' changes, for inputs with \(Console.number(inputSnrDb, digits: 0)) dB")
        }
        if let drift { table.add("drift", number(drift), "change of the states of the same inputs from begin to end") }
        Console.result(table.text)
        if let device { Console.result(device.line) }
    }

    private func degrees(_ byDegree: [Double]) -> String {
        byDegree.indices.dropFirst().map { "degree \($0 + 1): \(number(byDegree[$0]))" }.joined(separator: ", ")
    }

    private func number(_ value: Double) -> String {
        abs(value) >= 0.01 || value == 0 ? Console.number(value, digits: 3) : String(format: "%.2g", value)
    }
}
