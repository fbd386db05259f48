public import Failures
import Foundation
public import NeuralNetworks
public import Outputs

/// What `larmor plan` chose, kept so that a training can build it.
public struct EnsemblePlan: Sendable, Equatable, Codable {
    /// A plan's file that cannot be used.
    public struct PlanFileError: Failure {
        public var path: String
        public var problem: String
        public var kind = FailureKind.badInput

        public var description: String { "\(path): \(problem)" }
    }

    /// Which of the two questions the sizes answer.
    public enum Goal: String, Sendable, Codable { case primal, dual }

    public var goal: Goal
    /// With the sizes that were chosen.
    public var block: CollegialBlock
    /// Of the block's kernel at the beginning of training.
    public var variance: Double
    public var parameters: Int

    public init(_ goal: Goal, block: CollegialBlock, variance: Double, parameters: Int) {
        (self.goal, self.block, self.variance, self.parameters) = (goal, block, variance, parameters)
    }

    /// - Throws: `OutputError` for a file that cannot be written.
    public func write(_ path: String) throws(OutputError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // Numbers and words only, and none of them infinite: it can be encoded.
        let text = (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        try OutputFile.write(text + "\n", to: path)
    }

    public init(file path: String) throws(PlanFileError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PlanFileError(path: path, problem: "it cannot be read", kind: .missingInput)
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(EnsemblePlan.self, from: data)
        } catch {
            throw PlanFileError(path: path, problem: "this is no plan of `larmor plan --output`: \(DecodingFault(error))")
        }
    }

    /// The paths of a recogniser's block.
    public func recurrentPaths(file path: String) throws(PlanFileError) -> RecurrentPaths {
        func refuse(_ problem: String) -> PlanFileError { PlanFileError(path: path, problem: problem) }
        guard block.cell == .recurrent else {
            throw refuse("its paths are not recurrent, as a recogniser's are: plan with --kind recurrent")
        }
        guard block.inputs == block.outputs, (8...2048).contains(block.inputs) else {
            throw refuse(
                "it reads \(block.inputs) values and gives \(block.outputs); a recogniser's block has the same number of both, from 8 to 2048"
            )
        }
        let paths = RecurrentPaths(paths: block.paths, width: block.width, depth: block.depth)
        guard paths.isPossible else {
            throw refuse("no network has \(block.paths) paths of width \(block.width) and depth \(block.depth)")
        }
        return paths
    }
}
