import ArgumentParser
import Outputs
import Recognition
import Simulators

struct TrainRecognizer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recognizer", abstract: "Trains a causal CTC network on spoken words and recorded EEG.",
        discussion: """
            The EEG of the session that --eeg names becomes the background of the words; without it the network learns from audio only.
            Example: larmor train recognizer --speech speech --eeg sessions/background --output models/words
            """)

    @Option(help: "A folder of labelled WAV files.")
    var speech: String

    @Option(help: "A session with EEG.")
    var eeg: String?

    @Option(help: "Folder for the model.")
    var output: String

    @Option(help: "Passes over the training words.")
    var epochs = 32

    @Option(help: "Seed of everything that is random.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var model: String
        var trainingWords: Int
        var epochs: Int
        var loss: Double
        var testWordErrorRate: Double?
    }

    func validate() throws {
        guard (1...1000).contains(epochs) else { throw ValidationError("--epochs is a number from 1 to 1000") }
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            try OutputPlace.checkOutputFolder(output, files: ["model.json", "model.safetensors"])
            let corpus = try SpeechCorpus(folder: speech, rate: PulseAudioServer.rate)
            let background = try eeg.map { try BackgroundEEG(session: $0) }
            ProcessProvenance.note(seed: seed)
            ProcessProvenance.note(data: speech)
            ProcessProvenance.note(data: eeg)
            var settings = RecognizerTraining.Settings()
            settings.epochs = epochs
            settings.seed = seed
            let training = RecognizerTraining(
                words: corpus.labels, spoken: corpus.spoken, rate: corpus.rate, eeg: background?.features ?? [],
                eegChannels: background?.channels ?? 0, settings: settings)
            var progress = ProgressLine("training")
            var lastEpoch = -1
            var skipped = 0
            let trained = try training.run { state in
                progress.show(state.fraction, "loss \(Console.number(state.loss, digits: 3))")
                if state.epoch != lastEpoch, state.epoch % 4 == 0 {
                    Console.note("     epoch \(state.epoch): loss \(Console.number(state.loss, digits: 3))")
                }
                if skipped == 0, let words = state.notFinite.first {
                    let places = words.map { String($0 + 1) }.joined(separator: ", ")
                    Console.note(
                        "     epoch \(state.epoch): the loss of the training files \(places) together is not finite;"
                            + " their batch is skipped")
                }
                (lastEpoch, skipped) = (state.epoch, state.skippedSteps)
                return !StopRequest.isRequested
            }
            progress.done()
            guard var model = trained else { throw StopRequest.exitCode }
            if skipped > 0 {
                Console.note(
                    "     \(Console.count(skipped, "batch", "batches")) changed nothing, because their loss or gradient was not finite"
                )
            }
            model.card.testWordErrorRate = RecognizerEvaluation(corpus: corpus).wordErrorRate(model)
            model.card.provenance = ProcessProvenance.now
            try model.write(folder: output)
            let result = Result(
                model: output, trainingWords: model.card.trainingWords, epochs: epochs, loss: model.card.finalLoss,
                testWordErrorRate: model.card.testWordErrorRate)
            if json { return try Console.json(result) }
            let rate = result.testWordErrorRate.map { Report.percent($0) } ?? "–"
            Console.result(
                "\(Console.count(result.trainingWords, "word")), \(Console.count(epochs, "epoch")): loss \(Console.number(result.loss, digits: 3)), word error "
                    + "rate on the test words \(rate) (audio only, offline)")
        }
    }
}
