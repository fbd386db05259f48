import ArgumentParser
import Devices
import Logging
import Outputs
import Recognition
import Reservoirs
import Rigs
import Settings
import Simulators
import Transports

struct TrainReadout: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readout", abstract: "Drives the rig's film with spoken words and fits a readout by ridge regression.",
        discussion: "Example: larmor train readout rigs/demo.toml --speech speech --output models/film")

    @Argument(help: "The rig file; its reservoir's device is used.")
    var rig: String

    @Option(help: "A folder of labelled WAV files.")
    var speech: String

    @Option(help: "Folder for the readout.")
    var output: String

    @Option(help: "The readout to train, by its name in the rig file; needed where the rig has several.")
    var stage: String?

    @Flag(help: "Fits by singular values of the states, never of their squares: slower, for states that are nearly dependent.")
    var exact = false

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var readout: String
        var reservoir: String
        var trainingUtterances: Int
        var trainingAccuracy: Double
        var lambda: Double
        var conditionNumber: Double
        /// Frames of the drive that the rig file's limits have changed.
        var limitedFrames: UInt64
    }

    /// The readout that is meant.
    private func section(of rig: Rig) throws(SettingsError) -> Rig.Readout {
        let names = rig.readouts.compactMap(\.name)
        if let stage {
            guard let found = rig.readouts.first(where: { $0.name == stage }) else {
                throw SettingsError(file: rig.file, line: 0, reason: .unknownName(stage, kind: "readout", known: names))
            }
            return found
        }
        guard let first = rig.readouts.first else {
            throw SettingsError(file: rig.file, line: 0, reason: .missingKey("readout", inTable: "the rig"))
        }
        guard rig.readouts.count == 1 else {
            throw SettingsError(
                file: rig.file, line: rig.readouts[1].line,
                reason: .invalidValue(
                    key: "readout", value: "one of \(rig.readouts.count)",
                    expected: "one that is named: add --stage \(names.joined(separator: ", or --stage "))"))
        }
        return first
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            var rig = try Rig(contentsOf: self.rig)
            let films = try section(of: rig).devices.compactMap { rig.device(named: $0) }
            try OutputPlace.checkOutputFolder(output, files: ["readout.json", "readout.safetensors"], inputs: [self.rig])
            // Only the films are needed.
            rig.devices = films
            let corpus = try SpeechCorpus(folder: speech, rate: PulseAudioServer.rate)
            let simulators = try RigSimulators(rig, executable: OwnProgram.path)
            defer { simulators.stop() }
            let members = try films.map { try rig.makeReservoir($0, port: simulators.ports[$0.name] ?? "") }
            let reservoir = members.count == 1 ? members[0] : ReservoirArray(members)
            var settings = ReadoutTraining.Settings()
            settings.seed = rig.seed
            settings.isExact = exact
            ProcessProvenance.note(seed: rig.seed)
            ProcessProvenance.note(data: self.rig)
            ProcessProvenance.note(data: speech)
            var progress = ProgressLine("driving the film")
            let labels = corpus.texts
            let training = ReadoutTraining(
                words: corpus.training.map { spoken in
                    .init(samples: spoken.samples, label: labels.firstIndex(of: spoken.text) ?? 0)
                }, labels: labels,
                rate: corpus.rate, reservoir: reservoir, settings: settings)
            let readout = try training.run { fraction in
                progress.show(fraction, "\(Console.count(corpus.training.count, "word"))")
                return !StopRequest.isRequested
            }
            progress.done()
            guard var readout else { throw StopRequest.exitCode }
            readout.card.provenance = ProcessProvenance.now
            try readout.write(folder: output)
            let card = readout.card
            let limited = members.reduce(0) { $0 + (($1 as? RigLinkReservoir)?.limitedFrames ?? 0) }
            if limited > 0 {
                log.warning(
                    "the drive's limits changed \(Console.count(limited, "frame")): the films heard something else than the words"
                )
            }
            let result = Result(
                readout: output, reservoir: card.reservoir, trainingUtterances: card.trainingUtterances,
                trainingAccuracy: card.trainingAccuracy, lambda: card.lambda, conditionNumber: card.conditionNumber,
                limitedFrames: limited)
            if json { return try Console.json(result) }
            Console.result(
                "\(card.reservoir): \(Console.count(card.trainingUtterances, "word")), \(Report.percent(card.trainingAccuracy)) right in "
                    + "training, λ = \(card.lambda), condition number \(Console.number(card.conditionNumber, digits: 0))")
        }
    }
}
