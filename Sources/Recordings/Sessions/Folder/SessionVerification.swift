import Foundation
public import Signals

/// What a session folder really holds, read from the files themselves.
public struct SessionVerification: Codable, Sendable {
    public struct Gap: Codable, Sendable, Equatable {
        /// Device counter of the first missing frame.
        public var first: UInt64
        public var count: UInt64
    }

    public struct Stream: Codable, Sendable, Equatable {
        public var name: String
        public var type: String
        public var channels: Int
        public var rateHz: Double
        public var samples: Int
        /// Seconds from the session's start.
        public var firstS: Double?
        public var lastS: Double?
        public var gaps: [Gap]
        /// Frames that should have come after the last one; nil where the recording does not tell.
        public var openHole: OpenHole.Frames?
        /// How far the stamps in `recording.xdf`, made while it was written, are from the times that all arrivals tell; nil where there
        /// are none.
        public var stampErrorMs: StampError?
    }

    /// In milliseconds.
    public struct StampError: Codable, Sendable, Equatable {
        /// 99 % of the samples are nearer.
        public var p99: Double
        public var worst: Double
    }

    public struct Wire: Codable, Sendable, Equatable {
        public var device: String
        public var records: Int
        public var bytes: Int
        /// Seconds from the session's start of the last whole record.
        public var lastS: Double?
    }

    /// Nothing is missing, cut or changed.
    public var ok: Bool { problems.isEmpty }
    public private(set) var complete: Bool
    public private(set) var streams: [Stream] = []
    public private(set) var wires: [Wire] = []
    /// In `recording.xdf`, as ``MarkerCounts`` has them.
    public private(set) var markers = 0
    public private(set) var texts = 0
    public private(set) var deviceEvents = 0
    /// Lines of the event log.
    public private(set) var events = 0
    public private(set) var annotations = 0
    public private(set) var problems: [String] = []
    /// What repairs have cut off and kept beside the files.
    public private(set) var cuts: [SessionRepair.Cut] = []

    private enum CodingKeys: String, CodingKey {
        case complete, streams, wires, markers, texts, deviceEvents, events, annotations, problems, cuts
    }

    /// Reads every file of the folder; nothing is changed.
    /// - Parameters:
    ///   - folder: the session's.
    ///   - clocks: by streams' names: the times that all arrivals tell.
    /// - Throws: ``SessionError`` when the folder is no session at all.
    public init(folder: String, clocks: [String: RecordedClock] = [:]) throws(SessionError) {
        let manifest = try SessionManifest(namedBy: folder)
        complete = manifest.state == .complete
        if !complete {
            problems.append("the recording was not closed: its recorder was cut off or is still at work")
        }
        for (name, refused) in manifest.refusedBytes.sorted(by: { $0.key < $1.key }) {
            problems.append("the recorder was too slow for \(refused) bytes of \(name)")
        }
        if SessionManifest.isWhole(folder: folder) == false {
            problems.append("\(SessionManifest.fileName): the content was changed (its own SHA-256 differs)")
        }
        problems += manifest.absences
        problems += manifest.damage ?? []
        cuts = manifest.cuts ?? []
        checkFiles(manifest, folder)
        readWires(manifest, folder)
        readRecording(manifest, folder, clocks)
        readEvents(folder)
        readAnnotations(manifest, folder)
        // Several checks may come upon the same fault.
        var told: Set<String> = []
        problems = problems.filter { told.insert($0).inserted }
    }

    private mutating func checkFiles(_ manifest: SessionManifest, _ folder: String) {
        for (name, file) in manifest.files.sorted(by: { $0.key < $1.key }) {
            do throws(SessionError) {
                let found = try SessionWriter.checksum(name, in: folder)
                if found.bytes != file.bytes {
                    problems.append("\(name): \(found.bytes) bytes, \(file.bytes) when it was closed")
                } else if found.sha256 != file.sha256 {
                    problems.append(
                        "\(name): the content was changed after the session was closed (SHA-256 differs)")
                }
            } catch {
                let isMissing = error.reason == .system(call: "open", code: ENOENT)
                problems.append(isMissing ? "\(name): missing" : error.description)
            }
        }
    }

    private mutating func readWires(_ manifest: SessionManifest, _ folder: String) {
        for device in manifest.devices {
            do throws(SessionError) {
                var reader = try WireLogReader(device.wire, in: folder)
                var wire = Wire(device: device.name, records: 0, bytes: 0, lastS: nil)
                while let record = reader.next() {
                    wire.records += 1
                    wire.bytes += record.body.count
                    wire.lastS = record.hostTime - manifest.anchor.host
                }
                wires.append(wire)
                for damage in reader.damages {
                    let cause =
                        switch damage.cause {
                        case .cutTail: "the file ends within a record"
                        case .noRecord: "bytes that are no record"
                        case .bodyChecksum: "a record fails its checksum"
                        }
                    problems.append(
                        "\(device.wire): byte \(damage.offset): \(cause) (\(damage.length) bytes)")
                }
                if reader.damageCount > reader.damages.count {
                    problems.append("\(device.wire): \(reader.damageCount - reader.damages.count) more damaged places")
                }
            } catch {
                problems.append(error.description)
            }
        }
    }

    private mutating func readRecording(
        _ manifest: SessionManifest, _ folder: String, _ clocks: [String: RecordedClock]
    ) {
        let recording: XDFReader
        var errors = clocks.mapValues { StampErrors($0) }
        do throws(SessionError) {
            recording = try XDFReader.survey(
                session: folder, visit: clocks.isEmpty ? nil : { errors[$0.name]?.take($1) })
        } catch {
            problems.append(error.description)
            return
        }
        problems += recording.problems.map { "\(SessionWriter.recordingName): \($0)" }
        for stream in manifest.devices.flatMap(\.streams) where !recording.streams.contains(where: { $0.name == stream.name }) {
            problems.append("\(SessionWriter.recordingName): the stream \(stream.name) is missing")
        }
        let counts = recording.markerCounts(isOwn: true)
        (markers, texts, deviceEvents) = (counts.markers, counts.texts, counts.deviceEvents)
        let gaps = Dictionary(
            grouping: recording.streams.filter(\.isEventLog).flatMap(\.texts).compactMap { GapMarker($0) }, by: \.stream)
        for stream in recording.streams where stream.format != .string {
            streams.append(
                Stream(
                    name: stream.name, type: stream.type, channels: stream.channels,
                    rateHz: stream.nominalRate,
                    samples: stream.samples,
                    firstS: stream.firstStamp.map { $0 - manifest.anchor.host.seconds },
                    lastS: stream.lastStamp.map { $0 - manifest.anchor.host.seconds },
                    gaps: (gaps[stream.name] ?? []).map { Gap(first: $0.first, count: $0.count) },
                    openHole: manifest.openHoles.map { $0[stream.name] ?? .count(0) },
                    stampErrorMs: errors[stream.name]?.result(samples: stream.samples)))
        }
    }

    private mutating func readAnnotations(_ manifest: SessionManifest, _ folder: String) {
        let name = SessionAnnotations.fileName
        let found = SessionAnnotations(folder: folder)
        annotations = found.annotations.count
        if let failure = found.failure { problems.append(failure.description) }
        problems += found.badLines.map { "\(name): line \($0) is no annotation" }
        if manifest.files[name] == nil, SessionFile.isThere(name, in: folder) {
            problems.append("\(name): the manifest has no checksum of it; `larmor sessions repair` takes it in")
        }
    }

    private mutating func readEvents(_ folder: String) {
        let name = SessionWriter.eventsName
        do throws(SessionError) {
            let file = try SessionFile(name, in: folder)
            var last: UInt8?
            try file.forEachPiece { bytes in
                events += bytes.count { $0 == 0x0A }
                last = bytes.last
            }
            if let last, last != 0x0A { problems.append("\(name): the last line is cut") }
        } catch {
            let isMissing = error.reason == .system(call: "open", code: ENOENT)
            problems.append(isMissing ? "\(name): missing" : error.description)
        }
    }
}
