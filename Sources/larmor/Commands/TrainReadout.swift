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
        commandName: "readout", abstract: "Drives the rig's film and fits a readout by ridge regression.",
        discussion: """
            A readout that names words is trained with labelled speech. A continuous readout, one with a target, is trained with recorded \
            sessions: their streams drive the film as they would live. The sessions have the same channels. The NRMSE is that of the last fifth \
            of the steps, which chose λ.
            Example: larmor train readout rigs/demo.toml --speech speech --output models/film
            Example: larmor train readout rigs/film-band.toml --stage trained --session sessions/band --output models/band
            """)

    @Argument(help: "The rig file; its reservoir's device is used.")
    var rig: String

    @Option(help: "A folder of labelled WAV files, for a readout that names words.")
    var speech: String?

    @Option(name: .customLong("session"), help: "A recorded session, for a continuous readout; may be given several times.")
    var sessions: [String] = []

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
        /// Sounds that are silent or too short for a word.
        var doubtfulSounds: [DoubtfulSound]
    }

    /// A `[[readout]]` of the rig.
    private enum Section {
        case words(Rig.Readout)
        case numbers(Rig.Predictor)

        var name: String? {
            switch self {
            case .words(let section): section.name
            case .numbers(let section): section.name
            }
        }

        var line: Int {
            switch self {
            case .words(let section): section.line
            case .numbers(let section): section.line
            }
        }

        var devices: [String] {
            switch self {
            case .words(let section): section.devices
            case .numbers(let section): section.devices
            }
        }
    }

    func validate() throws {
        guard (speech == nil) != sessions.isEmpty else {
            throw ValidationError(
                "--speech FOLDER trains a readout that names words, --session FOLDER a continuous one; give one of the two")
        }
    }

    /// The readout that is meant.
    private func section(of rig: Rig) throws(SettingsError) -> Section {
        let all = rig.readouts.map { Section.words($0) } + rig.predictors.map { Section.numbers($0) }
        let names = all.compactMap(\.name)
        if let stage {
            guard let found = all.first(where: { $0.name == stage }) else {
                throw SettingsError(file: rig.file, line: 0, reason: .unknownName(stage, kind: "readout", known: names))
            }
            return found
        }
        guard let first = all.first else {
            throw SettingsError(file: rig.file, line: 0, reason: .missingKey("readout", inTable: "the rig"))
        }
        guard all.count == 1 else {
            throw SettingsError(
                file: rig.file, line: all[1].line,
                reason: .invalidValue(
                    key: "readout", value: "one of \(all.count)",
                    expected: "one that is named: add --stage \(names.joined(separator: ", or --stage "))"))
        }
        return first
    }

    /// - Throws: for speech where sessions are needed, and for the reverse; for a readout that needs no training.
    private func check(_ section: Section, _ rig: Rig) throws(SettingsError) {
        func refuse(_ value: String, _ expected: String) -> SettingsError {
            SettingsError(
                file: rig.file, line: section.line,
                reason: .invalidValue(
                    key: "readout", value: section.name ?? "the only one", expected: "\(value) \(expected)"))
        }
        switch section {
        case .words where speech == nil: throw refuse("one with a target, or --speech:", "this one names words")
        case .numbers where speech != nil: throw refuse("one that names words, or --session:", "this one has a target")
        case .numbers(let predictor):
            guard predictor.method == .ridge else {
                throw refuse("one with method = \"ridge\":", "a readout with rls learns while it runs, and is not trained")
            }
        default: break
        }
    }

    func run() throws {
        try reportingFailures {
            var rig = try Rig(contentsOf: self.rig)
            let section = try section(of: rig)
            try check(section, rig)
            StopRequest.install()
            let films = section.devices.compactMap { rig.device(named: $0) }
            try OutputPlace.checkOutputFolder(
                output, files: ["readout.json", "readout.safetensors"], inputs: [self.rig] + sessions)
            ProcessProvenance.note(seed: rig.seed)
            ProcessProvenance.note(data: self.rig)
            if case .numbers(let predictor) = section {
                let training = PredictionTrainingRun(
                    rig: rig, section: predictor, sessions: sessions, output: output, isExact: exact)
                let steps = try training.read()
                rig.devices = films
                let simulators = try RigSimulators(rig, executable: OwnProgram.path)
                defer { simulators.stop() }
                let members = try films.map { try rig.makeReservoir($0, port: simulators.ports[$0.name] ?? "") }
                let result = try training.train(members, steps)
                if json { return try Console.json(result) }
                return Console.result(result.line)
            }
            guard let speech else { return }
            // Only the films are needed.
            rig.devices = films
            let corpus = try SpeechCorpus(folder: speech, rate: PulseAudioServer.rate)
            if let warning = corpus.doubtful.warning { log.warning("\(speech): \(warning)") }
            let simulators = try RigSimulators(rig, executable: OwnProgram.path)
            defer { simulators.stop() }
            let members = try films.map { try rig.makeReservoir($0, port: simulators.ports[$0.name] ?? "") }
            let reservoir = members.count == 1 ? members[0] : ReservoirArray(members)
            var settings = ReadoutTraining.Settings()
            settings.seed = rig.seed
            settings.isExact = exact
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
                limitedFrames: limited, doubtfulSounds: corpus.doubtful)
            if json { return try Console.json(result) }
            Console.result(
                "\(card.reservoir): \(Console.count(card.trainingUtterances, "word")), \(Report.percent(card.trainingAccuracy)) right in "
                    + "training, λ = \(card.lambda), condition number \(Console.number(card.conditionNumber, digits: 0))")
        }
    }
}
