public import Failures
import Foundation
import Outputs
public import NeuralNetworks
public import Origin
public import SignalFeatures
import TensorFiles

/// A trained recogniser of words: network, what its inputs and outputs mean, and how it came to be.
///
/// On disk a folder with `model.safetensors` (PyTorch's names) and `model.json`.
public struct RecognizerModel: Sendable, Equatable {
    /// What `model.json` holds.
    public struct Card: Codable, Sendable, Equatable {
        /// Texts of the units: output 0 is the blank, output k is `words[k − 1]`.
        public var words: [String]
        /// What each of `words` is; nil, as in models of 0.1, for whole words.
        public var unitKind: Units.Kind?
        /// Sizes of the network.
        public var shape: RecognizerShape
        /// How sound becomes features; nil, as in models of 0.1, for ``MelOptions/words``.
        public var frontEnd: MelOptions?
        /// Rate of the audio that the features are made of, Hz.
        public var audioRate: Int
        /// EEG channels beside the audio; 0 without EEG.
        public var eegChannels: Int
        /// How EEG becomes features; nil, as in models of 0.1, for ``EEGFrontEnd``.
        public var eegFrontEnd: EEGFrontEndSpecification?
        /// False for a recogniser that reads EEG only; nil, as in models of 0.1, for true.
        var hearsSound: Bool?
        /// Of all features, audio first.
        public var standardisation: Standardisation
        /// Frames of the network's output after a word's end within which training allowed its label; 0 when a label could stand
        /// anywhere.
        public var labelWindow: Int
        /// Of the training.
        public var seed: UInt64
        /// Passes over the training words.
        public var epochs: Int
        /// Number of utterances that it was trained on.
        public var trainingWords: Int
        /// CTC loss at the end, averaged over the last batches, nats.
        public var finalLoss: Double
        /// Word error rate on the test split, when it was measured at the end of training.
        public var testWordErrorRate: Double?
        /// Errors on the validation split when these parameters were chosen; nil without one.
        public var validationErrorRate: Double?
        /// Mean CTC loss of a string of the validation split with the parameters that were kept, in nats; nil without one.
        public var validationLoss: Double?
        /// Who was trained on, sorted; nil in models of 0.1.
        public var speakers: [String]?
        /// Hashes of the texts that were trained on (``TextHash``), sorted; nil in models of 0.1.
        public var texts: [String]?
        /// Frames by which sound waits for the EEG that answers it, of a model with both; nil for none.
        public var soundDelay: Int? { isHearing ? eegFrontEnd?.delay : nil }
        /// Sessions with an input layer of their own, sorted; nil for none.
        public var sessions: [String]?
        /// Whether any EEG that it was trained on was computed from sounds; nil for none.
        public var simulatedEEG: Bool?
        /// What was put in the place of its training data, where it is a control; nil for a recogniser.
        public var control: TrainingControl?
        /// Who made it, how, and from what; absent in models of 0.1.
        public var provenance: Provenance?
        /// SHA-256 of `model.safetensors`, in the file only: written and compared with the weights. Absent in models of 0.1.
        var weights: String?

        public init(
            units: Units, shape: RecognizerShape, frontEnd: MelOptions, audioRate: Int, eegChannels: Int,
            standardisation: Standardisation, labelWindow: Int, seed: UInt64, epochs: Int, trainingWords: Int,
            finalLoss: Double
        ) {
            words = units.texts
            unitKind = units.kind == .words ? nil : units.kind
            self.shape = shape
            self.frontEnd = frontEnd == .words ? nil : frontEnd
            self.audioRate = audioRate
            self.eegChannels = eegChannels
            self.standardisation = standardisation
            self.labelWindow = labelWindow
            self.seed = seed
            self.epochs = epochs
            self.trainingWords = trainingWords
            self.finalLoss = finalLoss
        }

        /// A recogniser that reads EEG only.
        public init(
            units: Units, shape: RecognizerShape, eegFrontEnd: EEGFrontEndSpecification, standardisation: Standardisation,
            seed: UInt64, epochs: Int, trainingWords: Int, finalLoss: Double
        ) {
            self.init(
                units: units, shape: shape, frontEnd: .words, audioRate: 0, eegChannels: eegFrontEnd.channels,
                standardisation: standardisation, labelWindow: 0, seed: seed, epochs: epochs, trainingWords: trainingWords,
                finalLoss: finalLoss)
            (self.eegFrontEnd, hearsSound) = (eegFrontEnd, false)
        }

        /// Whether it reads sound; otherwise it reads EEG only, and ``audioRate`` is 0.
        public var isHearing: Bool { hearsSound ?? true }
        /// Features of sound per frame.
        public var audioInputs: Int { isHearing ? audioFeatures.features : 0 }
        /// Features of EEG per frame, as the network takes them.
        public var eegInputs: Int { eegFrontEnd?.outputs ?? eegChannels * EEGFrontEnd.featuresPerChannel }

        public var units: Units { Units(unitKind ?? .words, texts: words) }
        /// What the audio's features are made with.
        public var audioFeatures: MelOptions { frontEnd ?? .words }
    }

    /// A folder that is no usable model.
    public struct FileError: Failure, Equatable {
        public var file: String
        public var problem: String
        /// Whether there is no file of that name.
        public var isMissing = false
        /// Whether it is there and is a folder, or may not be read.
        private var isClosed = false
        public var kind: FailureKind { isMissing || isClosed ? .missingInput : .badInput }

        /// What the file should have been.
        var thing = "model"

        public var description: String { "\(file): not a usable \(thing): \(problem)" }

        /// A file that could not be read.
        init(unreadable file: String, _ remedy: String = "", of thing: String = "model") {
            self.thing = thing
            isMissing = !FileManager.default.fileExists(atPath: file)
            isClosed = FailureKind.ofInput(at: file) == .missingInput
            self.file = file
            problem = isMissing ? "there is no such file" + remedy : "it cannot be read, or is no regular file"
        }

        init(file: String, problem: String, of thing: String = "model") {
            (self.file, self.problem, self.thing) = (file, problem, thing)
        }

        /// A folder that is a model, but not for what it is wanted.
        public init(folder: String, problem: String) { self.init(file: folder, problem: problem) }

        /// A name that no file can have.
        init(adapterName name: String, _ folder: String) {
            self.init(
                file: folder,
                problem: "“\(name.prefix(80))” as the name of one: expected up to 64 letters, digits, - _ or dots",
                of: "adapter")
        }
    }

    /// What inputs and outputs mean.
    public var card: Card
    public var network: Network
    /// What the card's EEG front end learnt; nil where the card has none.
    public var eegFit: EEGFrontEndFit?
    /// Corrects the network for one subject; nil for none.
    public var adapter: RecognizerAdapter?
    /// How its outputs become text; nil for the best path.
    public var decoding: ModelDecoding?

    public init(card: Card, network: Network, eegFit: EEGFrontEndFit? = nil, adapter: RecognizerAdapter? = nil) {
        self.card = card
        self.network = network
        self.eegFit = eegFit
        self.adapter = adapter
    }

    /// Place of a session's input layer; that of the last session for others, and 0 for models without such layers.
    public func session(named name: String?) -> Int {
        guard let sessions = card.sessions else { return 0 }
        return name.flatMap { sessions.firstIndex(of: $0) } ?? sessions.count - 1
    }

    /// The network with its side network; nil without one.
    var adapted: AdaptedNetwork? {
        adapter.map { AdaptedNetwork(network, taps: $0.card.taps, side: $0.side) }
    }

    /// SHA-256 of `model.safetensors` as it is written.
    public var weightsHash: String { (try? ContentHash.sha256(encodedWeights())) ?? "" }

    private func encodedWeights() throws -> [UInt8] {
        [UInt8](
            try SafeTensors(
                tensors: network.tensors.merging(frontEndTensors) { own, _ in own }, metadata: ["format": "pt"]
            ).encoded())
    }

    /// Index of the blank unit.
    public static let blank = 0

    /// Makes the folder where it is missing. An adapter is written by itself.
    public func write(folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let weights = try encodedWeights()
        var card = card
        card.weights = ContentHash.sha256(weights)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try OutputFile.write([UInt8](try encoder.encode(card)), to: folder + "/model.json", inSession: true)
        try OutputFile.write(weights, to: folder + "/model.safetensors", inSession: true)
        try decoding?.write(folder: folder)
    }

    /// - Parameters:
    ///   - isLive: whether it is to read a stream; a teacher cannot, and is refused.
    ///   - adapter: name of one of the folder's adapters; nil for the one that a session kept with its copy of the model, or none.
    ///   - readsDecoding: whether its beam search is read; without it, a damaged one is no error.
    /// - Throws: ``FileError`` that names the file and what is wrong with it.
    public init(
        folder: String, isLive: Bool = true, adapter: String? = nil, readsDecoding: Bool = true
    ) throws(FileError) {
        try self.init(withoutAdapter: folder, isLive: isLive)
        if readsDecoding { decoding = try ModelDecoding.read(folder: folder, card) }
        let copy = folder + "/" + RecognizerAdapter.copyName
        if let adapter {
            guard RecognizerAdapter.isPossible(name: adapter) else { throw FileError(adapterName: adapter, folder) }
            self.adapter = try RecognizerAdapter(RecognizerAdapter.path(adapter, model: folder), for: self)
        } else if FileManager.default.fileExists(atPath: copy) {
            self.adapter = try RecognizerAdapter(copy, for: self)
        }
    }

    private init(withoutAdapter folder: String, isLive: Bool) throws(FileError) {
        let cardFile = folder + "/model.json"
        let weightsFile = folder + "/model.safetensors"
        guard let json = RegularFile.contents(cardFile) else {
            throw FileError(unreadable: cardFile, "; `larmor train recognizer` makes one")
        }
        var card: Card
        do {
            card = try JSONDecoder().decode(Card.self, from: json)
        } catch {
            throw FileError(file: cardFile, problem: DecodingFault(error).description)
        }
        if let problem = card.problem { throw FileError(file: cardFile, problem: problem) }
        if isLive, card.shape.preset == .teacher {
            throw FileError(
                file: cardFile,
                problem: "the preset teacher reads whole sounds and cannot run live; `train recognizer --align-with` takes it")
        }
        guard let data = RegularFile.contents(weightsFile) else {
            throw FileError(unreadable: weightsFile)
        }
        do throws(SafeTensors.FileError) {
            let file = try SafeTensors(data, name: weightsFile)
            network = try Network(card.shape.sequence(), file, name: weightsFile)
            eegFit = try card.eegFrontEnd.map { specification throws(SafeTensors.FileError) in
                try Self.frontEndFit(specification, file, name: weightsFile)
            }
            let known = Set(network.layout.tensors.map(\.name)).union(Self.frontEndNames(card.eegFrontEnd))
            if let other = file.tensors.keys.sorted().first(where: { !known.contains($0) }) {
                throw SafeTensors.FileError(
                    file: weightsFile, problem: "its tensor “\(other)” is none of the network that model.json tells")
            }
        } catch {
            throw FileError(file: weightsFile, problem: error.problem)
        }
        guard network.parameters.allSatisfy(\.isFinite) else {
            throw FileError(file: weightsFile, problem: "a weight is not a finite number")
        }
        guard card.weights.map({ $0 == ContentHash.sha256(data) }) ?? true else {
            throw FileError(
                file: weightsFile,
                problem: "these are not the weights that model.json was written with: their SHA-256 is another. Copy both files"
            )
        }
        card.weights = nil
        self.card = card
    }
}
