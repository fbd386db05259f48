import Crypto
import Foundation
import Origin
public import Signals

/// Writes one session folder: wire logs, XDF, event log and manifest. For one thread, the recorder's.
///
/// Everything is appended; ``sync()`` brings it to the disk and is meant to be called at least once a second.
public final class SessionWriter {
    public let folder: String
    public private(set) var manifest: SessionManifest
    private var lock: Int32
    /// Folders and files that this writer made, in their order.
    private var made: [String]
    let xdf: XDFWriter
    private let events: AppendFile
    let markers: Int
    private var wires: [AppendFile] = []
    private var streamIDs: [[Int]] = []
    private var space: FreeSpaceGuard

    public static let recordingName = "recording.xdf"
    public static let eventsName = "events.jsonl"
    /// The stream of `recording.xdf` in which gaps and the devices' events are noted.
    static let markersName = "events"

    /// Makes the folder (with those above it) and the empty files.
    /// - Parameters:
    ///   - folder: the session's, new or empty.
    ///   - manifest: what is known before the first sample.
    ///   - devices: their names are letters, digits, `-` and `_`.
    ///   - freeBytesMinimum: free space on the disk below which a recording does not begin, or ends; 64 MiB by default.
    ///   - freeBytes: free bytes on the disk of a folder, nil when that cannot be told; asks the file system by default.
    /// - Throws: ``SessionError``; a folder that is not empty is refused, and a disk that is full already.
    public convenience init(
        folder: String, manifest: SessionManifest, devices: [(name: String, driver: String)],
        freeBytesMinimum: UInt64? = nil, freeBytes: ((_ folder: String) -> UInt64?)? = nil
    ) throws(SessionError) {
        try self.init(
            folder: folder, manifest: manifest, devices: devices, origin: .recorded, freeBytesMinimum: freeBytesMinimum,
            freeBytes: freeBytes)
    }

    init(
        folder: String, manifest: SessionManifest, devices: [(name: String, driver: String)], origin: XDFWriter.Origin,
        freeBytesMinimum: UInt64? = nil, freeBytes: ((_ folder: String) -> UInt64?)? = nil
    ) throws(SessionError) {
        space = FreeSpaceGuard(
            minimum: freeBytesMinimum ?? FreeSpaceGuard.defaultMinimum, freeBytes: freeBytes ?? FreeSpaceGuard.onDisk)
        self.folder = folder
        self.manifest = manifest
        let isNew = !Self.isThere(folder)
        try makeFolderDurably(folder)
        do throws(SessionError) {
            lock = try Self.locked(folder)
        } catch {
            if isNew { rmdir(folder) }
            throw error
        }
        // Whatever is there is somebody's: nothing of it is replaced, and nothing of it gets into a session.
        do {
            let present = try FileManager.default.contentsOfDirectory(atPath: folder)
            guard present.isEmpty else { throw SessionError(path: folder, reason: .alreadyExists) }
        } catch {
            Self.unlock(lock)
            throw error as? SessionError ?? SessionError(path: folder, reason: .system(call: "opendir", code: errno))
        }
        made = isNew ? [folder] : []
        if !Self.isThere(folder + "/wire") { made.append(folder + "/wire") }
        do throws(SessionError) {
            try space.check(folder: folder, written: 0)
            try makeFolderDurably(folder + "/wire")
            made.append(folder + "/" + Self.recordingName)
            xdf = try XDFWriter(creating: folder + "/" + Self.recordingName, anchor: manifest.anchor, origin: origin)
            made.append(folder + "/" + Self.eventsName)
            events = try AppendFile(creating: folder + "/" + Self.eventsName)
            markers = try xdf.addMarkers(name: Self.markersName)
            for device in devices {
                let wire = "wire/\(device.name).wire"
                wires.append(try AppendFile(creating: folder + "/" + wire))
                made.append(folder + "/" + wire)
                streamIDs.append([])
                self.manifest.devices.append(
                    .init(name: device.name, driver: device.driver, wire: wire, streams: []))
            }
            if let device = self.manifest.devices.first { try syncFolder(of: folder + "/" + device.wire) }
            // What the manifest names is on the disk before it is.
            try xdf.sync()
            made.append(folder + "/" + SessionManifest.fileName)
            try self.manifest.write(folder: folder)
        } catch {
            Self.remove(made)
            Self.unlock(lock)
            throw error
        }
    }

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func locked(_ folder: String) throws(SessionError) -> Int32 {
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw SessionError(path: folder, reason: .system(call: "open", code: errno)) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            Glibc.close(lock)
            throw SessionError(path: folder, reason: code == EWOULDBLOCK ? .inUse : .system(call: "flock", code: code))
        }
        return lock
    }

    /// Removes what this writer made, last made first; folders only when nothing else is in them.
    private static func remove(_ paths: [String]) {
        for path in paths.reversed() where unlink(path) != 0 { rmdir(path) }
    }

    /// Gives up a session in which nothing was recorded yet: its folder is as it was before.
    /// - Parameter folders: names of folders that were copied into it.
    package func discard(folders: [String] = []) {
        for name in folders { try? FileManager.default.removeItem(atPath: folder + "/" + name) }
        Self.remove(made)
        unlock()
    }

    deinit { unlock() }

    /// Unlocked by name, not by closing alone: a child that was just forked may still hold the descriptor.
    private func unlock() {
        guard lock >= 0 else { return }
        Self.unlock(lock)
        lock = -1
    }

    private static func unlock(_ lock: Int32) {
        flock(lock, LOCK_UN)
        Glibc.close(lock)
    }

    /// Declares a device's streams, once it has answered. A second call for the same device does nothing.
    /// - Parameters:
    ///   - streams: in the order of the device's indices.
    ///   - device: index among the devices of the initialiser.
    ///   - latencyMs: the device's known delay, which is taken off the times of its frames already.
    ///   - foundBy: the rule of the rig file that found the device, and what it found, in words; nil for a device that the rig names.
    public func setStreams(
        _ streams: [StreamDescription], device: Int, latencyMs: Double = 0, foundBy: String? = nil
    ) throws(SessionError) {
        guard streamIDs[device].isEmpty, !streams.isEmpty else { return }
        for stream in streams {
            streamIDs[device].append(try xdf.addStream(stream))
        }
        manifest.devices[device].streams = streams
        manifest.devices[device].latencyMs = latencyMs > 0 ? latencyMs : nil
        manifest.devices[device].foundBy = foundBy
        try xdf.sync()
        try manifest.write(folder: folder)
    }

    public func append(
        wire kind: WireRecordKind, device: Int, body: UnsafeRawBufferPointer, at time: HostTime
    ) throws(SessionError) {
        try wires[device].append(WireLogRecord.header(kind: kind, hostTime: time, body: body))
        try wires[device].append(body)
    }

    /// Appends a block, a text or a clock's offset to the XDF file; a gap before it becomes a marker.
    public func append(
        item: SampleRingItem, device: Int, values: UnsafeBufferPointer<Float>
    ) throws(SessionError) {
        let stream = Int(item.stream)
        guard streamIDs[device].indices.contains(stream) else { return }
        if let offset = item.clockOffset, let time = item.deviceTime {
            return try xdf.append(clockOffset: offset, stream: streamIDs[device][stream], at: time)
        }
        if item.missingBefore > 0 {
            let gap = GapMarker(
                stream: manifest.devices[device].streams[stream].name, first: item.firstCounter &- item.missingBefore,
                count: item.missingBefore, index: xdf.samples(of: streamIDs[device][stream]))
            try xdf.append(marker: gap.text, stream: markers, at: item.hostTime)
        }
        if item.kind == .text {
            let ids = streamIDs[device]
            let marked = item.mark.flatMap { ids.indices.contains($0.stream) ? ids[$0.stream] : nil }
            let texts = TextFrame.texts(of: item, values)
            return try xdf.append(texts: texts, stream: streamIDs[device][stream], item: item, marked: marked)
        }
        try xdf.append(stream: streamIDs[device][stream], item: item, values: values)
    }

    public func append(event: DeviceEvent, device: Int) throws(SessionError) {
        let name = manifest.devices[device].name
        try xdf.append(
            marker: "\(name) \(event.code.name) \(event.value)", stream: markers, at: event.hostTime)
    }

    /// Notes a change of a digital line among the recording's markers: "line STREAM LINE LEVEL counter=N", at the time of the first
    /// frame with the new level.
    public func append(
        change line: String, of stream: String, isHigh: Bool, counter: UInt64, at time: HostTime
    ) throws(SessionError) {
        try xdf.append(marker: "line \(stream) \(line) \(isHigh ? 1 : 0) counter=\(counter)", stream: markers, at: time)
    }

    /// Appends one line to the event log.
    public func append(line: String) throws(SessionError) { try events.append(Array((line + "\n").utf8)) }

    /// Brings everything to the disk.
    /// - Throws: ``SessionError/Reason/diskAlmostFull(freeBytes:)`` when space runs out; what was appended is safe then.
    public func sync() throws(SessionError) {
        for wire in wires { try wire.sync() }
        try xdf.mark(at: .now())
        try xdf.sync()
        try events.sync()
        let written = wires.reduce(xdf.file.size + events.size) { $0 + $1.size }
        try space.check(folder: folder, written: written)
    }

    /// Closes every file and completes the manifest with their checksums.
    /// - Parameters:
    ///   - refusedBytes: bytes that the recorder could not take in time, by device.
    ///   - openHoles: what is missing after the last frame, by stream; nil where nobody knows.
    ///   - failures: why devices were away at the end, by device.
    public func close(
        refusedBytes: [String: UInt64] = [:], openHoles: [String: OpenHole.Frames]? = nil, failures: [String: String] = [:]
    ) throws(SessionError) {
        for wire in wires { try wire.close() }
        try xdf.close()
        try events.close()
        manifest.refusedBytes = refusedBytes.filter { $0.value > 0 }
        manifest.openHoles = openHoles?.filter { $0.value != .count(0) }
        manifest.failures = failures.isEmpty ? nil : failures
        let names = manifest.devices.map(\.wire) + [Self.recordingName, Self.eventsName] + Self.extraFiles(in: folder)
        for name in names { manifest.files[name] = try Self.checksum(name, in: folder) }
        manifest.state = .complete
        try manifest.write(folder: folder)
        unlock()
    }

    /// Files that a command put beside the recording (a copy of the model), relative to the folder.
    static func extraFiles(in folder: String) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
        return walk.compactMap { $0 as? String }.filter { isCopy($0) }.filter {
            var state = stat()
            return lstat(folder + "/" + $0, &state) == 0 && state.st_mode & S_IFMT == S_IFREG
        }
        .sorted()
    }

    /// Whether a path of a session is below a folder of copies: source, model, readout, certificates, or model-NAME and readout-NAME of
    /// several stages.
    package static func isCopy(_ path: String) -> Bool {
        guard let slash = path.firstIndex(of: "/") else { return false }
        return isCopyFolder(String(path[..<slash]))
    }

    package static func isCopyFolder(_ name: String) -> Bool {
        ["source", "model", "readout", "certificates"].contains(name) || name.hasPrefix("model-") || name.hasPrefix("readout-")
    }

    /// Size and SHA-256 of a file, read in pieces.
    /// - Parameter length: only so many bytes of it.
    static func checksum(
        _ name: String, in folder: String, length: UInt64 = .max
    ) throws(SessionError) -> SessionManifest.File {
        let file = try SessionFile(name, in: folder)
        var hash = SHA256()
        var size: UInt64 = 0
        try file.forEachPiece(to: Int(clamping: length)) { piece in
            hash.update(bufferPointer: piece)
            size += UInt64(piece.count)
        }
        return .init(bytes: size, sha256: Hexadecimal.text(hash.finalize()))
    }
}
