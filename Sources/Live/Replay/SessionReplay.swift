import Confidence
import Foundation
import Outputs
public import LiveGraph
import Origin
import Recognition
import Reservoirs
import Rigs
import Sessions
public import Signals

/// Runs a recorded session through the drivers' decoders and the graph again.
public struct SessionReplay {
    /// What a replay found.
    public struct Result: Codable, Sendable {
        /// The session's folder.
        public var session: String
        /// "wire": bytes through the decoders; "xdf": samples from the rings on; "wire and xdf" where only some devices
        /// have a wire log.
        public var source: String
        /// Lines of the event log.
        public var events: Int
        /// Of the event log, hexadecimal.
        public var sha256: String
        /// Whether the recorded event log has the same bytes; nil when it cannot be compared: the recording was cut off and has
        /// no complete one, only a part was replayed, or the samples came from XDF and have other stamps than the bytes.
        public var identical: Bool?
        /// How often the session was replayed to its end.
        public var passes: Int
        /// Whether each pass gave the same event log.
        public var passesAgree: Bool
        /// How long the replay took.
        public var seconds: Double
        /// Stretches of the recording that could not be read.
        public var damaged: Int
        /// Wire logs that the session names and that are not there; their devices' samples came from XDF.
        public var missingWireLogs: [String]
    }

    private let folder: String
    private let options: ReplayOptions
    private let manifest: SessionManifest
    private let files: ReplayFiles
    private let plan: GraphPlan

    /// Opens the session and the models and certificates that were stored with it.
    /// - Throws: `SessionError`, ``SettingsError`` or the error of a model or certificate that cannot be read.
    public init(folder: String, options: ReplayOptions = ReplayOptions()) throws {
        self.folder = folder
        self.options = options
        manifest = try SessionManifest(folder: folder)
        files = try ReplayFiles(folder: folder, manifest: manifest, usesXDF: options.usesXDF)
        if let device = options.device, !files.names.contains(device) {
            throw SessionError(
                path: folder,
                reason: .unsupported("it has no device “\(device)”; its devices are \(files.names.joined(separator: ", "))"))
        }
        let rig =
            manifest.rig.isEmpty ? nil : try Rig(text: manifest.rig, file: folder + "/session.json (rig)", isRecorded: true)
        func stored<Model>(_ names: [String]?, _ read: (String) throws -> Model) rethrows -> [Model?] {
            try (names ?? []).map { name in
                let path = folder + "/" + name
                return FileManager.default.fileExists(atPath: path) ? try read(path) : nil
            }
        }
        plan = try GraphPlan(
            rig: rig, devices: files.devices, models: stored(rig?.modelFolders) { try RecognizerModel(folder: $0) },
            readouts: stored(rig?.readoutFolders) { try FilmReadout(folder: $0) },
            predictors: stored(rig?.predictorFolders) { try PredictionReadout(folder: $0) },
            certificates: rig.map { try Self.certificates($0, folder) } ?? .init())
    }

    /// The certificates that were used. One that the rig file names was, if its stage had a model: without it the replay would leave out
    /// what was decided.
    private static func certificates(_ rig: Rig, _ folder: String) throws -> GraphPlan.Certificates {
        func pairs(_ folders: [String], _ models: [String], _ named: [String?]) -> [(certificate: String?, model: String?)] {
            folders.indices.map { index in
                let model = folder + "/" + models[index]
                let certificate = folder + "/" + folders[index] + "/" + CalibrationCertificate.fileName
                let isThere = FileManager.default.fileExists(atPath: certificate)
                return (
                    isThere || named[index] != nil ? certificate : nil,
                    FileManager.default.fileExists(atPath: model) ? model : nil
                )
            }
        }
        return try GraphPlan.Certificates(
            models: pairs(rig.modelCertificateFolders, rig.modelFolders, rig.modelCertificates(first: nil)),
            readouts: pairs(rig.readoutCertificateFolders, rig.readoutFolders, rig.readoutCertificates(first: nil)))
    }

    /// Wire logs that the session names and that are not there: those devices are replayed from `recording.xdf`.
    public var missingWireLogs: [String] { files.missing }

    /// The devices and their streams.
    public var devices: [GraphPlan.Device] { files.devices }

    /// Seconds from the session's start to its last stamp.
    public func length() throws -> Double { try files.end().map { max(0, $0 - start) } ?? 0 }

    /// What all times of the session are counted from.
    public var start: HostTime { manifest.anchor.host }

    /// Replays to the end.
    /// - Parameters:
    ///   - output: file for the event log; nil to keep none.
    ///   - each: every decision of the first pass.
    ///   - item: every item of the first pass, before its decisions; for who looks on.
    ///   - progress: called about ten times a second with the recorded seconds so far; returns false to stop.
    public func run(
        output: String? = nil, each: (Decision) -> Void = { _ in }, item: (PipelineItem) -> Void = { _ in },
        progress: (Double) -> Bool = { _ in true }
    ) throws -> Result {
        let begin = HostTime.now()
        let first = try pass(each, item, progress)
        var passes = first.isWhole ? 1 : 0
        var agree = true
        // A short session's passes end before they have told their progress.
        while options.loops, passes > 0, progress(0) {
            let again = try pass({ _ in }, { _ in }, progress)
            guard again.isWhole else { break }
            passes += 1
            agree = agree && again.log == first.log
        }
        if let output { try OutputFile.write([UInt8](first.log), to: output) }
        var identical: Bool?
        if manifest.state == .complete, files.source == "wire", options.isWhole, first.isWhole {
            let recorded = try? SessionFile.contents(SessionWriter.eventsName, in: folder, limit: first.log.count)
            identical = recorded == first.log
        }
        return Result(
            session: folder, source: files.source, events: first.events,
            sha256: ContentHash.sha256(first.log),
            identical: identical, passes: passes, passesAgree: agree, seconds: HostTime.now() - begin,
            damaged: first.damaged, missingWireLogs: files.missing)
    }

    private struct Pass {
        var log: [UInt8] = []
        var events = 0
        var damaged = 0
        /// It came to the end.
        var isWhole = true
    }

    private func pass(
        _ each: (Decision) -> Void, _ look: (PipelineItem) -> Void, _ progress: (Double) -> Bool
    ) throws -> Pass {
        let graph = StageGraph(plan)
        let sources = try files.makeSources()
        let start = manifest.anchor.host
        let lowest = options.from.map { start + $0 } ?? HostTime(nanoseconds: .min)
        let highest = options.to.map { start + $0 } ?? HostTime(nanoseconds: .max)
        var pace = ReplayPace(speed: options.speed, begin: .now())
        var pass = Pass()
        func emit(_ decision: Decision) {
            pass.log += Array((decision.line(start: start) + "\n").utf8)
            pass.events += 1
            each(decision)
        }
        var lastProgress = HostTime.now()
        while let device = try Self.nextDevice(sources), let head = try sources[device].peek(), head.hostTime < highest {
            let isWanted = head.hostTime >= lowest && options.device.map { files.names[device] == $0 } ?? true
            if isWanted {
                guard pace.wait(for: head.hostTime, { progress(head.hostTime - start) }) else {
                    pass.isWhole = false
                    break
                }
            }
            sources[device].take { header, values in
                guard isWanted else { return }
                let item = PipelineItem(device: device, header: header, samples: values)
                look(item)
                graph.take(item, emit)
            }
            if HostTime.now() - lastProgress > 0.1 {
                lastProgress = .now()
                guard progress(head.hostTime - start) else {
                    pass.isWhole = false
                    break
                }
            }
        }
        graph.finish(emit)
        pass.damaged = sources.reduce(files.problems) { $0 + $1.damaged }
        return pass
    }

    /// The device whose next item comes first by (stamp, device): the order of the live merge.
    static func nextDevice(_ sources: [any ReplaySource]) throws -> Int? {
        var best: (device: Int, time: HostTime)?
        for device in sources.indices {
            guard let head = try sources[device].peek() else { continue }
            if best.map({ head.hostTime < $0.time }) ?? true { best = (device, head.hostTime) }
        }
        return best?.device
    }
}
