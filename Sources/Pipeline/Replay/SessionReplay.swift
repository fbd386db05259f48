import Crypto
import Foundation
import Recognition
import Reservoirs
import Sessions
import Signals

/// Runs a recorded session through the drivers' decoders and the graph again.
public struct SessionReplay {
    public struct Result: Codable, Sendable {
        public var session: String
        /// Lines of the event log.
        public var events: Int
        /// Of the event log, hexadecimal.
        public var sha256: String
        /// Whether the recorded event log has the same bytes; nil when the recording was cut off and has no complete one.
        public var identical: Bool?
        public var seconds: Double
        /// Stretches of the wire logs that could not be read.
        public var damaged: Int
    }

    private let folder: String
    private let manifest: SessionManifest
    private let sources: [ReplaySource]
    private let graph: RecognitionGraph

    /// Opens the session and the models that were stored with it.
    /// - Throws: `SessionError`, ``RigError`` or the error of a model that cannot be read.
    public init(folder: String) throws {
        self.folder = folder
        manifest = try SessionManifest(folder: folder)
        let rig = try Rig(text: manifest.rig, file: folder + "/session.json (rig)")
        sources = try manifest.devices.map { try ReplaySource(path: folder + "/" + $0.wire) }
        let stored = { (name: String) -> String? in
            FileManager.default.fileExists(atPath: folder + "/" + name) ? folder + "/" + name : nil
        }
        let model = try stored("model").map { try RecognizerModel(folder: $0) }
        let readout = try stored("readout").map { try FilmReadout(folder: $0) }
        let devices = zip(manifest.devices, sources).map {
            GraphPlan.Device(name: $0.name, streams: $1.streams.isEmpty ? $0.streams : $1.streams)
        }
        let plan = try GraphPlan(rig: rig, devices: devices, model: model, readout: readout)
        graph = RecognitionGraph(plan, drive: nil)
    }

    /// Replays to the end.
    /// - Parameters:
    ///   - speed: recorded seconds per second; nil for as fast as it goes.
    ///   - output: file for the event log; nil to keep none.
    ///   - progress: called about ten times a second with the recorded seconds so far; returns false to stop.
    public func run(
        speed: Double?, output: String?, each: (Decision) -> Void = { _ in },
        progress: (Double) -> Bool = { _ in true }
    ) throws -> Result {
        let begin = HostTime.now()
        var pace = ReplayPace(speed: speed, begin: begin)
        var log: [UInt8] = []
        var events = 0
        func emit(_ record: DecisionRecord) {
            guard let decision = graph.names.decision(record) else { return }
            log += Array((decision.line(start: manifest.anchor.host) + "\n").utf8)
            events += 1
            each(decision)
        }
        var lastProgress = begin
        while let device = try nextDevice(), let head = try sources[device].peek() {
            pace.wait(for: head.hostTime)
            sources[device].take { header, values in
                graph.take(PipelineItem(device: device, header: header, samples: values), emit)
            }
            if HostTime.now() - lastProgress > 0.1 {
                lastProgress = .now()
                guard progress(head.hostTime - manifest.anchor.host) else { break }
            }
        }
        graph.finish(emit)
        if let output { try Data(log).write(to: URL(fileURLWithPath: output)) }
        let recorded = FileManager.default.contents(atPath: folder + "/" + SessionWriter.eventsName)
        return Result(
            session: folder, events: events, sha256: Self.hexadecimal(SHA256.hash(data: log)),
            identical: manifest.state == .complete ? recorded == Data(log) : nil,
            seconds: HostTime.now() - begin,
            damaged: sources.reduce(0) { $0 + $1.damages.count })
    }

    /// The device whose next item comes first by (stamp, device): the order of the live merge.
    private func nextDevice() throws -> Int? {
        var best: (device: Int, time: HostTime)?
        for device in sources.indices {
            guard let head = try sources[device].peek() else { continue }
            if best.map({ head.hostTime < $0.time }) ?? true { best = (device, head.hostTime) }
        }
        return best?.device
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

/// Makes recorded time pass at a multiple of real time.
private struct ReplayPace {
    let speed: Double?
    let begin: HostTime
    private var first: HostTime?

    init(speed: Double?, begin: HostTime) {
        self.speed = speed
        self.begin = begin
    }

    mutating func wait(for stamp: HostTime) {
        guard let speed, speed > 0 else { return }
        let first = first ?? stamp
        self.first = first
        let due = begin + (stamp - first) / speed
        WorkerThread.sleep(due - .now())
    }
}
