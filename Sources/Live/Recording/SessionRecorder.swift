import Devices
import Foundation
import LiveGraph
import Origin
import Recognition
import Rigs
import Sessions
import Signals
import Synchronization

/// Empties the recorder's rings into a session folder, on a thread of its own; syncs to the disk twice a second.
final class SessionRecorder: @unchecked Sendable {
    // Sendable because the writer and the scratch memory are touched by the recorder's thread only, between `start()` and the
    // join in `stop()`; before and after that by the owner.
    let folder: String
    let wires: [WireRing]
    let samples: [SampleRing]
    let decisions = DecisionConsumer()
    private let writer: SessionWriter
    private let start0: HostTime
    private let deviceNames: [String]
    private let scratch: UnsafeMutableBufferPointer<Float>
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let isFinishing = Atomic<Bool>(false)
    private let failed = Mutex<(any Error)?>(nil)
    private var thread: WorkerThread?

    private static let syncInterval = 0.5
    private static let wireBytes = 1 << 23

    /// - Parameters:
    ///   - copies: folders to keep with the session under a name, so that it can be replayed alone.
    ///   - files: the same of single files.
    init(
        folder: String, rig: Rig, runners: [DeviceRunner], anchor: WallClockAnchor,
        copies: [Rig.Copy], files: [(name: String, from: String)] = [], provenance: Provenance
    ) throws {
        self.folder = folder
        start0 = anchor.host
        deviceNames = runners.map(\.name)
        var manifest = SessionManifest(
            larmor: provenance.version, created: Date(), anchor: anchor, seed: rig.seed, subject: rig.recording.subject,
            note: rig.recording.note, rig: rig.text, rigName: rig.name)
        manifest.provenance = provenance
        writer = try SessionWriter(
            folder: folder, manifest: manifest,
            devices: runners.map { runner in
                (runner.name, rig.device(named: runner.name)?.driver ?? ConsoleDriver.driver)
            }, freeBytesMinimum: rig.recording.minimumFreeBytes)
        do {
            for (index, runner) in runners.enumerated() {
                try writer.setStreams(
                    runner.streams, device: index, latencyMs: rig.device(named: runner.name)?.latencyMs ?? 0,
                    foundBy: rig.device(named: runner.name)?.match.map { "\($0.rule) → \($0.found)" })
            }
            for copy in copies { try Self.keep(copy, in: folder) }
            for (name, from) in files { try copyFileDurably(from, to: folder + "/" + name) }
        } catch {
            // Nothing was recorded yet, so nothing is to be kept.
            writer.discard(folders: copies.map(\.name) + [Rig.certificates])
            throw error
        }
        wires = runners.map { _ in WireRing(minimumRecords: 16_384, minimumBytes: Self.wireBytes) }
        samples = runners.map { SampleRing(for: $0.streams) }
        scratch = .allocate(capacity: SampleRing.largestItem(runners.flatMap(\.streams)))
        bytes = .allocate(capacity: Self.wireBytes)
    }

    /// Adapters are of people: only the one that is in use is kept.
    private static func keep(_ copy: Rig.Copy, in folder: String) throws {
        guard let from = copy.from else { return }
        let target = folder + "/" + copy.name
        let own: Set = copy.adapter == nil ? [] : [RecognizerAdapter.copyName]
        try copyFolderDurably(from, to: target, leavingOut: own.union([RecognizerAdapter.folderName]))
        guard let adapter = copy.adapter else { return }
        try copyDurably(RecognizerAdapter.path(adapter, model: from), to: target + "/" + RecognizerAdapter.copyName)
    }

    deinit {
        scratch.deallocate()
        bytes.deallocate()
    }

    /// Why recording ended early; nil while all is well.
    var failure: (any Error)? { failed.withLock { $0 } }

    /// - Throws: `ThreadError`.
    func start() throws { thread = try WorkerThread("recorder") { [self] in run() } }

    /// Records what is left and closes the session. The devices and the pipeline must have ended.
    /// - Parameters:
    ///   - openHoles: what is missing at the end of each stream.
    ///   - failures: why devices were away at the end.
    /// - Throws: the error that ended recording, if one did.
    func stop(openHoles: [String: OpenHole.Frames], failures: [String: String]) throws {
        isFinishing.store(true, ordering: .releasing)
        thread?.join()
        let refused = zip(deviceNames, wires).map { ($0, $1.refusedBytes) }
        do {
            try writer.close(
                refusedBytes: Dictionary(uniqueKeysWithValues: refused), openHoles: openHoles, failures: failures)
        } catch {
            // What went wrong first is the reason; that it cannot be closed follows from it.
            throw failure ?? error
        }
        if let failure { throw failure }
    }

    private func run() {
        var lastSync = HostTime.now()
        while true {
            let isLast = isFinishing.load(ordering: .acquiring)
            do {
                let count = try drain()
                if HostTime.now() - lastSync > Self.syncInterval, failure == nil {
                    try writer.sync()
                    lastSync = .now()
                }
                if count == 0 {
                    if isLast { return }
                    WorkerThread.sleep(0.005)
                }
            } catch {
                failed.withLock { $0 = error }
                // The guard keeps room for what still comes until the devices have ended: nothing of it is lost.
                if case .diskAlmostFull = error.reason { continue }
                return
            }
        }
    }

    /// - Returns: the number of records and items that were written.
    private func drain() throws(SessionError) -> Int {
        var count = 0
        for device in wires.indices {
            while let record = wires[device].take(into: bytes) {
                let body = UnsafeRawBufferPointer(
                    UnsafeBufferPointer(rebasing: bytes[0..<Int(record.length)]))
                try writer.append(wire: record.kind, device: device, body: body, at: record.hostTime)
                count += 1
            }
            while let item = samples[device].take(into: scratch) {
                if let event = item.event {
                    try writer.append(event: event, device: device)
                } else {
                    let values = UnsafeBufferPointer(
                        rebasing: UnsafeBufferPointer(scratch)[0..<item.sampleCount])
                    try writer.append(item: item, device: device, values: values)
                }
                count += 1
            }
        }
        return count + (try drainDecisions())
    }

    private func drainDecisions() throws(SessionError) -> Int {
        var taken: [Decision] = []
        decisions.take { taken.append($0) }
        for decision in taken {
            try writer.append(line: decision.line(start: start0))
            if case .line(let stream, let line, let isHigh, let counter, let at) = decision.content {
                try writer.append(
                    change: line, of: stream, isHigh: isHigh, counter: counter, at: at ?? decision.hostTime)
            }
        }
        return taken.count
    }
}
