import Foundation
import NeuralNetworks
import Origin
import SignalFeatures

extension RecognizerModel {
    /// The model for programs that run ONNX: features of shape `[time, batch, features]` as the front end makes them, not standardised, at
    /// 100 frames a second, become logits of shape `[frames, batch, units]`, blank first. Frames from the look-ahead's end on are those of a
    /// running stream. Units and card stand in the file's metadata.
    /// - Throws: ``ONNXGraph/ExportError``.
    public func onnx() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try ONNXGraph(
            network, mean: card.standardisation.mean, deviation: card.standardisation.deviation,
            producer: ("larmor", card.provenance?.version ?? ""),
            metadata: [
                "units": String(decoding: try encoder.encode(card.words), as: UTF8.self),
                "card": String(decoding: try encoder.encode(card), as: UTF8.self),
            ]
        ).bytes
    }
}
