import Foundation
import Signals

/// `electrodes.tsv` and `coordsystem.json` beside a recording in a BIDS data set, for a track whose electrodes are of a montage.
///
/// They hold for all recordings of a session: the table grows by electrodes, and other coordinates than ours, measured ones say, are left
/// as they are.
struct BIDSElectrodes {
    private let track: Recording.Track
    private let base: String

    /// - Parameter base: path of the files without their last part.
    init(_ track: Recording.Track, base: String) {
        self.track = track
        self.base = base
    }

    private static let system = [
        "EEGCoordinateSystem": "Other", "EEGCoordinateUnits": "mm",
        "EEGCoordinateSystemDescription":
            "Origin at the centre of a sphere with a radius of \(Int(ElectrodeMontage.radius_mm)) mm; x to the right ear, y to the nose, "
            + "z to the vertex. Places follow from the names by the rules of the 10-20 and 10-10 systems; none was measured.",
    ]

    /// - Returns: what there is to say to the user.
    func write() throws(SessionError) -> [String] {
        guard track.montage != nil else { return [] }
        let electrodes = track.labels.indices.filter { track.channelType(of: $0)?.isElectrode == true }
        guard !electrodes.isEmpty, let system = try? BIDSDataset.json(Self.system) else { return [] }
        let (coordinates, path) = (base + "_coordsystem.json", base + "_electrodes.tsv")
        let isThere = FileManager.default.fileExists(atPath: coordinates)
        let isOurs = isThere && FileManager.default.contents(atPath: coordinates) == Data(system.utf8)
        guard isOurs || !isThere && !FileManager.default.fileExists(atPath: path) else {
            return ["\(path) and its coordinate system are another's and stay as they are"]
        }
        var table = try BIDSTable(path, columns: ["name", "x", "y", "z"])
        for channel in electrodes {
            let position = track.position(of: channel)
            func cell(_ value: Double?) -> String { value.map { String(format: "%.2f", $0 == 0 ? 0 : $0) } ?? "n/a" }
            table.set([
                ("name", track.labels[channel]), ("x", cell(position?.x)), ("y", cell(position?.y)), ("z", cell(position?.z)),
            ])
        }
        try table.write()
        if !isThere { try ExportFile(coordinates).write(system) }
        return []
    }
}

extension BIDSDataset {
    /// The word of `channels.tsv` for a channel.
    static func word(of channel: Int, _ track: Recording.Track) -> String {
        track.isStatus(channel)
            ? ChannelType.trig.rawValue : track.channelType(of: channel)?.rawValue ?? ChannelType.misc.rawValue
    }

    /// Numbers of channels by their types, as `eeg.json` has them.
    static func counts(of track: Recording.Track) -> [String: Any] {
        let types = track.labels.indices.map { word(of: $0, track) }
        var counts: [String: Any] = ["EEGChannelCount": types.count { $0 == ChannelType.eeg.rawValue }]
        let others: [(key: String, types: [ChannelType])] = [
            ("EOGChannelCount", [.eog, .heog, .veog]), ("ECGChannelCount", [.ecg]), ("EMGChannelCount", [.emg]),
            ("TriggerChannelCount", [.trig]),
            ("MiscChannelCount", [.misc, .ref, .gsr, .ppg, .resp, .temp, .eyegaze, .pupil, .audio, .sysclock]),
        ]
        for (key, kinds) in others {
            let count = types.count { word in kinds.contains { $0.rawValue == word } }
            if count > 0 { counts[key] = count }
        }
        return counts
    }
}
