import Foundation
public import NeuralNetworks
public import Origin
import Outputs
import TensorFiles

/// A side network for one subject or session, and what it belongs to: a file of a few kB beside a model that stays as it is.
///
/// On disk `adapters/NAME.safetensors` in the model's folder, with the card as JSON in its metadata.
public struct RecognizerAdapter: Sendable, Equatable {
    public struct Card: Codable, Sendable, Equatable {
        /// SHA-256 of the backbone's `model.safetensors`; for another backbone the adapter is refused.
        public var backbone: String
        /// Sizes of the side network.
        public var shape: SideNetwork.Shape
        /// Layers of the backbone that it reads; the output of the last one is corrected.
        public var taps: [String]
        /// Whom it is for.
        public var subject: String
        /// Utterances, and how long they are.
        public var utterances: Int
        public var seconds: Double
        public var epochs: Int
        public var seed: UInt64
        /// CTC loss at the end, averaged over the last batches, nats.
        public var finalLoss: Double
        public var provenance: Provenance?
    }

    public var card: Card
    public var side: SideNetwork

    public init(card: Card, side: SideNetwork) { (self.card, self.side) = (card, side) }

    private static let cardKey = "adapter"
    /// Folder of a model's adapters, in the model's own.
    public static let folderName = "adapters"
    /// What a session keeps of the adapter that it ran with, beside the model's own files.
    public static let copyName = "adapter.safetensors"

    /// The file's bytes; the same adapter gives the same bytes.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(card), as: UTF8.self)
        return [UInt8](
            try SafeTensors(tensors: side.network.tensors, metadata: ["format": "pt", Self.cardKey: text]).encoded())
    }

    /// Path of an adapter's file.
    public static func path(_ name: String, model folder: String) -> String { "\(folder)/\(folderName)/\(name).safetensors" }

    /// Whether a name can be that of a file: letters, digits, - _ and dots that are not in front.
    public static func isPossible(name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 64 && name.first != "."
            && name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    }

    /// Writes it beside its model; the model's own files stay as they are.
    /// - Returns: the file's path and size.
    @discardableResult
    public func write(_ name: String, model folder: String) throws -> (path: String, bytes: Int) {
        guard Self.isPossible(name: name) else { throw RecognizerModel.FileError(adapterName: name, folder) }
        try FileManager.default.createDirectory(atPath: folder + "/" + Self.folderName, withIntermediateDirectories: true)
        let (path, bytes) = (Self.path(name, model: folder), try encoded())
        try OutputFile.write(bytes, to: path, inSession: true)
        return (path, bytes.count)
    }

    /// Names of the adapters beside a model, sorted.
    public static func names(model folder: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + folderName)) ?? []
        return files.filter { $0.hasSuffix(".safetensors") }.map { String($0.dropLast(12)) }.sorted()
    }

    /// - Parameters:
    ///   - path: of the file.
    ///   - model: that it shall correct.
    /// - Throws: `RecognizerModel.FileError` that names the file, also for an adapter of another backbone.
    public init(_ path: String, for model: RecognizerModel) throws(RecognizerModel.FileError) {
        func wrong(_ problem: String) -> RecognizerModel.FileError { .init(file: path, problem: problem, of: "adapter") }
        guard let data = RegularFile.contents(path) else {
            throw RecognizerModel.FileError(unreadable: path, "; `larmor adapt` makes one", of: "adapter")
        }
        do throws(SafeTensors.FileError) {
            let file = try SafeTensors(data, name: path)
            guard let text = file.metadata[Self.cardKey], let card = try? JSONDecoder().decode(Card.self, from: Data(text.utf8))
            else { throw SafeTensors.FileError(file: path, problem: "it has no card, so it is no adapter") }
            guard let expected = model.card.shape.side, card.shape.isPossible, card.taps == expected.taps,
                card.shape.taps == expected.taps.count, card.shape.width == expected.width
            else { throw SafeTensors.FileError(file: path, problem: "its sizes are those of another network") }
            guard card.backbone == model.weightsHash else {
                throw SafeTensors.FileError(
                    file: path,
                    problem:
                        "it was made for another model: the SHA-256 of that one's weights is \(card.backbone.prefix(12))…, of this one's "
                        + "\(model.weightsHash.prefix(12))…. Adapt this model anew")
            }
            self.card = card
            side = SideNetwork(card.shape, try Network(card.shape.layers, file, name: path))
        } catch {
            throw wrong(error.problem)
        }
        guard side.network.parameters.allSatisfy(\.isFinite) else { throw wrong("a weight is not a finite number") }
    }
}
