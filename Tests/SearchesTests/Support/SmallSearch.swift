import Foundation
import GRDB
import LinearAlgebra
import Origin
import Reservoirs
import Searches
import Synchronization

/// A folder of one test: a property of its suite, which lives as long as the test.
final class Scratch {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-searches-\(UUID())").path

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// Reservoirs whose numbers follow from their genes by a formula: fast, and some of them fail.
final class FormulaFamily: ReservoirFamily {
    struct DeviceGone: Error, Equatable {}

    let description = "formula"
    let nodes = 1
    let genes = [SearchGene("a", 0...1), SearchGene("b", 1...100, .logarithmic), SearchGene("c", 0...1)]
    private let data: TaskData
    private let calls = Mutex(0)
    private let most: Int

    /// - Parameter most: calls until the device is gone.
    init(most: Int = .max) throws {
        data = try ReservoirTask.narma10.data(seed: 1, length: 400)
        self.most = most
    }

    var count: Int { calls.withLock(\.self) }

    func evaluate(
        _ genes: [Double], _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings
    ) throws -> TaskEvaluation {
        try call()
        if genes[0] < 0.15 { throw TaskFailure(task: task.name, reason: .notFinite("a state", step: 7)) }
        var onePenalty = settings
        onePenalty.lambdas = [1e-3]
        var evaluation = try TaskEvaluation(task, self.data, columns: self.data.inputs, settings: onePenalty)
        evaluation.validation = (genes[0] - 0.7) * (genes[0] - 0.7) + (genes[1] - 0.2) * (genes[1] - 0.2) + 0.1 * genes[2]
        return evaluation
    }

    func behaviour(_ genes: [Double], features: StateFeatures, seed: UInt64) throws -> ReservoirBehaviour {
        try call()
        if genes[0] < 0.15 { throw MetricError.notFinite(metric: "behaviour", step: 3) }
        return ReservoirBehaviour(
            kernelRank: Int(100 * genes[0]), generalisationRank: Int(40 * genes[1] * genes[1]), memoryCapacity: 30 * genes[2])
    }

    private func call() throws {
        let count = calls.withLock { calls in
            calls += 1
            return calls
        }
        if count > most { throw DeviceGone() }
    }
}

enum SmallSearch {
    static let provenance = Provenance(version: "0.1.0", command: "larmor reservoir search", processor: "test")

    static func description(
        _ method: SearchMethod = .novelty, population: Int = 8, seed: UInt64 = 1, batch: Int = 4, task: String? = nil
    ) -> SearchDescription {
        var description = SearchDescription(
            method, seed: seed, kind: .film, task: task ?? (method == .novelty || method == .random ? nil : "narma10"),
            hasBehaviour: method == .novelty || method == .random)
        description.batch = batch
        description.take(.init(population: population))
        return description
    }

    static func summary(_ description: SearchDescription, evaluations: Int = 30) -> SearchStore.Summary {
        SearchStore.Summary(
            description: description, reservoir: "formula", genes: ["a", "b", "c"], evaluations: evaluations,
            provenance: provenance)
    }

    static func bench(_ description: SearchDescription, _ family: any ReservoirFamily) throws -> IndividualBench {
        try IndividualBench(description, store: "x") { _ in family }
    }

    /// Runs a search until it is done, or until so many individuals were begun.
    static func run(
        _ path: String, _ description: SearchDescription, evaluations: Int = 30, threads: Int = 1, begun most: Int = .max,
        family: FormulaFamily? = nil
    ) throws {
        let summary = summary(description, evaluations: evaluations)
        if !FileManager.default.fileExists(atPath: path) { try SearchStore.create(path, summary) }
        let store = try SearchStore(path)
        try store.adopt(summary)
        let begun = Atomic<Int>(0)
        try StoredSearch(store, bench(description, family ?? FormulaFamily()), threads: threads).run(isStopped: {
            // Asked once by the loop for each batch and once for each individual: near enough.
            begun.wrappingAdd(1, ordering: .relaxed).oldValue >= most
        })
    }

    /// All rows of all tables, as text.
    static func dump(_ path: String) throws -> String {
        try DatabaseQueue(path: path).read { database in
            try ["search", "individual"].map { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1").map { "\($0)" }.joined(separator: "\n")
            }.joined(separator: "\n\n")
        }
    }

    static func execute(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}
