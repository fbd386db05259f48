import Foundation

/// Brings a cut session into a state that every reader takes, and says what was cut.
///
/// Only tails are cut off; damage in the middle is left where it is, because readers go on behind it. What is cut is
/// kept beside the file as `NAME.cut`.
public struct SessionRepair: Codable, Sendable {
    public struct Cut: Codable, Sendable, Equatable {
        public var file: String
        public var bytes: Int
    }

    public private(set) var cuts: [Cut] = []
    /// Damage in the middle of files, which stays.
    public private(set) var remaining: [String] = []

    /// - Throws: ``SessionError`` when the folder is no session, is being written, or cannot be changed.
    public init(folder: String) throws(SessionError) {
        var manifest = try SessionManifest(folder: folder)
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw SessionError(path: folder, reason: .system(call: "open", code: errno)) }
        defer { close(lock) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw SessionError(path: folder, reason: .inUse) }
        for device in manifest.devices {
            let path = folder + "/" + device.wire
            var reader = try WireLogReader(path: path)
            while reader.next() != nil {}
            try cut(path, name: device.wire, to: reader.lastRecordEnd)
            remaining += reader.damages.filter { $0.offset < reader.lastRecordEnd }
                .map { "\(device.wire): byte \($0.offset): \($0.length) bytes are damaged" }
        }
        let recording = folder + "/" + SessionWriter.recordingName
        let reader = try XDFReader(path: recording, keepsValues: false)
        try cut(recording, name: SessionWriter.recordingName, to: reader.validLength)
        remaining += reader.problems.filter { $0.offset < reader.validLength }
            .map { "\(SessionWriter.recordingName): \($0)" }
        let events = folder + "/" + SessionWriter.eventsName
        if let data = FileManager.default.contents(atPath: events) {
            try cut(events, name: SessionWriter.eventsName, to: data.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
        }
        for name in manifest.devices.map(\.wire) + [SessionWriter.recordingName, SessionWriter.eventsName] {
            manifest.files[name] = try SessionWriter.checksum(folder + "/" + name)
        }
        manifest.state = .complete
        try manifest.write(folder: folder)
    }

    private mutating func cut(_ path: String, name: String, to length: Int) throws(SessionError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SessionError(path: path, reason: .system(call: "open", code: errno))
        }
        guard data.count > length else { return }
        let kept = path + ".cut"
        unlink(kept)
        let file = try AppendFile(creating: kept)
        try file.append(Array(data[length...]))
        try file.close()
        guard truncate(path, length) == 0 else {
            throw SessionError(path: path, reason: .system(call: "truncate", code: errno))
        }
        cuts.append(Cut(file: name, bytes: data.count - length))
    }
}
