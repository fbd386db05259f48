import ArgumentParser
import Devices
import Foundation
import LiveGraph
import Logging
import Outputs
import Recognition
import Recording
import Rigs
import Settings
import Simulators

struct Recognize: LiveCommand {
    static let configuration = CommandConfiguration(
        abstract: "Recognises live from a rig's running devices.",
        discussion: """
            With a simulated microphone and --speech, the test words of that folder are spoken and the result is scored.
            --adapter or --subject fits the recogniser to one speaker, with what `larmor adapt` made.
            With a certificate (`larmor calibrate fit --model`) words have calibrated confidences and a label: act, confirm or ignore, by \
            the costs in the rig file. Where prompts say what is said next, their posterior probability is watched: see `truth` in \
            README.
            Example: larmor recognize rigs/demo.toml --model demo/models/words --readout demo/models/film \
            --speech demo/speech --words 20 --lsl words
            Example: larmor recognize rigs/demo.toml --model models/words --certificate models/words/certificate.json
            Example: larmor recognize rigs/demo.toml --model models/words --page
            """)

    @Argument(help: "The rig file.")
    var rig: String

    @Option(help: "Folder of the CTC recogniser; the rig's by default.")
    var model: String?

    @Option(help: "Name of an adapter of the (first) recogniser's model, in place of the rig's.")
    var adapter: String?

    @Option(help: "Who speaks: the adapter of that name is taken where the model has one.")
    var subject: String?

    @Option(help: "Folder of the (first) readout's training; the rig's by default.")
    var readout: String?

    @Option(help: "Certificate of the CTC recogniser, a file or the folder of its certificate.json; the rig's by default.")
    var certificate: String?

    @Option(help: "Certificate of the (first) readout, likewise.")
    var readoutCertificate: String?

    @Option(
        help: "Show the lines of this file one after the other, as what is to be said; they are recorded as console.prompts.")
    var prompts: String?

    @Option(help: "Seconds from one prompt to the next; without it Enter shows the next one.")
    var promptInterval: Double?

    @Option(help: "A folder of labelled WAV files whose test words are spoken into the simulated microphone.")
    var speech: String?

    @Option(help: "Number of words to speak, of sentences with --sentences; 0 for all.")
    var words = 0

    @Option(help: "A text file: its lines are spoken, put together word by word from the test words of --speech.")
    var sentences: String?

    @Option(help: "With --sentences: only this speaker of --speech; may be given again.")
    var speaker: [String] = []

    @Option(help: "Seconds to run; until the words are spoken, or until Ctrl-C, by default.")
    var seconds: Double?

    @Option(help: "Wait so many seconds for devices and LSL streams that are not there yet.")
    var waitFor: Double?

    @Option(name: .customLong("record"), help: "Record the session to this folder, too.")
    var session: String?

    @Option(
        help: """
            Publish the words as a stream of this name on the Lab Streaming Layer, too, and the numbers of each continuous readout as NAME.READOUT.
            """)
    var lsl: String?

    @OptionGroup var page: PageOptions

    @Flag(help: "Show the run as a view on the terminal that changes in place; lines where there is no terminal.")
    var watch = false

    @Flag(help: "Ask for real-time priority and locked memory.")
    var realTime = false

    @Flag(help: "Print one JSON object.")
    var json = false

    var outputIsTheProduct: Bool { json }

    func validate() throws {
        if let seconds, !(seconds > 0) { throw ValidationError("--seconds must be above 0") }
        try RigOpening.check(waitFor)
        try page.check()
        if words < 0 { throw ValidationError("--words must be 0 or more") }
        if adapter != nil { try GivenOptions.refuse(["--subject"], "cannot stand beside --adapter") }
        if speech == nil { try GivenOptions.refuse(["--words", "--sentences"], "needs --speech") }
        if sentences == nil { try GivenOptions.refuse(["--speaker"], "needs --sentences") }
        if prompts == nil { try GivenOptions.refuse(["--prompt-interval"], "needs --prompts") }
        if let promptInterval, !(0.1...86_400).contains(promptInterval) {
            throw ValidationError("--prompt-interval must be from 0.1 to 86400 seconds")
        }
    }

    func enterEnvironment() throws { try RigEnvironment.enter(forRigAt: rig) }

    func work() throws {
        var rig = try Rig(contentsOf: self.rig)
        try chooseAdapter(&rig)
        if let session { try OutputPlace.checkFolder(OutputPlace.folder(above: session)) }
        for hint in rig.hints { log.notice("\(self.rig): \(hint)") }
        let simulators = try RigSimulators(rig, executable: OwnProgram.path)
        do {
            try recognize(rig, simulators)
        } catch {
            simulators.stop()
            throw error
        }
    }

    private func chooseAdapter(_ rig: inout Rig) throws {
        guard adapter != nil || subject != nil else { return }
        guard let section = rig.recognizers.first, let folder = model ?? section.model else {
            throw SettingsError(file: rig.file, line: 0, reason: .missingKey("recognizer", inTable: "the rig"))
        }
        if let subject, !RecognizerAdapter.names(model: folder).contains(subject) {
            log.notice("\(folder) has no adapter “\(subject)”: its model is taken as it is (`larmor adapt` makes one)")
            rig.recognizers[0].adapter = nil
        } else {
            rig.recognizers[0].adapter = adapter ?? subject
        }
    }

    private func recognize(_ rig: Rig, _ simulators: RigSimulators) throws {
        let outlet = try lsl.map { try DecisionOutlets($0, rig) }
        let strip = try testStrip(rig, simulators)
        let (models, readouts) = (rig.models(first: model), rig.readouts(first: readout))
        let predictors = rig.predictors(first: readout)
        ProcessProvenance.note(seed: rig.seed)
        let certificates = RigCertificates(rig, model: certificate, readout: readoutCertificate)
        for path in [rig.file] + (models + readouts + predictors).compactMap(\.self) + certificates.files {
            ProcessProvenance.note(data: path)
        }
        try checkModels(rig, models, readouts, predictors)
        try certificates.check(models: models, readouts: readouts)
        let prompter = try prompts.map { try Prompter(PromptList(contentsOf: $0), interval: promptInterval) }
        let paged = try page.page.map { _ in try PagedRun(page, title: rig.name) }
        defer { paged?.stop() }
        let feed = try prompter?.feed ?? paged.map { _ in try ConsoleFeed() }
        let run = try RigOpening(rig: rig, simulators: simulators, patience: waitFor).open {
            try LiveRun(
                rig, ports: simulators.ports, session: session, models: models, readouts: readouts,
                predictors: predictors, certificates: (certificates.models, certificates.readouts),
                provenance: ProcessProvenance.now, console: feed, knowsSpeech: strip != nil, isWatched: paged != nil)
        }
        RigOpening.tell(run.rig)
        prompter?.start()
        let stage = try strip.map { try SpeechStage($0.strip, server: $0.server, run) }
        // By stage: each is scored for itself.
        var heard: [String: [String]] = [:]
        var filmHeard: [String: [String]] = [:]
        var loop = RunLoop(simulators: simulators, run: run)
        loop.page = paged?.page
        loop.realTime = realTime
        loop.screen = watch ? TerminalView(title: rig.name) : nil
        paged?.begin(run, folder: session, feed: feed)
        var report = try loop.untilDone(
            seconds: seconds, label: "recognising",
            isDone: {
                paged?.refresh()
                let isPrompted = prompter?.isDone() ?? false
                return stage?.isOver() ?? (isPrompted && seconds == nil)
            },
            show: json ? Console.note : Console.result
        ) { decision in
            guard !decision.isPartial else { return }
            outlet?.push(decision)
            switch decision.content {
            case .word(let text, _, _): heard[decision.stage ?? "", default: []].append(text)
            case .filmWord(let text, _, _, _, _): filmHeard[decision.stage ?? "", default: []].append(text)
            default: break
            }
        }
        stage?.stop()
        stage?.addDelays(to: &report)
        if let said = strip?.strip.words.map(\.text), report.stopped == "done", seconds == nil {
            let words = rig.recognizers.indices.filter { models[$0] != nil }.map { rig.recognizers[$0].name ?? "" }
                .map { (name: $0, errors: WordErrors(reference: said, hypothesis: heard[$0] ?? [])) }
            let films = rig.readouts.indices.filter { readouts[$0] != nil }.map { rig.readouts[$0].name ?? "" }
                .map { (name: $0, errors: WordErrors(reference: said, hypothesis: filmHeard[$0] ?? [])) }
            report.wordScore = words.first.map { RunReport.Score($0.errors) }
            report.wordErrorRate = words.first?.errors.rate
            report.readoutScore = films.first.map { RunReport.Score($0.errors) }
            report.readoutAccuracy = films.first.map { 1 - $0.errors.rate }
            if words.count > 1 || films.count > 1 {
                report.stageScores = (words + films).map { RunReport.StageScore(stage: $0.name, errors: $0.errors) }
            }
        }
        if json { try Console.json(report) } else { Report.show(report) }
        try loop.checkRecorder()
        // Without a length or words to speak, Ctrl-C is how recognition ends.
        if StopRequest.isRequested, seconds != nil || speech != nil { throw StopRequest.exitCode }
    }

    /// A model that nothing runs is a mistake; a stage without one is told.
    private func checkModels(
        _ rig: Rig, _ models: [String?], _ readouts: [String?], _ predictors: [String?]
    ) throws {
        // An option is of no use to a readout that learns while it runs.
        let trained = rig.predictors.count { $0.method == .ridge }
        for (key, option, count) in [
            ("recognizer", model, models.count), ("readout", readout, readouts.count + trained),
        ] {
            guard option != nil, count == 0 else { continue }
            throw SettingsError(file: rig.file, line: 0, reason: .missingKey(key, inTable: "the rig"))
        }
        for (kind, sections) in [
            ("recognizer", zip(rig.recognizers.map(\.name), models)), ("readout", zip(rig.readouts.map(\.name), readouts)),
            (
                "readout",
                zip(rig.predictors.map(\.name), zip(rig.predictors, predictors).map { $0.method == .ridge ? $1 : "" })
            ),
        ] {
            for case (let name, nil) in sections {
                log.warning("the \(kind) \(name.map { "“\($0)” " } ?? "")has no trained model, so it does not run")
            }
        }
    }

    private func testStrip(
        _ rig: Rig, _ simulators: RigSimulators
    ) throws -> (strip: SpokenStrip, server: String)? {
        guard let speech else { return nil }
        guard let server = simulators.soundServer else {
            throw SimulatorError(
                "\(self.rig): --speech needs a simulated microphone, this rig has a real one",
                remedy: "leave --speech out and speak, or use a rig with simulator = \"microphone\"")
        }
        let corpus = try SpeechCorpus(folder: speech, rate: PulseAudioServer.rate)
        guard let sentences else { return (corpus.testStrip(limit: words, pause: 0.5, seed: rig.seed), server) }
        let lines = try TextFile.read(sentences).split(whereSeparator: \.isNewline).map(String.init)
        do throws(CorpusError) {
            return (
                try corpus.sentenceStrip(
                    lines, speakers: speaker, limit: words, pause: Self.sentencePause, seed: rig.seed), server
            )
        } catch {
            throw CorpusError(path: speech, reason: error.reason)
        }
    }

    /// Seconds: longer than the silence that ends an utterance, as models have it.
    private static let sentencePause = 1.5
}
