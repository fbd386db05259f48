import Foundation
import NeuralNetworks
import Recognition
import Reservoirs
import SignalFeatures
import TensorFiles

extension FuzzTarget {
    /// Files of utterances: what was read is the same after writing and reading, can be dealt out, and its sounds are not touched.
    public static let corpus = FuzzTarget(
        name: "corpus",
        check: { bytes throws(FuzzFinding) in
            var read: Corpus?
            try onFile(bytes, "corpus.jsonl") { path throws(FuzzFinding) in read = try? Corpus(file: path) }
            guard var corpus = read else { return }
            try require(
                12 * corpus.utterances.count <= bytes.count, "\(corpus.utterances.count) utterances in \(bytes.count) bytes")
            for utterance in corpus.utterances {
                try require(utterance.to_s ?? .infinity > utterance.from_s ?? 0, "an utterance that ends before it begins")
                try require((utterance.from_s ?? 0).isFinite, "a time that is none")
            }
            try require(corpus.moved(to: corpus.path).utterances == corpus.utterances, "moving it to where it is changes it")
            let written = scratch("written.jsonl")
            guard (try? Corpus(path: written, utterances: corpus.utterances).write()) != nil,
                let again = try? Corpus(file: written)
            else { throw FuzzFinding("what was read cannot be written and read") }
            try require(again.utterances == corpus.utterances, "writing and reading changes it")
            guard (try? corpus.split(by: .utterance, validation: 0.2, test: 0.3, seed: 1)) != nil else { return }
            try require(
                Utterance.Split.allCases.reduce(0) { $0 + corpus[$1].count } == corpus.utterances.count,
                "utterances are lost by splitting")
        },
        seeds: {
            [
                "{\"audio\":\"a.wav\",\"text\":\"yes no\",\"speaker\":\"eva\",\"split\":\"train\"}\n",
                "\u{FEFF}{\"audio_filepath\":\"../victim\",\"text\":\"böse\",\"offset\":0.5,\"duration\":1e1}\r\n\r\n"
                    + "{\"audio\":\"/etc/passwd\",\"text\":\"a\\u0000b\",\"eeg\":\"s\",\"session\":1,\"extra\":[1,{\"a\":null}]}",
                "{\"audio\":\"b.wav\",\"text\":\"three\",\"from_s\":0.25,\"to_s\":0.75,"
                    + "\"marks\":[{\"text\":\"th\",\"from_s\":0.25,\"to_s\":0.3}]}\n",
            ].map { Array($0.utf8) }
        })

    /// Tensors in a file: what was read takes no more room than its bytes, and is the same to the bit after writing and reading.
    public static let safetensors = FuzzTarget(
        name: "safetensors",
        check: { bytes throws(FuzzFinding) in
            guard let file = try? SafeTensors(Data(bytes), name: "f") else { return }
            let values = file.tensors.values.reduce(0) { $0 + bitPatterns($1).count }
            try require(4 * values <= bytes.count, "\(values) values in \(bytes.count) bytes")
            guard let data = try? file.encoded(), let again = try? SafeTensors(data, name: "f") else {
                throw FuzzFinding("what was read cannot be written and read")
            }
            try require(again.metadata == file.metadata, "writing changes the texts")
            try require(
                again.tensors.mapValues(\.shape) == file.tensors.mapValues(\.shape)
                    && again.tensors.mapValues(bitPatterns) == file.tensors.mapValues(bitPatterns),
                "writing changes the tensors")
        },
        seeds: {
            let files = [
                SafeTensors(tensors: ["a": .init(shape: [2, 1], [1, -0.5] as [Float]), "b": .init(shape: [], [2.0])]),
                SafeTensors(tensors: ["ü": .init(shape: [0, 3], [] as [Double])], metadata: ["format": "pt"]),
            ]
            return files.compactMap { (try? $0.encoded()).map { [UInt8]($0) } }
        })

    /// Folders of recognisers: the card, a zero byte, the weights. What opens can be written, and steps through frames.
    public static let recognizerModel = FuzzTarget(
        name: "recognizer-model",
        check: { bytes throws(FuzzFinding) in
            var read: RecognizerModel?
            try inModelFolder(bytes, ["model.json", "model.safetensors"]) { folder throws(FuzzFinding) in
                read = try? RecognizerModel(folder: folder, isLive: false)
            }
            guard let model = read else { return }
            try require(
                4 * model.network.parameters.count <= bytes.count,
                "\(model.network.parameters.count) weights in \(bytes.count) bytes")
            let written = scratch("model")
            guard (try? model.write(folder: written)) != nil,
                let again = try? RecognizerModel(folder: written, isLive: false)
            else { throw FuzzFinding("what was read cannot be written and read") }
            try require(again == model, "writing and reading changes it")
            guard let live = try? RecognizerModel(folder: written) else { return }
            _ = MelFrontEnd(rate: live.card.audioRate, options: live.card.audioFeatures)
            var stream = StreamingRecognizer(live)
            let features = [Float](repeating: 0.25, count: live.card.audioFeatures.features)
            for _ in 0..<8 {
                let word = features.withUnsafeBufferPointer { stream.step(audio: $0, eeg: nil) }
                try require(
                    word.map { live.card.words.indices.contains($0.index) } ?? true, "a word that the card does not have")
            }
        },
        seeds: { modelSeeds() })

    /// Folders of a film's readout, likewise. What opens makes fields and scores.
    public static let filmReadout = FuzzTarget(
        name: "film-readout",
        check: { bytes throws(FuzzFinding) in
            var read: FilmReadout?
            try inModelFolder(bytes, ["readout.json", "readout.safetensors"]) { folder throws(FuzzFinding) in
                read = try? FilmReadout(folder: folder)
            }
            guard let readout = read else { return }
            try require(
                4 * readout.weights.count <= bytes.count, "\(readout.weights.count) weights in \(bytes.count) bytes")
            let written = scratch("readout")
            guard (try? readout.write(folder: written)) != nil, let again = try? FilmReadout(folder: written) else {
                throw FuzzFinding("what was read cannot be written and read")
            }
            try require(again == readout, "writing and reading changes it")
            let states = [Float](repeating: 0.5, count: 3 * readout.card.nodes)
            let scores = states.withUnsafeBufferPointer { readout.scores($0, steps: 3) }
            try require(scores.count == readout.card.labels.count, "\(scores.count) scores")
            guard readout.card.mask.inputs * readout.card.mask.channels <= 10_000 else { return }
            let matrix = readout.card.mask.makeMatrix()
            let features = [Float](repeating: 0.5, count: readout.card.mask.inputs)
            var drive = [Float](repeating: 0, count: readout.card.mask.channels)
            features.withUnsafeBufferPointer { features in
                drive.withUnsafeMutableBufferPointer { matrix.setDrive(features, $0) }
            }
        },
        seeds: {
            let card = FilmReadout.Card(
                labels: ["a", "b"], mask: InputMask(inputs: 2, cells: 2, fields_T: [0.01], seed: 1), mean: [0, 1],
                deviation: [1, 2], parts: 1, nodes: 3, lookBack: 4, audioRate: 16_000, reservoir: "film", lambda: 0.1,
                conditionNumber: 10, trainingUtterances: 5, trainingAccuracy: 1)
            let file = SafeTensors(tensors: [
                "weights": .init(shape: [3, 2], [1, 2, 3, 4, 5, 6] as [Float]),
                "intercept": .init(shape: [2], [0, 1] as [Float]),
            ])
            return [folderSeed(card, file)].compactMap { $0 }
        })
}

private func bitPatterns(_ tensor: SafeTensors.Tensor) -> [UInt64] {
    switch tensor.values {
    case .float(let values): values.map { UInt64($0.bitPattern) }
    case .double(let values): values.map(\.bitPattern)
    }
}

/// Calls `body` with a folder of two files: what stands before the first zero byte, and what stands behind it.
private func inModelFolder(
    _ bytes: UnsafeRawBufferPointer, _ names: [String], _ body: (String) throws(FuzzFinding) -> Void
) throws(FuzzFinding) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    try inFolder(zip(names, parts).map { (name: $0, bytes: Array($1)) }, body)
}

private func folderSeed(_ card: some Encodable, _ file: SafeTensors) -> [UInt8]? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let json = try? encoder.encode(card), let data = try? file.encoded() else { return nil }
    return [UInt8](json) + [0] + [UInt8](data)
}

/// One small network of each preset.
private func modelSeeds() -> [[UInt8]] {
    var frontEnd = MelOptions.bands
    frontEnd.bands = 13
    let inputs = frontEnd.features
    let shapes: [RecognizerShape] = [
        .words(WordsShape(inputs: inputs, hidden: 2, layers: 1, outputs: 3)),
        .live(LiveShape(inputs: inputs, width: 2, blocks: 1, outputs: 3)),
        .live(LiveShape(inputs: inputs, width: 2, blocks: 1, outputs: 3, planes: [1])),
        .teacher(TeacherShape(inputs: inputs, hidden: 1, layers: 1, outputs: 3)),
    ]
    return shapes.compactMap { shape in
        let card = RecognizerModel.Card(
            units: Units(.words, texts: ["yes", "no"]), shape: shape, frontEnd: frontEnd, audioRate: 16_000, eegChannels: 0,
            standardisation: Standardisation(
                mean: [Float](repeating: 0, count: inputs), deviation: [Float](repeating: 1, count: inputs)),
            labelWindow: 5, seed: 1, epochs: 2, trainingWords: 3, finalLoss: 0.5)
        let network = Network(shape.sequence(), seed: 1)
        return folderSeed(card, SafeTensors(tensors: network.tensors, metadata: ["format": "pt"]))
    }
}
