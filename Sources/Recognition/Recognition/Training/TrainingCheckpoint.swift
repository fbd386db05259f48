import Foundation
import NeuralNetworks
import Origin
import Outputs
import Signals
public import TensorFiles

/// A training between two epochs: all that is needed to go on with the same bits as if it had never stopped.
public struct TrainingCheckpoint: Sendable, Equatable {
    /// The parameters that did best on the validation split.
    public struct Best: Sendable, Equatable {
        public var parameters: [Float]
        public var errorRate: Double
        /// Epochs that had passed.
        public var epoch: Int
    }

    /// One epoch of the learning curve.
    public struct Epoch: Sendable, Equatable, Codable {
        /// CTC loss, nats.
        public var loss: Double
        /// Of the units of the validation split; nil without one.
        public var errorRate: Double?
    }

    /// Epochs that have passed, and steps of the schedule.
    public var epoch = 0
    public var step = 0
    /// Averaged over the last batches, nats; nil before the first.
    public var loss: Double?
    public var parameters: [Float]
    public private(set) var first: [Float]
    public private(set) var second: [Float]
    private var counts: [Int]
    public private(set) var best: Best?
    public private(set) var curve: [Epoch] = []
    /// State of the random numbers.
    var random: UInt64

    init(_ training: CTCTraining, random: SplitMix64) {
        (parameters, first, second) = (training.network.parameters, training.optimiser.first, training.optimiser.second)
        counts = [training.optimiser.steps, training.steps, training.skippedSteps]
        self.random = random.seed
    }

    mutating func endEpoch(_ training: CTCTraining, random: SplitMix64, errorRate: Double?) {
        epoch += 1
        (parameters, first, second) = (training.network.parameters, training.optimiser.first, training.optimiser.second)
        counts = [training.optimiser.steps, training.steps, training.skippedSteps]
        self.random = random.seed
        curve.append(Epoch(loss: loss ?? 0, errorRate: errorRate))
        // Of equals the later one: its loss is lower.
        if let errorRate, errorRate <= best?.errorRate ?? .infinity {
            best = Best(parameters: parameters, errorRate: errorRate, epoch: epoch)
        }
    }

    func restore(_ training: CTCTraining) {
        var optimiser = training.optimiser
        optimiser.restore(first: first, second: second, steps: counts[0])
        training.restore(parameters: parameters, optimiser: optimiser, steps: counts[1], skippedSteps: counts[2])
    }

    // MARK: On disk

    /// What stands beside the tensors.
    private struct Notes: Codable {
        var epoch: Int
        var step: Int
        var loss: Double?
        var counts: [Int]
        var random: UInt64
        var curve: [Epoch]
        var bestErrorRate: Double?
        var bestEpoch: Int?
        /// Of data and recipe.
        var fingerprint: String
        /// Of all numbers; absent in checkpoints of before.
        var checksum: String?
    }

    private static func checksum(_ tensors: [[Float]]) -> String {
        ContentHash.sha256(tensors.flatMap { values in values.withUnsafeBytes { Array($0) } })
    }

    /// - Parameter fingerprint: of data and recipe; another training does not go on from here.
    /// - Throws: `OutputError`.
    public func write(_ path: String, fingerprint: String) throws {
        let notes = Notes(
            epoch: epoch, step: step, loss: loss, counts: counts, random: random, curve: curve, bestErrorRate: best?.errorRate,
            bestEpoch: best?.epoch, fingerprint: fingerprint,
            checksum: Self.checksum([parameters, first, second, best?.parameters ?? []]))
        var tensors = ["parameters": parameters, "first": first, "second": second]
        tensors["best"] = best?.parameters
        let file = SafeTensors(
            tensors: tensors.mapValues { SafeTensors.Tensor(shape: [$0.count], $0) },
            metadata: ["state": String(decoding: try JSONEncoder().encode(notes), as: UTF8.self)])
        try OutputFile.write([UInt8](try file.encoded()), to: path, inSession: true)
    }

    /// - Parameter parameters: as many as the network has.
    /// - Throws: `SafeTensors.FileError` that names the file, also when it is another training's.
    public init(_ path: String, fingerprint: String, parameters count: Int) throws(SafeTensors.FileError) {
        func wrong(_ problem: String) -> SafeTensors.FileError { SafeTensors.FileError(file: path, problem: problem) }
        guard let data = RegularFile.contents(path) else {
            throw wrong("there is no such file: leave --resume out to begin anew")
        }
        let file = try SafeTensors(data, name: path)
        guard let text = file.metadata["state"], let notes = try? JSONDecoder().decode(Notes.self, from: Data(text.utf8)) else {
            throw wrong("it is no interrupted training")
        }
        guard notes.fingerprint == fingerprint else {
            throw wrong("it is a training with other data or options: give the same ones, or leave --resume out to begin anew")
        }
        guard notes.counts.count == 3, notes.counts.allSatisfy({ (0...Int(Int32.max)).contains($0) }),
            (0...1_000_000).contains(notes.epoch), (0...Int(Int32.max)).contains(notes.step)
        else { throw wrong("its counts cannot be") }
        parameters = try file.floats("parameters", shape: [count], file: path)
        first = try file.floats("first", shape: [count], file: path)
        second = try file.floats("second", shape: [count], file: path)
        (epoch, step, loss) = (notes.epoch, notes.step, notes.loss)
        (counts, random, curve) = (notes.counts, notes.random, notes.curve)
        if let rate = notes.bestErrorRate, let epoch = notes.bestEpoch {
            best = Best(parameters: try file.floats("best", shape: [count], file: path), errorRate: rate, epoch: epoch)
        }
        let all = [parameters, first, second, best?.parameters ?? []]
        guard all.allSatisfy({ $0.allSatisfy(\.isFinite) }), notes.checksum.map({ $0 == Self.checksum(all) }) ?? true else {
            throw wrong("its numbers are damaged: leave --resume out to begin anew")
        }
    }
}
