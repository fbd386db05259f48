import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Signals
import Testing

private let python = ProcessInfo.processInfo.environment["LARMOR_PYTHON"]

/// Models as ONNX, computed by onnxruntime.
@Suite(.enabled(if: python != nil, "needs LARMOR_PYTHON with onnxruntime")) struct ONNXTests {
    /// Reads features [time, batch, inputs] and writes logits, raw 32-bit numbers.
    private static let script = """
        import sys, numpy, onnxruntime
        folder, time, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        session = onnxruntime.InferenceSession(folder + '/model.onnx', providers=['CPUExecutionProvider'])
        x = numpy.fromfile(folder + '/features', dtype='<f4').reshape(time, batch, -1)
        session.run(None, {'features': x})[0].astype('<f4').tofile(folder + '/logits')
        print(session.get_modelmeta().custom_metadata_map['units'])
        """

    private func run(_ onnx: [UInt8], features: [Float], time: Int, batch: Int) throws -> (logits: [Float], printed: String) {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-onnx-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(onnx).write(to: URL(fileURLWithPath: folder + "/model.onnx"))
        try features.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: folder + "/features")) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python ?? "")
        process.arguments = ["-c", Self.script, folder, "\(time)", "\(batch)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let printed = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/logits"))
        let logits = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        return (logits, printed)
    }

    private func features(_ count: Int) -> [Float] {
        var random = SplitMix64(seed: 7)
        return (0..<count).map { _ in Float(3 * random.normal()) }
    }

    static let shapes: [RecognizerShape] = [
        .words(WordsShape(inputs: 39, hidden: 20, layers: 2, outputs: 4)),
        .live(LiveShape(inputs: 40, width: 24, blocks: 5, outputs: 4, planes: [4, 6])),
        .live(LiveShape(inputs: 40, width: 16, blocks: 1, outputs: 4)),
    ]

    @Test(arguments: shapes, [1, 2, 37]) func `onnxruntime computes a recogniser's logits`(shape: RecognizerShape, time: Int)
        throws
    {
        let inputs = shape.inputs
        var random = SplitMix64(seed: 2)
        let statistics = Standardisation(
            mean: (0..<inputs).map { _ in Float(random.normal()) },
            deviation: (0..<inputs).map { _ in 0.5 + Float(random.uniform()) })
        let card = RecognizerModel.Card(
            units: Units(.words, texts: ["a", "b", "ü"]), shape: shape, frontEnd: inputs == 40 ? .bands : .words,
            audioRate: 8000,
            eegChannels: 0, standardisation: statistics, labelWindow: 3, seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0)
        let model = RecognizerModel(card: card, network: Network(shape.sequence(dropout: 0.3), seed: 5))
        let x = features(time * inputs)
        let found = try run(try model.onnx(), features: x, time: time, batch: 1)
        let standardised = x.indices.map { statistics.apply(x[$0], feature: $0 % inputs) }
        let expected = CTCTraining.logits(model.network, features: standardised, frames: time)
        #expect(found.logits.count == expected.count)
        #expect(zip(found.logits, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(found.printed.contains("ü"))
    }

    @Test func `every layer that has no groups has its operators, also in a batch`() throws {
        let layers = LayerSequence([
            .init("session", SessionInput(features: 6, sessions: 2)), .init("both", BidirectionalGRU(inputs: 6, hidden: 5)),
            .init("softsign", Activation(.softsign, features: 10)),
            .init("patches", TemporalConvolution.patches(inputs: 10, outputs: 8, size: 3)),
            .init("tanh", Activation(.tanh, features: 8)),
            .init("grouped", TemporalConvolution(inputs: 8, outputs: 4, kernel: 3, lookAhead: 1, groups: 2)),
            .init("reverse", GRU(inputs: 4, hidden: 3, isReverse: true)), .init("dense", Dense(inputs: 3, outputs: 4)),
        ])
        let network = Network(layers, seed: 3)
        let (time, batch) = (11, 3)
        let x = features(time * batch * 6)
        let graph = try ONNXGraph(
            network, mean: [Float](repeating: 0, count: 6), deviation: [Float](repeating: 10, count: 6),
            producer: ("larmor", "1"),
            metadata: ["units": "[]"])
        let found = try run(graph.bytes, features: x, time: time, batch: batch).logits
        for b in 0..<batch {
            let own = (0..<time).flatMap { t in (0..<6).map { x[(t * batch + b) * 6 + $0] / 10 } }
            let expected = CTCTraining.logits(network, features: own, frames: time)
            for t in 0..<expected.count / 4 {
                for k in 0..<4 { #expect(abs(found[(t * batch + b) * 4 + k] - expected[t * 4 + k]) < 1e-5) }
            }
        }
    }

    @Test func `a layer with groups is refused by its name`() throws {
        let network = Network(LayerSequence([.init("members", Dense(inputs: 4, outputs: 4, groups: 2))]), seed: 1)
        let error = try #require(throws: ONNXGraph.ExportError.self) {
            try ONNXGraph(
                network, mean: [0, 0, 0, 0], deviation: [1, 1, 1, 1], producer: ("larmor", "1"), metadata: [:])
        }
        #expect(error.problem.contains("members"))
    }
}
