import ArgumentParser
import Foundation
import NeuralNetworks
import Outputs
import Recognition
import SignalFeatures

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Shows a recogniser's model, and writes it for other programs.",
        discussion: "Example: larmor model export models/words --output words.onnx",
        subcommands: [ModelShow.self, ModelExport.self, ModelSetDecoding.self])
}

struct ModelShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Says what a model reads, names and was trained on.",
        discussion: "Example: larmor model show models/words")

    @Argument(help: "A model's folder.")
    var model: String

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var model: String
        var preset: String
        var parameters: Int
        var units: String
        var outputs: Int
        var audioRate: Int
        var features: Int
        var eegChannels: Int
        /// Samples per second of EEG, of a model with a front end for it.
        var eegRate: Double?
        /// From the end of a sound to the frame that has heard it, at most.
        /// nil for a network that reads whole sounds.
        var lookAheadMs: Int?
        var trainingUtterances: Int
        var speakers: Int?
        var texts: Int?
        var validationErrorRate: Double?
        var validationLoss: Double?
        var testWordErrorRate: Double?
        /// Whether it was trained on EEG that was computed from sounds.
        var simulatedEeg: Bool?
        /// What was put in the place of its training data.
        var control: String?
        /// Milliseconds by which sound waits for the EEG that answers it.
        var soundDelayMs: Int?
        /// Names of what fits it to single speakers.
        var adapters: [String]
        /// nil for a model that is read by its best path.
        var decoding: DecodingSummary?
        /// nil where there is none.
        var certificate: CertificateSummary?
    }

    func run() throws {
        try reportingFailures {
            let read = try RecognizerModel(folder: model, isLive: false)
            let card = read.card
            let layers = read.network.layers
            let result = Result(
                model: model, preset: card.shape.preset.rawValue, parameters: read.network.layout.count,
                units: card.units.kind.rawValue, outputs: card.words.count, audioRate: card.audioRate,
                features: card.shape.inputs,
                // A window's 15 ms beyond its frame's own 10 ms, and the wait for the other frames of a stride.
                eegChannels: card.eegChannels, eegRate: card.eegFrontEnd?.rate,
                lookAheadMs: layers.lookAhead.map {
                    10 * ($0 + layers.stride - 1) + (card.isHearing ? 15 : 0) + 10 * (card.eegFrontEnd?.delay ?? 0)
                },
                trainingUtterances: card.trainingWords, speakers: card.speakers?.count, texts: card.texts?.count,
                validationErrorRate: card.validationErrorRate, validationLoss: card.validationLoss,
                testWordErrorRate: card.testWordErrorRate, simulatedEeg: card.simulatedEEG, control: card.control?.rawValue,
                soundDelayMs: card.soundDelay.map { 10 * $0 },
                adapters: RecognizerAdapter.names(model: model), decoding: read.decoding.map { DecodingSummary($0) },
                certificate: CertificateSummary(folder: model))
            if json { return try Console.json(result) }
            func line(_ name: String, _ text: String) {
                Console.result(name.padding(toLength: 16, withPad: " ", startingAt: 0) + text)
            }
            line("preset", "\(result.preset), \(result.parameters) parameters")
            line(
                "reads",
                card.isHearing
                    ? "sound at \(result.audioRate) Hz"
                        + (result.eegChannels > 0 ? ", EEG of \(result.eegChannels) channels" : "")
                    : "EEG of \(result.eegChannels) channels at \(Console.number(result.eegRate ?? 0, digits: 0)) Hz, no sound")
            if let delay = result.soundDelayMs { line("", "the sound waits \(delay) ms for the EEG that answers it") }
            line("names", "\(result.outputs) \(result.units)")
            line("look-ahead", result.lookAheadMs.map { "\($0) ms" } ?? "the whole sound")
            line(
                "trained on",
                Console.count(result.trainingUtterances, "utterance")
                    + (result.speakers.map { ", \(Console.count($0, "speaker"))" } ?? ""))
            if result.simulatedEeg == true { line("", "simulated EEG: computed from sounds") }
            if let control = result.control { line("control", "\(control): made to be compared with, not to be used") }
            if let rate = result.validationErrorRate { line("validation", "\(Report.percent(rate)) of the units wrong") }
            line("decoding", result.decoding?.text ?? "the best path")
            if let certificate = result.certificate { line("certificate", certificate.text) }
            if !result.adapters.isEmpty { line("adapters", result.adapters.joined(separator: ", ")) }
            if let rate = result.testWordErrorRate { line("test", "word error rate \(Report.percent(rate))") }
        }
    }
}

struct ModelExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a model as ONNX.",
        discussion: """
            Features as Larmor's front end makes them go in, shape [time, batch, features]; logits come out, the blank first.
            Example: larmor model export models/words --output words.onnx
            """)

    @Argument(help: "A model's folder.")
    var model: String

    @Option(help: "The file to write.")
    var output: String

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var output: String
        var bytes: Int
    }

    func run() throws {
        try reportingFailures {
            let inputs = [model + "/model.json", model + "/model.safetensors"]
            try OutputFile.check(output, inputs: inputs)
            ProcessProvenance.note(data: model)
            let bytes = try RecognizerModel(folder: model, isLive: false).onnx()
            try OutputFile.write(bytes, to: output, inputs: inputs)
            if json { return try Console.json(Result(output: output, bytes: bytes.count)) }
            Console.result("\(output): \(Console.bytes(bytes.count))")
        }
    }
}
