public import ArgumentParser
import Foundation
import NeuralNetworks
import Origin
import Outputs
public import Recognition
import SignalFeatures
import Signals

struct Adapt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fits a trained recogniser to one speaker, with a small file beside a model that stays as it is.",
        discussion: """
            A side network reads the layers of the frozen recogniser and corrects the last one (READ). Nothing goes back through the \
            recogniser, so its states are computed once, and training takes little memory. The result is adapters/SUBJECT.safetensors in \
            the model's folder; `recognize --subject` and a rig's adapter = "SUBJECT" use it, for this model only. It learns from the \
            speaker's utterances of the split train, and errors before and after are those of the split test.
            --compare measures several methods on the same strings and writes nothing: read, read-untied (a cell for each layer), full, \
            head, biases, input (a layer of the session in front), lora, or all. --method with --output makes a whole model by one of them.
            A model that reads EEG is fitted to the EEG of the corpus: --method input is what a new day of a headset needs.
            Example: larmor adapt models/eeg --corpus friday.jsonl --subject friday --method input --output models/friday
            Example: larmor adapt models/words --speech speech --subject anna
            Example: larmor adapt models/words --speech speech --subject anna --compare read,head,full
            """)

    @Argument(help: "Folder of the recogniser.")
    var model: String

    @Option(help: "A folder of labelled WAV files.")
    var speech: String?

    @Option(help: "A corpus, a file of JSON Lines.")
    var corpus: String?

    @Option(help: "Whom it is fitted to: the adapter's name.")
    var subject: String

    @Option(help: "Only utterances of this speaker (default: the subject, where the speech has one of that name, or all).")
    var speaker: String?

    @Option(help: "Learn from so many minutes, drawn by the seed; all by default.")
    var minutes: Double?

    @Option(help: "How: read, read-untied, full, head, biases, input or lora.")
    var method: AdaptationMethod = .read

    @Option(help: "Measure these methods and write nothing: read,full or all.")
    var compare: String?

    @Option(help: "Values of the side network's state, or rank of low-rank updates.")
    var rank = 16

    @Option(help: "Passes over the utterances.")
    var epochs = 20

    @Option(help: "Strings of words per step.")
    var batch = 8

    @Option(help: "Largest learning rate (default: 0.004; input 0.002, full 0.001).")
    var learningRate: Double?

    @Option(help: "How long the training remembers its updates: “8 epochs”, “400 iterations”, “30 minutes”.")
    var timescale: String?

    @Option(help: "Weight decay as in PyTorch's AdamW (default: 0.01).")
    var weightDecay: Double?

    @Option(help: "Folder for the new model, with a --method that changes the weights.")
    var output: String?

    @Option(help: "Seed of everything that is random.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Comparison: Encodable {
        var methods: [AdaptReport]
    }

    private func methods() throws -> [AdaptationMethod] {
        guard let compare else { return [method] }
        if compare == "all" { return AdaptationMethod.allCases }
        return try compare.split(separator: ",").map { name in
            guard let method = AdaptationMethod(rawValue: String(name)) else {
                let known = AdaptationMethod.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--compare is all, or some of \(known); found “\(name)”")
            }
            return method
        }
    }

    func validate() throws {
        guard (speech == nil) != (corpus == nil) else { throw ValidationError("give either --speech or --corpus") }
        guard (1...256).contains(rank) else { throw ValidationError("--rank is a number from 1 to 256") }
        guard (1...1000).contains(epochs) else { throw ValidationError("--epochs is a number from 1 to 1000") }
        guard (1...1024).contains(batch) else { throw ValidationError("--batch is a number from 1 to 1024") }
        guard (learningRate ?? 0.001) > 0, (learningRate ?? 0.001) <= 1 else {
            throw ValidationError("--learning-rate is a number above 0, at most 1")
        }
        guard (minutes ?? 1) > 0 else { throw ValidationError("--minutes is a number above 0") }
        guard timescale == nil || weightDecay == nil else { throw ValidationError("give either --timescale or --weight-decay") }
        guard (0...1000).contains(weightDecay ?? 0) else { throw ValidationError("--weight-decay is a number from 0 to 1000") }
        guard RecognizerAdapter.isPossible(name: subject) else {
            throw ValidationError("--subject has up to 64 letters, digits, - _ or dots")
        }
        do { _ = try timescale.map { try Timescale($0) } } catch { throw ValidationError("\(error)") }
        _ = try methods()
        if compare != nil {
            try GivenOptions.refuse(["--method", "--output"], "cannot stand beside --compare")
        } else if !method.makesAdapter {
            guard output != nil else {
                throw ValidationError("--method \(method.rawValue) makes a whole model: give --output FOLDER for it")
            }
        } else if output != nil {
            throw ValidationError("--output needs a --method that changes the weights; an adapter stands beside its model")
        }
    }

    func run() throws {
        try reportingFailures {
            let model = try RecognizerModel(folder: model)
            if model.adapter != nil {
                throw RecognizerModel.FileError(
                    folder: self.model,
                    problem: "it is a session's copy with an adapter: adapt the model that it was copied from")
            }
            if method == .input, compare == nil, model.card.shape.preset != .words {
                throw RecognizerModel.FileError(
                    folder: self.model,
                    problem: "--method input makes a model of the preset words only; compare it with --compare input")
            }
            if (model.card.sessions?.count ?? 1) > 1, try methods().contains(where: { $0.makesAdapter }) {
                throw RecognizerModel.FileError(
                    folder: self.model,
                    problem: "it has input layers of several sessions: --method input fits it to another one")
            }
            if let output {
                let places = [output, self.model].map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
                guard places[0] != places[1] else { throw ValidationError("--output must be another folder than the model's") }
                try OutputPlace.checkOutputFolder(output, files: ["model.json", "model.safetensors"])
            }
            ProcessProvenance.note(seed: seed)
            ProcessProvenance.note(data: self.model)
            ProcessProvenance.note(data: speech ?? corpus)
            let (training, test) = try utterances(model)
            let adaptation = try RecognizerAdaptation(model, training, seed: seed)
            StopRequest.install()
            let before = errors(model, test)
            let reports = try methods().map { method in
                try adapt(model, adaptation, method, utterances: training.count, before, test)
            }
            if compare != nil, json { return try Console.json(Comparison(methods: reports)) }
            if json { try Console.json(reports[0]) } else { AdaptReport.show(reports) }
        }
    }

    /// What is learned from, and what is tested on.
    private func utterances(_ model: RecognizerModel) throws -> ([SpokenText], [SpokenText]) {
        var list = try corpus.map { try Corpus(file: $0) } ?? Corpus(folder: speech ?? "", writtenTo: (speech ?? "") + "/-")
        let speakers = Set(list.utterances.compactMap(\.speaker))
        if let speaker, !speakers.contains(speaker) { throw list.error(.noUtterances("the speaker “\(speaker)”")) }
        if let chosen = speaker ?? (speakers.contains(subject) ? subject : nil) {
            list.utterances.removeAll { $0.speaker != chosen }
        }
        var (training, test) = try read(list, model)
        if let minutes {
            // A list is often sorted by words: its first minutes would lack some.
            var random = SplitMix64(seed: seed)
            var left = minutes * 60
            training = Array(
                training.shuffled(using: &random).prefix { utterance in
                    defer { left -= seconds(of: utterance, model) }
                    return left > 0
                })
        }
        guard !training.isEmpty else { throw list.error(.noUtterances("some whose split is train")) }
        let known = training.filter { (try? model.card.units.labels(of: $0.text)) != nil }
        guard !known.isEmpty else { throw list.error(.noUtterances("some of whose words the model knows")) }
        if known.count < training.count {
            let unknown = Console.count(training.count - known.count, "utterance")
            Console.note("     \(unknown) with words that the model does not know: left out")
        }
        return (known, test)
    }

    /// Training and test.
    private func read(_ list: Corpus, _ model: RecognizerModel) throws -> ([SpokenText], [SpokenText]) {
        if let specification = model.card.eegFrontEnd, let fit = model.eegFit {
            let sounds = model.card.isHearing ? try SpeechCorpus(list, rate: model.card.audioRate) : nil
            let eeg = try EEGCorpus(list, specification, fit, sounds: sounds)
            return (eeg.training, eeg.test)
        }
        let sounds = try SpeechCorpus(list, rate: model.card.audioRate, splits: [.train, .test])
        return (sounds.training, sounds.test)
    }

    private func seconds(of utterance: SpokenText, _ model: RecognizerModel) -> Double {
        guard !model.card.isHearing, let specification = model.card.eegFrontEnd else {
            return Double(utterance.samples.count) / Double(model.card.audioRate)
        }
        return Double((utterance.eeg ?? []).count / specification.rawFeatures) / 100
    }

    private func errors(_ model: RecognizerModel, _ test: [SpokenText]) -> AdaptReport.Errors? {
        guard !test.isEmpty else { return nil }
        let read = RecognizerEvaluation(model, rate: model.card.audioRate).read(test, seed: seed) ?? []
        return .init(wordErrorRate: read.reduce(WordErrors()) { $0 + $1.words }.rate)
    }

    private func adapt(
        _ model: RecognizerModel, _ adaptation: RecognizerAdaptation, _ method: AdaptationMethod, utterances: Int,
        _ before: AdaptReport.Errors?, _ test: [SpokenText]
    ) throws -> AdaptReport {
        var recipe = AdaptationRecipe(method: method)
        (recipe.rank, recipe.epochs, recipe.batch, recipe.seed) = (rank, epochs, batch, seed)
        recipe.learningRate = learningRate.map { Float($0) }
        recipe.weightDecay = weightDecay.map { Float($0) } ?? recipe.weightDecay
        if let timescale {
            let rate = Double(recipe.learningRate ?? method.learningRate)
            recipe.weightDecay = Float(
                try Timescale(timescale).weightDecay(learningRate: rate, adaptation.extent(recipe)))
        }
        let cache = adaptation.cacheBytes(method)
        if cache > 0 {
            Console.note("     \(method.rawValue): frozen states of \(Console.bytes(cache)) are kept while it learns")
        }
        var progress = ProgressLine(method.rawValue)
        let hash = model.weightsHash
        let (found, taken) = try TrainingMeter.measure {
            try adaptation.run(recipe) { done in
                progress.show(done, "learning")
                return !StopRequest.isRequested
            }
        }
        progress.done()
        guard let found else {
            Console.note("     stopped: nothing was written")
            throw StopRequest.exitCode
        }
        var report = AdaptReport(
            method: method.rawValue, subject: subject, minutes: adaptation.seconds / 60, utterances: utterances,
            before: before, after: errors(found.model, test), trainableParameters: found.trainableParameters,
            cacheBytes: cache, peakBytes: taken.peakBytes, seconds: taken.seconds, cpuSeconds: taken.cpuSeconds,
            loss: found.finalLoss, backboneUnchanged: found.model.weightsHash == hash)
        if compare == nil { try write(found.model, &report) }
        return report
    }

    private func write(_ adapted: RecognizerModel, _ report: inout AdaptReport) throws {
        if var adapter = adapted.adapter {
            adapter.card.subject = subject
            adapter.card.provenance = ProcessProvenance.now
            let written = try adapter.write(subject, model: model)
            (report.file, report.fileBytes) = (written.path, written.bytes)
            report.backboneUnchanged = try RecognizerModel(folder: model, adapter: subject).weightsHash == adapter.card.backbone
        } else if let output {
            var adapted = adapted
            adapted.card.provenance = ProcessProvenance.now
            if method == .input { adapted.card.sessions = [subject] }
            try adapted.write(folder: output)
            report.file = output
            report.fileBytes = adapted.network.parameters.count * 4
        }
    }
}

extension AdaptationMethod: ExpressibleByArgument {}
