import Failures
public import Foundation
public import Origin
public import Signals

/// `session.json`: what a session folder holds and how it came to be.
public struct SessionManifest: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable {
        /// The recorder is at work, or was cut off.
        case recording
        case complete
    }

    public struct Device: Codable, Sendable, Equatable {
        public var name: String
        public var driver: String
        /// Path of the wire log, relative to the folder.
        public var wire: String
        public var streams: [StreamDescription]
        /// Milliseconds from the device's sensor to the arrival of its bytes, which the times of its frames come without; stamps of
        /// streams with clocks of their own are recorded as they were sent. Absent where none is known.
        public var latencyMs: Double?
        /// The rule of the rig file that found the device, and what it found, in words; absent for a device that the rig names.
        public var foundBy: String?

        public init(
            name: String, driver: String, wire: String, streams: [StreamDescription], latencyMs: Double? = nil
        ) {
            self.name = name
            self.driver = driver
            self.wire = wire
            self.streams = streams
            self.latencyMs = latencyMs
        }
    }

    public struct File: Codable, Sendable, Equatable {
        public var bytes: UInt64
        public var sha256: String
    }

    /// Version of this format.
    public var format = 1
    public var state: State = .recording
    public var larmor: String
    /// How the recorder was called and on what it ran; absent in sessions of 0.1.
    public var provenance: Provenance?
    /// When the recording began; where nobody knows, when its file was imported (``dateUnknown``).
    public var created: Date
    /// The imported file tells no date, and no export may tell one; absent where the date is known.
    public var dateUnknown: Bool?
    public var anchor: WallClockAnchor
    public var seed: UInt64
    public var subject: String?
    public var note: String?
    /// The rig file's text.
    public var rig: String
    public var rigName: String
    public var devices: [Device] = []
    /// Checksum of each file, by path relative to the folder; filled in when the session is closed.
    public var files: [String: File] = [:]
    /// What repairs cut off, in their order; absent where nothing was.
    public var cuts: [SessionRepair.Cut]?
    /// Damage that repairs found and could not mend, where the files do not show it any more; absent where there was none.
    public var damage: [String]?
    /// Bytes that the recorder could not take in time, by device; absent when all were taken.
    public var refusedBytes: [String: UInt64] = [:]
    /// Frames that should have come after the last one, by stream, where there are any; absent in recordings that do not tell.
    public var openHoles: [String: OpenHole.Frames]?
    /// Why devices were away at the end, in words, by device; absent where all were there.
    public var failures: [String: String]?

    public init(
        larmor: String, created: Date, anchor: WallClockAnchor, seed: UInt64, subject: String?, note: String?,
        rig: String, rigName: String
    ) {
        self.larmor = larmor
        self.created = created
        self.anchor = anchor
        self.seed = seed
        self.subject = subject
        self.note = note
        self.rig = rig
        self.rigName = rigName
    }

    static let fileName = "session.json"

    /// Whether a folder is a session's: it has a manifest, or the recording of one that lost it.
    public static func isThere(_ folder: String) -> Bool {
        [fileName, SessionWriter.recordingName].contains { FileManager.default.fileExists(atPath: folder + "/" + $0) }
    }

    /// - Throws: ``SessionError`` when the folder has no readable manifest, or one that leads out of the folder; or when one of the
    ///   session's files is none but a link, a FIFO or a device.
    public init(folder: String) throws(SessionError) {
        try self.init(namedBy: folder)
        try checkFiles(folder)
    }

    /// Refuses a session of whose files one is none but a link, a FIFO or a device.
    func checkFiles(_ folder: String) throws(SessionError) {
        let own = [SessionWriter.recordingName, SessionWriter.eventsName, SessionAnnotations.fileName]
        for name in own + devices.map(\.wire) { try SessionFile.check(name, in: folder) }
    }

    /// The manifest alone; what its names stand for is not looked at.
    init(namedBy folder: String) throws(SessionError) {
        let path = folder + "/" + Self.fileName
        let data: [UInt8]
        do throws(SessionError) {
            guard let content = try SessionFile.contents(Self.fileName, in: folder, limit: Self.greatestSize) else {
                let hasRecording = SessionFile.isThere(SessionWriter.recordingName, in: folder)
                throw SessionError(path: folder, reason: hasRecording ? .manifestMissing : .notASession)
            }
            data = content
        } catch {
            // The folder itself may be missing, or be none.
            guard case .system("open", let code) = error.reason, code == ENOENT || code == ENOTDIR else { throw error }
            throw SessionError(path: folder, reason: .notASession)
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            self = try decoder.decode(SessionManifest.self, from: Data(data))
        } catch {
            let fault = DecodingFault(error)
            throw SessionError(
                path: path,
                reason: .badField(
                    field: fault.field, expected: fault.field.isEmpty ? "a session manifest in JSON" : fault.expected,
                    found: fault.found,
                    remedy: "`larmor sessions repair` keeps what can be read"))
        }
        try checkNames(folder)
    }

    /// A longer file is no manifest.
    private static let greatestSize = 64 << 20

    /// Refuses names that lead out of the folder.
    private func checkNames(_ folder: String) throws(SessionError) {
        func refuse(_ entry: String, _ name: String, _ expected: String) -> SessionError {
            SessionError(
                path: folder + "/" + Self.fileName, reason: .foreignName(entry: entry, name: name, expected: expected))
        }
        for device in devices where !SessionFile.isWireLog(device.wire) {
            throw refuse("“wire” of the device “\(device.name)”", device.wire, "wire/NAME.wire")
        }
        for name in files.keys.sorted() where !SessionFile.isPlain(name) {
            throw refuse("a name among “files”", name, "a path below the folder")
        }
    }

    func write(folder: String) throws(SessionError) {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let path = folder + "/" + Self.fileName
        guard let data = try? encoder.encode(self) else {
            throw SessionError(
                path: path, reason: .unsupported("a value of the manifest cannot be written as JSON"))
        }
        try replaceDurably(path, with: ManifestSeal.sealed(Array(data)))
    }

    /// Whether `session.json` is as it was written; nil where it has no checksum of itself (sessions of earlier versions).
    static func isWhole(folder: String) -> Bool? {
        guard let content = try? SessionFile.contents(fileName, in: folder, limit: greatestSize) else { return nil }
        return ManifestSeal.isWhole(content)
    }

    /// A line for each device that was away at the end: why, and what is missing of its streams.
    public var absences: [String] {
        (failures ?? [:]).sorted { $0.key < $1.key }.map { name, cause in
            let streams = devices.first { $0.name == name }?.streams.map(\.name) ?? []
            let holes = streams.compactMap { stream -> String? in
                switch openHoles?[stream] {
                case .count(let count): "\(count) frames of \(stream) are missing at the end"
                case .unknown: "an unknown number of frames of \(stream) is missing at the end"
                case nil: nil
                }
            }
            return (["\(name) did not come back (\(cause))"] + holes).joined(separator: "; ")
        }
    }
}
