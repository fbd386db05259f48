import Foundation
import Signals

extension SessionManifest {
    /// A manifest for a folder whose own is lost: anchor and streams come from the recording, devices from the wire logs.
    ///
    /// The rig file, the seed, subject and note cannot be told any more.
    /// - Throws: ``SessionError`` when there is no recording of Larmor's to read them from.
    init(reconstructing folder: String) throws(SessionError) {
        let path = folder + "/" + SessionWriter.recordingName
        let recording = try XDFReader.survey(session: folder)
        guard let anchor = recording.anchor else {
            throw SessionError(
                path: path, reason: .unsupported("it was not recorded by Larmor, a manifest cannot be made from it"))
        }
        self.init(
            larmor: "unknown", created: Date(timeIntervalSince1970: anchor.utc.rounded(.down)),
            anchor: WallClockAnchor(
                host: HostTime(seconds: anchor.monotonic), utcNanoseconds: Int64(saturating: (anchor.utc * 1e9).rounded())),
            seed: 0, subject: nil, note: "the manifest was lost and made anew by larmor sessions repair", rig: "",
            rigName: "unknown")
        if !recording.hasDate { dateUnknown = true }
        damage = [
            "\(Self.fileName): it was lost and made anew; the checksums and what it said of missing data are lost"
        ]
        // A link in its place leads out of the session: not even its names are read.
        var state = stat()
        let isFolder = lstat(folder + "/wire", &state) == 0 && state.st_mode & S_IFMT == S_IFDIR
        let entries = isFolder ? (try? FileManager.default.contentsOfDirectory(atPath: folder + "/wire")) ?? [] : []
        let names = entries.filter { $0.hasSuffix(".wire") }.map { String($0.dropLast(5)) }.sorted()
        // The order of the devices decides between equal stamps in a replay; the recording's streams stand in it.
        let order = recording.streams.map(\.name)
        let place = { (name: String) in order.firstIndex { $0.hasPrefix(name + ".") } ?? order.count }
        for name in names.sorted(by: { (place($0), $0) < (place($1), $1) }) {
            let wire = "wire/\(name).wire"
            devices.append(
                Device(
                    name: name, driver: try Self.driver(wire, folder), wire: wire,
                    streams: recording.streams.filter { $0.name.hasPrefix(name + ".") }.map(Self.description)))
        }
        // An imported recording has no devices; of one of ours every stream but the remarks comes from one.
        guard recording.timeZero == nil else { return }
        let known = Set(names)
        let owners = order.compactMap { name in name.split(separator: ".").first.map(String.init) }
        for owner in Set(owners).subtracting(known).sorted() where owner != SessionWriter.markersName {
            damage?.append("wire/\(owner).wire: missing, though the recording has streams of \(owner)")
        }
    }

    /// The name of the driver: the key of the decoder's configuration in the wire log, "" where it cannot be read.
    private static func driver(_ wire: String, _ folder: String) throws(SessionError) -> String {
        var reader = try WireLogReader(wire, in: folder)
        while let record = reader.next() {
            guard record.kind == .configuration else { continue }
            let object = try? JSONSerialization.jsonObject(with: Data(record.body)) as? [String: Any]
            return object?.keys.first ?? ""
        }
        return ""
    }

    private static func description(_ stream: XDFReader.Stream) -> StreamDescription {
        let channels = stream.labels.indices.map { channel in
            StreamDescription.Channel(label: stream.labels[channel], recordedUnit: stream.units[channel])
        }
        let (kind, ownType) = StreamDescription.Kind.recorded(stream.type, isText: stream.format == .string)
        return StreamDescription(
            name: stream.name, kind: kind, channels: channels,
            nominalRate: stream.nominalRate, device: "", serialNumber: stream.sourceID == stream.name ? "" : stream.sourceID,
            isText: stream.format == .string, hasOwnClock: stream.clockOffsets.contains { $0.offset != 0 },
            sampleFormat: stream.values.sampleFormat, ownType: ownType)
    }
}
