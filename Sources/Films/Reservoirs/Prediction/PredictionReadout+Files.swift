import Failures
import Foundation
import LinearAlgebra
import Origin
import Outputs
import TensorFiles

extension PredictionReadout {
    private static let cardName = "/readout.json"
    private static let weightsName = "/readout.safetensors"

    /// Writes a folder with the card and the tensors `weights`, shape `[columns, 1]`, and `intercept`, shape `[1]`, both of 64 bits.
    public func write(folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = SafeTensors(tensors: [
            "weights": .init(shape: [readout.weights.rows, 1], readout.weights.values),
            "intercept": .init(shape: [1], readout.intercept),
        ])
        try OutputFile.write([UInt8](try file.encoded()), to: folder + Self.weightsName, inSession: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try OutputFile.write([UInt8](try encoder.encode(card)), to: folder + Self.cardName, inSession: true)
    }

    /// - Throws: `FilmReadout.FileError` that names the file and what is wrong with it.
    public init(folder: String) throws(FilmReadout.FileError) {
        let cardFile = folder + Self.cardName
        guard let json = RegularFile.contents(cardFile) else { throw FilmReadout.FileError(unreadable: cardFile) }
        let card: Card
        do {
            card = try JSONDecoder().decode(Card.self, from: json)
        } catch {
            throw FilmReadout.FileError(
                file: cardFile, problem: "no continuous readout: \(DecodingFault(error).description)")
        }
        if let problem = card.problem { throw FilmReadout.FileError(file: cardFile, problem: problem) }
        let file = folder + Self.weightsName
        guard let data = RegularFile.contents(file) else { throw FilmReadout.FileError(unreadable: file) }
        let weights: [Double]
        let intercept: [Double]
        do throws(SafeTensors.FileError) {
            let tensors = try SafeTensors(data, name: file)
            weights = try Self.doubles("weights", [card.width, 1], tensors, file)
            intercept = try Self.doubles("intercept", [1], tensors, file)
        } catch {
            throw FilmReadout.FileError(file: file, problem: error.problem)
        }
        guard weights.allSatisfy(\.isFinite), intercept.allSatisfy(\.isFinite) else {
            throw FilmReadout.FileError(file: file, problem: "a weight is not a finite number")
        }
        self.init(
            card: card,
            readout: LinearReadout(
                weights: Matrix(rows: card.width, columns: 1, values: weights), intercept: intercept, lambda: card.lambda))
    }

    private static func doubles(
        _ name: String, _ shape: [Int], _ tensors: SafeTensors, _ file: String
    ) throws(SafeTensors.FileError) -> [Double] {
        guard let tensor = tensors.tensors[name], tensor.shape == shape, let values = tensor.doubles else {
            throw SafeTensors.FileError(file: file, problem: "expected \(name) of 64-bit numbers, shape \(shape)")
        }
        return values
    }
}

extension PredictionReadout.Card {
    /// What is wrong with a card that came from a file; nil when predictions can be made with it.
    fileprivate var problem: String? {
        guard kind == Self.kindName else { return "its kind is “\(kind)”; expected “\(Self.kindName)”" }
        guard (1...1000).contains(inputs.count), (1...100_000).contains(nodes), (1...100_000).contains(channels) else {
            return "\(inputs.count) inputs, \(channels) channels, \(nodes) nodes; expected up to 1,000, 100,000 and 100,000"
        }
        guard mean.count == inputs.count, deviation.count == inputs.count, mean.allSatisfy(\.isFinite),
            deviation.allSatisfy({ $0.isFinite && $0 > 0 })
        else { return "its inputs' means and deviations do not fit, or a deviation is not above 0" }
        guard rate.isFinite, rate > 0 else { return "a rate of \(rate) Hz" }
        return settings.problem
    }
}

extension PredictionSettings {
    /// Numbers of past steps that a readout may keep in memory.
    public static let mostKept = 50_000_000

    /// Numbers of past steps that a readout keeps: those of the delays, and the columns from each prediction until its target is known.
    public func kept(nodes: Int, inputs: Int) -> (delays: Int, horizon: Int) {
        (
            StateFeatureStream.kept(features, nodes: nodes),
            (horizon + 1) * features.width(nodes: nodes, inputs: inputs)
        )
    }

    /// What no rig file can say.
    var problem: String? {
        guard (1...1_000_000).contains(every), (0...100_000).contains(horizon), (0...1_000_000).contains(washout) else {
            return "every \(every), a horizon of \(horizon) or a washout of \(washout) steps"
        }
        guard scale_T.isFinite, density > 0, density <= 1, bias.isFinite, bandWindow_s.isFinite, bandWindow_s > 0 else {
            return "an input map that cannot be"
        }
        for band in [inputBand_Hz, targetBand_Hz].compactMap(\.self) {
            guard band.count == 2, band[0] > 0, band[0] < band[1], band[1].isFinite else { return "a band of \(band) Hz" }
        }
        guard (1...64).contains(features.virtualNodes), features.delays.count <= 100,
            features.delays.allSatisfy({ (1...100_000).contains($0) }), features.leak > 0, features.leak <= 1
        else { return "features that a live rig does not have" }
        return nil
    }
}
