public import Devices
import Foundation
import Recognition
import Reservoirs
import Sessions
public import Signals
import Synchronization
public import Transports

/// A rig at work: one thread per device, one for the pipeline, one for the recorder when there is one.
///
/// Life cycle: the initialiser opens every device, ``start()``, then ``takeDecisions(_:)`` as often as one likes,
/// then ``stop()``, which gives the report.
public final class LiveRun: @unchecked Sendable {
    // Sendable because after `start()` the graph, the merge and the latencies belong to the pipeline's thread until `stop()`
    // has joined it; everything else is immutable, atomic or behind the mutex.
    private let rig: Rig
    private let runners: [DeviceRunner]
    private let rings: [SampleRing]
    private let graph: RecognitionGraph
    private var merge: StampMerge
    private let decisions = RingBuffer<DecisionRecord>(minimumCapacity: 4096)
    private let recorder: SessionRecorder?
    private let isFinishing = Atomic<Bool>(false)
    private let drive: DriveQueueSink?
    private var pipelineThread: WorkerThread?
    private var wordLatency = LatencyRecorder()
    private var filmLatency = LatencyRecorder()
    private var decisionCount = 0
    private var begin = HostTime.now()
    /// First stamp of the run: event times count from here.
    public private(set) var anchor = WallClockAnchor.now()

    static let largestBlock = 1 << 17

    /// Opens the rig's devices.
    /// - Parameters:
    ///   - ports: where each device is.
    ///   - session: folder to record to; nil to record nothing.
    ///   - model: folder of the CTC recogniser; nil to run without.
    ///   - readout: folder of the film's readout; nil to run without.
    ///   - version: of this program, for the session's manifest.
    ///   - console: where prompts and markers come from; nil to run without.
    /// - Throws: ``RigError``, `TransportError`, `SessionError`, or the error of a model that cannot be read.
    public init(
        _ rig: Rig, ports: [String: String], session: String?, model: String?, readout: String?, version: String,
        console: ConsoleFeed? = nil
    ) throws {
        self.rig = rig
        let modelFile = try model.map { try RecognizerModel(folder: $0) }
        let readoutFile = try readout.map { try FilmReadout(folder: $0) }
        var runners: [DeviceRunner] = []
        var drive: DriveQueueSink?
        do {
            for device in rig.devices {
                let waker = try Waker()
                let driver = try rig.makeDriver(device, port: ports[device.name] ?? "", waker: waker)
                let runner = DeviceRunner(name: device.name, driver: driver, waker: waker)
                try runner.open()
                runners.append(runner)
                if device.name == rig.reservoir?.device, readoutFile != nil {
                    drive = try Self.driveSink(driver, readoutFile, rig)
                }
            }
            if let console {
                if let device = rig.device(named: ConsoleDriver.name) {
                    throw RigError(file: rig.file, line: device.line, reason: .duplicateDevice(ConsoleDriver.name))
                }
                let waker = try Waker()
                let runner = DeviceRunner(
                    name: ConsoleDriver.name, driver: ConsoleDriver(console, waker: waker), waker: waker)
                try runner.open()
                runners.append(runner)
            }
            let plan = try GraphPlan(
                rig: rig, devices: runners.map { .init(name: $0.name, streams: $0.streams) }, model: modelFile,
                readout: readoutFile)
            self.drive = drive
            let graph = RecognitionGraph(plan, drive: drive)
            self.graph = graph
            let anchor = WallClockAnchor.now()
            self.anchor = anchor
            recorder = try session.map {
                try SessionRecorder(
                    folder: $0, rig: rig, runners: runners, names: graph.names, anchor: anchor,
                    copies: [("model", model), ("readout", readout)], version: version)
            }
        } catch {
            for runner in runners { runner.stop() }
            throw error
        }
        self.runners = runners
        rings = runners.map { Self.ring(for: $0.streams) }
        merge = StampMerge(rings: rings, largestBlock: Self.largestBlock)
    }

    /// Room for four seconds of every stream.
    static func ring(for streams: [StreamDescription]) -> SampleRing {
        // Four seconds; a device that announces more than memory holds gets less.
        let scalars = streams.reduce(0.0) { $0 + max(4096, 4 * max($1.nominalRate, 250) * Double($1.channelCount)) }
        return SampleRing(
            streams: streams.count, minimumItems: 8192, minimumSamples: Int(min(scalars, 0x1p27)) + largestBlock)
    }

    private static func driveSink(
        _ driver: any Driver, _ readout: FilmReadout?, _ rig: Rig
    ) throws -> DriveQueueSink? {
        guard let queue = driver.drive?.queue, let readout else { return nil }
        guard queue.channels == readout.card.mask.channels else {
            throw RigError(
                file: rig.file, line: 0,
                reason: .invalidValue(
                    key: "device", value: "a film with \(queue.channels) fields",
                    expected: "\(readout.card.mask.channels) fields, as the readout was trained with"))
        }
        return DriveQueueSink(queue, seed: rig.seed)
    }

    public func start() {
        begin = .now()
        recorder?.start()
        for (index, runner) in runners.enumerated() {
            var taps = [rings[index]]
            if let recorder { taps.append(recorder.samples[index]) }
            runner.start(rings: taps, wire: recorder?.wires[index])
        }
        pipelineThread = WorkerThread("pipeline") { [self] in runPipeline() }
    }

    /// The decisions since the last call, in their order. For one thread.
    public func takeDecisions(_ body: (Decision) -> Void) {
        while decisions.read(
            upTo: 64,
            { waiting in
                for record in waiting { if let decision = graph.names.decision(record) { body(decision) } }
                return waiting.count
            }) > 0
        {}
    }

    /// What devices said of themselves in words since the last call. For one thread.
    public func takeMessages(_ body: (_ device: String, DeviceMessage) -> Void) {
        for runner in runners { runner.counts.messages.take { body(runner.name, $0) } }
    }

    /// The recorder's error, when it had to give up.
    public var recorderFailure: (any Error)? { recorder?.failure }

    public var hasRecognizer: Bool { !graph.names.words.isEmpty }
    public var hasFilm: Bool { !graph.names.filmWords.isEmpty }

    /// A device that is away at the moment, and why.
    public var absentDevices: [(name: String, cause: TransportError)] {
        runners.compactMap { runner in runner.failure.map { (runner.name, $0) } }
    }

    /// Stops the devices, lets the pipeline finish what has arrived, closes the session.
    public func stop(_ body: (Decision) -> Void) throws -> RunReport {
        for runner in runners { runner.stop() }
        isFinishing.store(true, ordering: .releasing)
        pipelineThread?.join()
        takeDecisions(body)
        try recorder?.stop()
        merge.deallocate()
        return report()
    }

    // MARK: The pipeline's thread

    private func runPipeline() {
        while true {
            // Read first: after it every device has ended, so an empty merge is the end.
            let isLast = isFinishing.load(ordering: .acquiring)
            let count = merge.drain { item in graph.take(item) { record in emit(record) } }
            if count > 0 { continue }
            if isLast { break }
            WorkerThread.sleep(0.0003)
        }
        graph.finish { record in emit(record) }
    }

    private func emit(_ record: DecisionRecord) {
        switch record.kind {
        case .word: wordLatency.record(seconds: HostTime.now() - record.hostTime)
        case .filmWord: filmLatency.record(seconds: HostTime.now() - record.hostTime)
        default: break
        }
        decisionCount += 1
        Self.put(record, into: decisions)
        if let recorder { Self.put(record, into: recorder.decisions) }
    }

    private static func put(_ record: DecisionRecord, into ring: borrowing RingBuffer<DecisionRecord>) {
        ring.write(upTo: 1) { slot in
            slot[0] = record
            return 1
        }
    }

    private func report() -> RunReport {
        var streams: [RunReport.Stream] = []
        for (d, runner) in runners.enumerated() {
            for (s, stream) in runner.streams.enumerated() {
                var lost = runner.counts.missing(stream: s) + rings[d].refusedFrames(stream: s)
                if stream.kind == .magnetisation { lost += graph.unansweredFrames }
                streams.append(
                    RunReport.Stream(
                        name: stream.name, backend: runner.backend, received: runner.counts.received(stream: s),
                        lost: lost, driftPpm: graph.monitors[d][s].clock.map(\.drift_ppm),
                        reconnections: runner.counts.reconnections))
            }
        }
        return RunReport(
            session: recorder?.folder, seconds: HostTime.now() - begin, stopped: "", streams: streams,
            events: decisionCount, wordErrorRate: nil, wordScore: nil, readoutAccuracy: nil, readoutScore: nil,
            latencyMs: wordLatency.quantiles, filmLatencyMs: filmLatency.quantiles)
    }
}

/// Hands the graph's drive to the film's thread.
final class DriveQueueSink: DriveSink {
    private let queue: DriveQueue
    private let seed: UInt64

    init(_ queue: DriveQueue, seed: UInt64) {
        self.queue = queue
        self.seed = seed
    }

    func reset() { queue.reset(seed: seed) }

    func send(counter: UInt64, _ frame: UnsafeBufferPointer<Float>) { queue.send(counter: counter, frame) }
}
