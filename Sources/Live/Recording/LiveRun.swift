import Confidence
public import Devices
import Foundation
public import LiveGraph
public import Origin
import Recognition
import Reservoirs
public import Rigs
import Sessions
import Settings
public import Signals
import Synchronization
import Transports

/// A rig at work: one thread per device, one for the pipeline, one for the recorder when there is one.
///
/// Life cycle: the initialiser opens every device, ``start()``, then ``takeDecisions(_:)`` as often as one likes,
/// then ``stop()``, which gives the report.
public final class LiveRun: @unchecked Sendable {
    // Sendable because after `start()` the graph, the merge and the times belong to the pipeline's thread until `stop()`
    // has joined it; everything else is immutable, atomic or behind the mutex.
    /// The rig with the devices that its rules have found.
    public let rig: Rig
    let runners: [DeviceRunner]
    let rings: [SampleRing]
    private let graph: StageGraph
    private var merge: StampMerge
    /// For who shows decisions; a slow one loses some.
    private let decisions = DecisionConsumer(limit: 4096)
    private let bus: DecisionBus
    /// Times and loads.
    public let metrics: RunMetrics
    /// For who looks on; nil where nobody does.
    public let watch: RunWatch?
    /// What the system permitted; nil where nobody asked.
    public private(set) var realTimeRights: RealTimeRights?
    private let alarm = RingAlarm()
    let recorder: SessionRecorder?
    private let isFinishing = Atomic<Bool>(false)
    private let drives: [DriveQueueSink]
    private var pipelineThread: WorkerThread?
    private var wordComputing = ComputingTimes()
    private var filmComputing = ComputingTimes()
    private var firstWords = ComputingTimes()
    private var wordDelays: WordDelays
    private var filmDelays: WordDelays
    /// For who wants to hear what the recognisers hear; nil where nobody does.
    private var soundRing: SampleRing?
    private var decisionCount = 0
    private var actions = ActionCounts()
    private var closingFailure: (any Error)?
    private var begin = HostTime.now()
    /// First stamp of the run: event times count from here.
    public private(set) var anchor = WallClockAnchor.now()

    /// Opens the rig's devices.
    /// - Parameters:
    ///   - ports: where each device is.
    ///   - session: folder to record to; nil to record nothing.
    ///   - models: folders of the rig's recognisers, in their order; those without one do not run.
    ///   - readouts: folders of the rig's readouts that name words, likewise.
    ///   - predictors: folders of its continuous readouts, likewise; those that learn while they run always do.
    ///   - certificates: of the recognisers and of the readouts that name words, in their order: files, or the folders that they are in.
    ///   - provenance: of this run, for the session's manifest.
    ///   - console: where prompts and markers come from; nil to run without.
    ///   - knowsSpeech: whether the caller knows what will be said: then it can listen, too (``HeardSound``), and the times of the
    ///     words are kept (``decidedWords``).
    ///   - isWatched: whether somebody will look on (``watch``).
    /// - Throws: ``SettingsError``, `TransportError`, `SessionError`, or the error of a model or certificate that cannot be read or is
    ///   not for its model.
    public init(
        _ rig: Rig, ports: [String: String], session: String?, models: [String?] = [], readouts: [String?] = [],
        predictors: [String?] = [], certificates: (models: [String?], readouts: [String?]) = ([], []),
        provenance: Provenance, console: ConsoleFeed? = nil, knowsSpeech: Bool = false, isWatched: Bool = false
    ) throws {
        // A rule of the rig file becomes the devices that are there now.
        let rig = try rig.matched()
        self.rig = rig
        wordDelays = WordDelays(keeps: knowsSpeech)
        filmDelays = WordDelays(keeps: knowsSpeech)
        let modelFiles = try zip(models, rig.recognizers).map { folder, section in
            try folder.map { try RecognizerModel(folder: $0, adapter: section.adapter) }
        }
        let readoutFiles = try readouts.map { try $0.map { try FilmReadout(folder: $0) } }
        let predictorFiles = try predictors.map { try $0.map { try PredictionReadout(folder: $0) } }
        let (ofModels, ofReadouts) = (Rig.pairs(certificates.models, models), Rig.pairs(certificates.readouts, readouts))
        let certificateFiles = try GraphPlan.Certificates(models: ofModels, readouts: ofReadouts)
        var runners: [DeviceRunner] = []
        var queues: [String: DriveQueue] = [:]
        do {
            for device in rig.devices {
                let waker = try Waker()
                let driver = try rig.makeDriver(device, port: ports[device.name] ?? "", waker: waker)
                let runner = DeviceRunner(name: device.name, driver: driver, waker: waker, latency: device.latencyMs * 1e-3)
                try rig.open(runner, device)
                runners.append(runner)
                queues[device.name] = driver.drive?.queue
            }
            if let console {
                if let device = rig.device(named: ConsoleDriver.name) {
                    throw SettingsError(
                        file: rig.file, line: device.line, reason: .duplicateName(ConsoleDriver.name, kind: "device"))
                }
                let waker = try Waker()
                let runner = DeviceRunner(
                    name: ConsoleDriver.name, driver: ConsoleDriver(console, waker: waker), waker: waker)
                try runner.open()
                runners.append(runner)
            }
            let plan = try GraphPlan(
                rig: rig,
                devices: runners.map {
                    .init(name: $0.name, streams: $0.streams, latency: (rig.device(named: $0.name)?.latencyMs ?? 0) * 1e-3)
                }, models: modelFiles, readouts: readoutFiles, predictors: predictorFiles,
                certificates: certificateFiles)
            let drives =
                try plan.readouts.map {
                    try Self.drives(of: $0.films, channels: $0.readout.card.mask.channels, plan, queues, rig)
                }
                + plan.predictors.map {
                    try Self.drives(of: $0.films, channels: $0.readout?.card.channels, plan, queues, rig)
                }
            self.drives = drives.flatMap(\.self)
            let graph = StageGraph(plan, drives: drives)
            self.graph = graph
            let anchor = WallClockAnchor.now()
            self.anchor = anchor
            recorder = try session.map {
                try SessionRecorder(
                    folder: $0, rig: rig, runners: runners, anchor: anchor,
                    copies: rig.copies(models: models, readouts: readouts, predictors: predictors),
                    files: rig.certificateCopies(
                        models: ofModels, readouts: ofReadouts, file: CalibrationCertificate.fileName
                    ).map { ($0.name, CalibrationCertificate.file(at: $0.from)) }, provenance: provenance)
            }
        } catch {
            for runner in runners { runner.stop() }
            throw error
        }
        self.runners = runners
        watch = isWatched ? RunWatch(runners) : nil
        metrics = RunMetrics(rig, streams: runners.map(\.streams))
        bus = DecisionBus(
            [decisions] + (recorder.map { [$0.decisions] } ?? []) + (watch.map { [$0.decisions] } ?? []))
        rings = runners.map { [alarm] in SampleRing(for: $0.streams, alarm: alarm) }
        if knowsSpeech, let heard = graph.heard { soundRing = SampleRing(for: runners[heard.device].streams) }
        merge = StampMerge(rings: rings, largestBlock: SampleRing.largestItem(runners.flatMap(\.streams)))
    }

    /// Where the drive of a readout's films goes; none where its films take none.
    /// - Parameter channels: that it was trained with; nil for any.
    private static func drives(
        of places: [GraphPlan.Place], channels: Int?, _ plan: GraphPlan, _ queues: [String: DriveQueue], _ rig: Rig
    ) throws -> [DriveQueueSink] {
        let films = places.compactMap { queues[plan.devices[$0.device].name] }
        guard films.count == places.count else { return [] }
        let fields = films.reduce(0) { $0 + $1.channels }
        if let expected = channels, fields != expected {
            throw SettingsError(
                file: rig.file, line: 0,
                reason: .invalidValue(
                    key: films.count == 1 ? "device" : "devices",
                    value: films.count == 1 ? "a film with \(fields) fields" : "films with \(fields) fields together",
                    expected: "\(expected) fields, as the readout was trained with"))
        }
        return films.map { DriveQueueSink($0, seed: rig.seed) }
    }

    /// - Parameter realTime: asks for real-time priority and locked memory; ``realTimeRights`` says what was permitted.
    /// - Throws: `ThreadError`, `TransportError` when the system has no thread left; ``stop(_:)`` is still to be called.
    public func start(realTime: Bool = false) throws {
        begin = .now()
        try recorder?.start()
        guard realTime else { return try startThreads() }
        realTimeRights = try RealTimeRights.giving(startThreads).1
    }

    private func startThreads() throws {
        for (index, runner) in runners.enumerated() {
            var taps = [rings[index]]
            if let recorder { taps.append(recorder.samples[index]) }
            if let watch { taps.append(watch.rings[index]) }
            if let soundRing, index == graph.heard?.device { taps.append(soundRing) }
            runner.start(rings: taps, wire: recorder?.wires[index])
            if !runner.isStarted, let failure = runner.failure { throw failure }
        }
        pipelineThread = try WorkerThread("pipeline") { [self] in runPipeline() }
    }

    /// The decisions since the last call, in their order. For one thread.
    public func takeDecisions(_ body: (Decision) -> Void) {
        decisions.take(body)
    }

    /// The ring with what the device with the sound delivers, and the stream's index, for ``HeardSound/listen(to:)``.
    var sound: (ring: SampleRing, stream: Int)? {
        guard let soundRing, let heard = graph.heard else { return nil }
        return (soundRing, heard.stream)
    }

    /// The stream that is listened to.
    public var heardStream: StreamDescription? { graph.heard.map { runners[$0.device].streams[$0.stream] } }

    /// The words that were decided, with the host's time of the decision, after ``stop(_:)``; only for who said that it knows what is
    /// said, and not more than 65,536.
    public var decidedWords: [DecidedWord] { wordDelays.decided }
    /// The same of the films' words.
    public var decidedFilmWords: [DecidedWord] { filmDelays.decided }

    /// What devices said of themselves in words since the last call. For one thread.
    public func takeMessages(_ body: (_ device: String, DeviceMessage) -> Void) {
        for runner in runners { runner.counts.messages.take { body(runner.name, $0) } }
    }

    /// The recorder's error, when it had to give up; after ``stop(_:)`` also when the session could not be closed.
    public var recorderFailure: (any Error)? { recorder?.failure ?? closingFailure }

    /// Whether a recogniser runs.
    public var hasRecognizer: Bool { graph.hasRecognizer }
    /// Whether a film's readout runs.
    public var hasFilm: Bool { graph.hasReadout }

    /// Stops the devices, lets the pipeline finish what has arrived, closes the session.
    /// - Returns: what the run delivered, also when the recorder failed: ``RunReport/failure`` says so then, and ``recorderFailure`` is
    ///   its error.
    public func stop(_ body: (Decision) -> Void) -> RunReport {
        for runner in runners { runner.stop() }
        isFinishing.store(true, ordering: .releasing)
        alarm.ring()
        pipelineThread?.join()
        takeDecisions(body)
        let streams = streamReports()
        do {
            try recorder?.stop(
                openHoles: Dictionary(streams.map { ($0.name, $0.openHole) }) { first, _ in first },
                failures: Dictionary(runners.compactMap { r in r.failureText.map { (r.name, $0) } }) { first, _ in first })
        } catch {
            closingFailure = error
        }
        merge.deallocate()
        return report(streams)
    }

    // MARK: The pipeline's thread

    private func runPipeline() {
        while true {
            // Read first: after it every device has ended, so an empty merge is the end.
            let isLast = isFinishing.load(ordering: .acquiring)
            let count = merge.drain { item in
                graph.take(item) { emit($0) }
                guard item.header.kind == .samples else { return }
                metrics.took(
                    item.header, device: item.device, now: .now(),
                    drift: graph.monitors[item.device][Int(item.header.stream)].clock?.drift_ppm)
            }
            if count > 0 { continue }
            if isLast { break }
            alarm.sleep(longest: Self.longestSleep) { merge.hasNext() }
        }
        graph.finish { emit($0) }
        bus.finish(at: graph.lastTime)
    }

    /// Seconds: nothing but the end of the run comes without an alarm.
    private static let longestSleep = 0.05

    private func emit(_ decision: Decision) {
        metrics.decided(decision, now: .now())
        switch decision.content {
        // Of several stages of a kind the first one's times are told, and of a word those of its final form.
        case .word(let text, _, _) where decision.stage == rig.recognizers.first?.name && !decision.isPartial:
            let now = HostTime.now()
            wordComputing.record(seconds: now - decision.hostTime)
            wordDelays.record(word: text, end: decision.spanEnd, decided: now)
        case .utterance(let utterance) where decision.stage == rig.recognizers.first?.name:
            if case .ended(_, _, _, let delay?, _) = utterance.progress { firstWords.record(seconds: delay) }
        case .filmWord(let text, _, _, _, _) where decision.stage == rig.readouts.first?.name && !decision.isPartial:
            let now = HostTime.now()
            filmComputing.record(seconds: now - decision.hostTime)
            filmDelays.record(word: text, end: decision.spanEnd, decided: now)
        default: break
        }
        decisionCount += 1
        actions.take(decision)
        bus.put(decision)
    }

    private func streamReports() -> [RunReport.Stream] {
        var streams: [RunReport.Stream] = []
        let arrivals = metrics.arrivals
        for (d, runner) in runners.enumerated() {
            for (s, stream) in runner.streams.enumerated() {
                var lost = runner.counts.missing(stream: s) + rings[d].refusedFrames(stream: s)
                lost += graph.unansweredFrames(GraphPlan.Place(device: d, stream: s))
                let clock = graph.monitors[d][s].clock
                streams.append(
                    RunReport.Stream(
                        name: stream.name, backend: runner.backend, received: runner.counts.received(stream: s),
                        lost: lost,
                        openHole: runner.openHole(
                            stream: s, rate: clock.map { stream.nominalRate * (1 + $0.drift_ppm * 1e-6) }
                        ).frames,
                        driftPpm: clock.map(\.drift_ppm), reconnections: runner.counts.reconnections,
                        jitterMs: arrivals[streams.count].jitterMs))
            }
        }
        return streams
    }

    private func report(_ streams: [RunReport.Stream]) -> RunReport {
        RunReport(
            session: recorder?.folder, seconds: HostTime.now() - begin, stopped: "",
            failure: recorderFailure.map { "\($0)" }, streams: streams, events: decisionCount, wordErrorRate: nil,
            wordScore: nil, readoutAccuracy: nil, readoutScore: nil,
            computingMs: wordComputing.quantiles, filmComputingMs: filmComputing.quantiles,
            wordDelayMs: wordDelays.ofNamedSpans, filmWordDelayMs: filmDelays.ofNamedSpans,
            firstWordMs: firstWords.quantiles,
            devices: zip(runners, rings).map {
                RunReport.Device(name: $0.name, failure: $0.failureText, eventsLost: $1.refusedEventCount)
            },
            eventsLost: (recorder?.decisions ?? decisions).lostCount,
            driveRefused: drives.isEmpty
                ? nil
                : drives.reduce(into: DriveRefusals()) {
                    $0.resets += $1.refusals.resets
                    $0.frames += $1.refusals.frames
                    $0.limited += $1.refusals.limited
                }, predictions: graph.predictions.isEmpty ? nil : graph.predictions,
            actions: actions.stages.isEmpty ? nil : actions.stages, latencies: metrics.latencies,
            processorSeconds: RunMetrics.processorSeconds)
    }
}
