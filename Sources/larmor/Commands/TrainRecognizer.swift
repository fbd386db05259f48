import ArgumentParser
import Foundation
import NeuralNetworks
import Origin
import Outputs
import Plots
import Recognition
import SignalFeatures
import Simulators

struct TrainRecognizer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recognizer", abstract: "Trains a causal CTC network on spoken words and recorded EEG.",
        discussion: """
            Speech is a folder of labelled sounds or a corpus (`larmor corpus`). The preset words is small and fast; live is for many voices: \
            it trains on changed voices and noise; sentences is live for whole sentences whose phonemes have known times \
            (`larmor corpus speak`): smaller, and fast; teacher reads whole sounds, to tell another training where in its sounds the units \
            stand (--align-with). Where the corpus has a validation split, the epoch that did best on it is kept. \
            The EEG of the session that --eeg names becomes the background of the words; without it the network learns from audio only. \
            A training that was stopped goes on with --resume to the same bits. \
            With --front-end krishna the network reads EEG and no sound: each utterance of the corpus names a session (“eeg”) and where it stands \
            there (“from_s”, “to_s”). Five features a channel become 30 components and their slopes; all is fitted to the training split only.
            Example: larmor train recognizer --speech speech --eeg sessions/background --output models/words
            Example: larmor train recognizer --corpus digits.jsonl --preset live --hold-out theo --output models/digits
            Example: larmor train recognizer --corpus sentences.jsonl --units characters --preset live --align-with models/teacher \
            --output models/sentences
            Example: larmor train recognizer --corpus two/corpus.jsonl --units characters --preset sentences --output models/two
            Example: larmor train recognizer --corpus eeg.jsonl --front-end krishna --reference average --output models/eeg
            With --with-sound it reads both: EEG comes late, so the sound waits for it. --control trains what should read nothing.
            Example: larmor train recognizer --corpus simulated/corpus.jsonl --front-end envelope --with-sound --babble 0 --output models/both
            --timescale says weight decay as a time: how many epochs the weights remember their updates. Biases and norms do not decay. \
            --explain tells what it means, trains nothing and needs no --output.
            Example: larmor train recognizer --speech speech --timescale "8 epochs" --explain --scale data=4x,width=2x
            """)

    @Option(help: "A folder of labelled WAV files.")
    var speech: String?

    @Option(help: "A corpus, a file of JSON Lines.")
    var corpus: String?

    @Option(help: "A session with EEG.")
    var eeg: String?

    @Option(name: .customLong("output"), help: "Folder for the model.")
    var folder: String?

    @Option(help: "The network and how it is trained: words, live, sentences or teacher.")
    var preset: Preset = .words

    @OptionGroup var eegFrontEnd: EEGFrontEndOptions

    @Option(help: "What the network's outputs are: words or characters (default: words; characters with --front-end).")
    var units: Unit?

    @Option(
        help: "Passes over the training utterances (default: 32; 40 with --preset live, 16 with sentences, 20 with teacher).")
    var epochs: Int?

    @Option(help: "Units of each recurrent layer (default: 128; 192 with --preset sentences).")
    var hidden: Int?

    @Option(help: "Recurrent layers (default: 2; 5 with --preset live, 1 with sentences).")
    var layers: Int?

    @Option(help: "With --preset live: a file of `larmor plan`, whose paths take the place of each block's recurrent layer.")
    var plan: String?

    @Option(help: "Strings of words per step (default: 16).")
    var batch: Int?

    @Option(help: "Largest learning rate of the one-cycle schedule (default: 0.004; 0.003 with --preset live or sentences).")
    var learningRate: Double?

    @OptionGroup var decay: DecayOptions

    @Option(help: "With --preset live, sentences or teacher: how much sounds are changed, 0 for not at all (default: 1).")
    var perturb: Double?

    @Option(
        parsing: .unconditional,
        help: "Train in babble of six other voices, at this ratio of speech to babble in dB or between two: 0 or -5,5.")
    var babble: String?

    @Option(
        help:
            "Train a control: noise in place of the EEG, shuffled-labels, or block-order (texts that stand for the place in the session)."
    )
    var control: TrainingControl?

    @Option(help: "End after so many epochs without a better result on the validation split.")
    var patience: Int?

    @Option(help: "A model of the same units: each label may stand only shortly after where this model finds it.")
    var alignWith: String?

    @Option(
        help:
            "Weight of a second loss, on frames whose word or phoneme is known: single words, and a corpus' “marks” (default: 0; 0.3 with --preset sentences)."
    )
    var framewise: Double?

    @Option(help: "Leave this speaker out of training and validation; may be given again.")
    var holdOut: [String] = []

    @Option(help: "Fail when two splits share this: text, speaker or session.")
    var disjoint: [DisjointKey] = []

    @Option(help: "Samples per second of the rig's sound.")
    var rate = PulseAudioServer.rate

    @Option(help: "Seed of everything that is random.")
    var seed: UInt64 = 1

    @Flag(help: "Go on with a training that was stopped.")
    var resume = false

    @Flag(help: "Print one JSON object.")
    var json = false

    enum Preset: String, ExpressibleByArgument, CaseIterable { case words, live, sentences, teacher }
    enum Unit: String, ExpressibleByArgument, CaseIterable { case words, characters }

    var unit: Unit { units ?? (eegFrontEnd.readsEEGAlone ? .characters : .words) }

    struct Result: Encodable {
        var model: String
        var preset: String
        var trainingWords: Int
        var epochs: Int
        var loss: Double
        var validationErrorRate: Double?
        /// Mean CTC loss of a string of the validation split, in nats.
        var validationLoss: Double?
        var testWordErrorRate: Double?
    }

    var output: String { folder ?? "" }

    func validate() throws {
        guard folder != nil || decay.explain else { throw ValidationError("Missing expected argument '--output <output>'") }
        guard (speech == nil) != (corpus == nil) else { throw ValidationError("give either --speech or --corpus") }
        guard (1...1000).contains(epochs ?? 1) else { throw ValidationError("--epochs is a number from 1 to 1000") }
        guard (8...2048).contains(hidden ?? 8) else { throw ValidationError("--hidden is a number from 8 to 2048") }
        guard (1...32).contains(layers ?? 1) else { throw ValidationError("--layers is a number from 1 to 32") }
        guard (1...1024).contains(batch ?? 1) else { throw ValidationError("--batch is a number from 1 to 1024") }
        guard (learningRate ?? 0.001) > 0, (learningRate ?? 0.001) <= 1 else {
            throw ValidationError("--learning-rate is a number above 0, at most 1")
        }
        guard (0...2).contains(perturb ?? 1) else { throw ValidationError("--perturb is a number from 0 to 2") }
        if preset == .words { try GivenOptions.refuse(["--perturb"], "needs --preset live, sentences or teacher") }
        if preset != .live || eegFrontEnd.readsEEGAlone { try GivenOptions.refuse(["--plan"], "needs --preset live") }
        if plan != nil { try GivenOptions.refuse(["--hidden"], "is in the plan") }
        if try babbleRatios() != nil { try GivenOptions.refuse(["--perturb"], "cannot stand beside --babble") }
        if control == .noise, eegFrontEnd.frontEnd == nil {
            throw ValidationError("--control noise needs --front-end: it replaces EEG")
        }
        guard (0...10).contains(framewise ?? 0) else { throw ValidationError("--framewise is a number from 0 to 10") }
        guard (1...1000).contains(patience ?? 1) else { throw ValidationError("--patience is a number from 1 to 1000") }
        guard (8000...192_000).contains(rate) else { throw ValidationError("--rate is a number from 8000 to 192000") }
        try eegFrontEnd.check()
    }

    private func makeRecipe() throws -> TrainingRecipe {
        var recipe: TrainingRecipe =
            switch (eegFrontEnd.readsEEGAlone, preset) {
            case (true, _): .krishna
            case (false, .words): .words
            case (false, .live): .live
            case (false, .sentences): .sentences
            case (false, .teacher): .teacher
            }
        // Bands end below half the rate.
        recipe.frontEnd.highest_Hz = recipe.frontEnd.highest_Hz.map { min($0, Double(rate) / 2) }
        recipe.epochs = epochs ?? recipe.epochs
        recipe.hidden = hidden ?? recipe.hidden
        recipe.layers = layers ?? recipe.layers
        if let plan {
            let planned = try EnsemblePlan(file: plan)
            recipe.ensemble = try planned.recurrentPaths(file: plan)
            recipe.hidden = planned.block.inputs
        }
        recipe.batch = batch ?? recipe.batch
        recipe.learningRate = learningRate.map { Float($0) } ?? recipe.learningRate
        if let perturb { recipe.perturbation = perturb > 0 ? recipe.perturbation?.scaled(by: perturb) : nil }
        if let babble = try babbleRatios() { recipe.perturbation = .babble(babble) }
        recipe.framewise = framewise.map { Float($0) } ?? recipe.framewise
        recipe.patience = patience
        (recipe.hasSessionLayer, recipe.balancesSessions) = (eegFrontEnd.sessionLayer, eegFrontEnd.balanceSessions)
        recipe.weightDecay = decay.weightDecay.map { Float($0) } ?? recipe.weightDecay
        recipe.timescale = try decay.asked()
        guard recipe.timescale != nil || recipe.weightDecay * recipe.learningRate < 1 else {
            throw ValidationError(
                "--weight-decay times the learning rate is \(recipe.weightDecay * recipe.learningRate); from 1 on no weight remembers anything"
            )
        }
        recipe.seed = seed
        return recipe
    }

    func run() throws {
        try reportingFailures {
            if !decay.explain { try OutputPlace.checkOutputFolder(output, files: ["model.json", "model.safetensors"]) }
            let recipe = try makeRecipe()
            var list = try readCorpus()
            if let control { list = try list.texts(of: control, seed: seed) }
            if eegFrontEnd.frontEnd != nil { return try trainOnEEG(list, recipe) }
            if patience != nil, list[.validation].isEmpty {
                throw list.error(.noUtterances("some whose split is validation: --patience waits for them"))
            }
            let corpus = try SpeechCorpus(list, rate: rate)
            let background = try eeg.map { try BackgroundEEG(session: $0) }
            ProcessProvenance.note(seed: seed)
            ProcessProvenance.note(data: speech ?? self.corpus)
            ProcessProvenance.note(data: eeg)
            ProcessProvenance.note(data: alignWith)
            ProcessProvenance.note(data: plan)
            let units = Units(unit == .words ? .words : .characters, spelling: corpus.training.map(\.text))
            let known = corpus.validation.filter { (try? units.labels(of: $0.text)) != nil }
            if known.count < corpus.validation.count {
                Console.note(
                    "     \(Console.count(corpus.validation.count - known.count, "validation text")) with words that training lacks: left out"
                )
            }
            if !resume, !decay.explain { TrainingRun.tellOfStopped(output) }
            let training = try RecognizerTraining(
                .init(
                    units: units, training: namingLines(of: list) { try aligned(corpus.training, units) }, validation: known,
                    rate: rate, eeg: background?.features ?? [],
                    eegChannels: background?.channels ?? 0),
                recipe: recipe)
            if decay.explain { return try explain(training) }
            // Until here a signal ends the program at once.
            StopRequest.install()
            if recipe.framewise > 0, !training.hasFramewiseLoss {
                throw list.error(.noUtterances("single words, or some with “marks”: --framewise needs times that are known"))
            }
            let trained = try namingLines(of: list) {
                try TrainingRun(
                    training, folder: output, fingerprint: fingerprint(recipe, corpus, background), resume: resume
                ).run()
            }
            guard var model = trained else { throw StopRequest.exitCode }
            if preset != .teacher {
                model.card.testWordErrorRate = RecognizerEvaluation(model, rate: rate).wordErrorRate(corpus)
            }
            model.card.control = control
            model.card.provenance = ProcessProvenance.now
            try model.write(folder: output)
            TrainingRun.removeCheckpoint(output)
            try show(model.card)
        }
    }

    /// What goes wrong with a training utterance is told with its line.
    func namingLines<Value>(of list: Corpus, _ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as CTCTrainingError {
            let places = list.utterances.indices.filter { (list.utterances[$0].split ?? .train) == .train }
            throw list.error(at: places[error.utterance], "its text does not fit its sound: \(error.reason)")
        }
    }

    /// With the places of their units, where a model is to say them.
    private func aligned(_ utterances: [SpokenText], _ units: Units) throws -> [SpokenText] {
        guard let alignWith else { return utterances }
        let teacher = try RecognizerModel(teacher: alignWith, units: units.kind, rate: rate)
        return try TeacherAlignment(teacher, rate: rate).align(utterances)
    }

    func explain(_ training: RecognizerTraining) throws {
        let report = DecayReport(
            training.decayExplanation, training.extent, scale: try decay.scale.map { try TrainingScale($0) })
        if json { try Console.json(report) } else { report.show() }
    }

    func show(_ card: RecognizerModel.Card) throws {
        let result = Result(
            model: output, preset: eegFrontEnd.frontEnd?.rawValue ?? preset.rawValue, trainingWords: card.trainingWords,
            epochs: card.epochs, loss: card.finalLoss,
            validationErrorRate: card.validationErrorRate, validationLoss: card.validationLoss,
            testWordErrorRate: card.testWordErrorRate)
        // A network that has not begun to learn names nothing, or always the same.
        let wrong = result.validationErrorRate ?? result.testWordErrorRate ?? 0
        if wrong >= Self.unlearned {
            Console.note(
                "     it has learnt next to nothing: \(Report.percent(wrong)) wrong. Give it more steps (--epochs, or a smaller --batch) or "
                    + "more utterances; \(Console.count(result.epochs, "epoch")) of \(Console.count(result.trainingWords, "utterance")) are few"
            )
        }
        if json { return try Console.json(result) }
        let rate = result.testWordErrorRate.map { Report.percent($0) } ?? "–"
        let watched = result.validationErrorRate.map { ", \(Report.percent($0)) of the validation split's units wrong" } ?? ""
        Console.result(
            "\(Console.count(result.trainingWords, unit == .words ? "word" : "utterance")), \(Console.count(result.epochs, "epoch")): loss "
                + "\(Console.number(result.loss, digits: 3))\(watched), word error rate on the test words \(rate) (\(card.kindOfInput), offline)"
        )
    }

    /// Share of wrong units from which on nothing was learnt.
    private static let unlearned = 0.9

    /// Of all that the result follows from: an interrupted training goes on with nothing else.
    private func fingerprint(_ recipe: TrainingRecipe, _ corpus: SpeechCorpus, _ background: BackgroundEEG?) -> String {
        let teacher = alignWith.flatMap { try? ContentHash.sha256(of: $0) } ?? ""
        var texts =
            "\(recipe.fingerprint)\(rate)\(unit)\(teacher)\(background?.channels ?? 0)\(sum(background?.features ?? []))"
        for spoken in corpus.training + corpus.validation {
            texts += "\(spoken.text)\t\(spoken.speaker)\t\(spoken.samples.count)\t\(sum(spoken.samples))\n"
        }
        return ContentHash.sha256(texts.utf8)
    }

    /// Changes with every value and its place.
    func sum(_ values: [Float]) -> UInt64 {
        values.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3 }
    }
}
