import Foundation
import Signals
import Texts

/// A recording in a folder after the Brain Imaging Data Structure 1.10, which may hold others already: EEG as BrainVision with its side
/// files; other streams under `sourcedata/`, which the standard leaves free.
struct BIDSDataset {
    private let folder: String
    private let recording: Recording
    private let policy: GapPolicy
    private let naming: BIDSNaming
    private let subject: String
    private(set) var files: [SessionExport.File] = []
    private(set) var skipped: [SessionExport.Skipped] = []

    /// - Throws: ``SessionError`` for labels that the standard does not allow.
    init(folder: String, recording: Recording, gaps: GapPolicy, naming: BIDSNaming) throws(SessionError) {
        try naming.check(folder)
        self.folder = folder
        self.recording = recording
        self.naming = naming
        policy = gaps
        subject = naming.subject ?? recording.subject.flatMap(BIDSNaming.label) ?? "01"
    }

    /// `sub-01/ses-1`
    private var place: String { "sub-\(subject)" + (naming.session.map { "/ses-\($0)" } ?? "") }
    private var prefix: String { "sub-\(subject)" + (naming.session.map { "_ses-\($0)" } ?? "") }

    /// Names of a track's files without their last part: streams of one recording are told apart by `acq-`.
    private func stem(_ acquisition: String?) -> String {
        "\(place)/eeg/\(prefix)_task-\(naming.task)" + (acquisition.map { "_acq-\($0)" } ?? "")
            + (naming.run.map { "_run-\($0)" } ?? "")
    }

    mutating func write(_ tracks: [Recording.Track]) throws(SessionError) {
        let eeg = tracks.filter { $0.type.uppercased() == "EEG" && SessionExport.obstacle($0, .brainvision) == nil }
        guard !eeg.isEmpty else {
            throw SessionError(path: folder, reason: .unsupported("BIDS here is for EEG, and the recording has none"))
        }
        let acquisitions: [String?] =
            eeg.count == 1
            ? [nil]
            : SessionExport.fileNames(eeg.map { BIDSNaming.label(of: $0.name) ?? "stream" }).map { $0.filter { $0 != "-" } }
        let stems = acquisitions.map { stem($0) }
        // Before anything is written.
        let isNew = try checkDataset()
        for stem in stems where FileManager.default.fileExists(atPath: folder + "/\(stem)_eeg.vhdr") {
            throw SessionError(
                path: folder + "/\(stem)_eeg.vhdr",
                reason: .unsupported("this recording is there already; give another --run, --task, --bids-session or --subject")
            )
        }
        var participants = try BIDSTable(folder + "/participants.tsv", columns: ["participant_id"])
        var scans = try BIDSTable(folder + "/\(place)/\(prefix)_scans.tsv", columns: ["filename", "acq_time"])
        for (index, track) in eeg.enumerated() {
            let base = "\(place)/eeg/\(prefix)" + (acquisitions[index].map { "_acq-\($0)" } ?? "")
            try write(track, stems[index], electrodes: base)
        }
        let others = tracks.filter { track in !eeg.contains { $0.name == track.name } }
        for (track, name) in zip(others, SessionExport.fileNames(others.map(\.name))) { try writeSource(track, name) }
        if isNew { try writeDataset() }
        participants.set([("participant_id", "sub-\(subject)")])
        try participants.write()
        let base = place + "/"
        for (track, stem) in zip(eeg, stems) {
            // Of the file's first sample.
            let begin = recording.start?.addingTimeInterval(track.fileStart)
            let date = begin.map { ExportedTime.text($0) } ?? "n/a"
            scans.set([("filename", String(stem.dropFirst(base.count)) + "_eeg.vhdr"), ("acq_time", date)])
        }
        try scans.write()
    }

    /// - Returns: whether the folder holds no data set yet.
    private func checkDataset() throws(SessionError) -> Bool {
        let path = folder + "/dataset_description.json"
        guard FileManager.default.fileExists(atPath: path) else { return true }
        guard let data = FileManager.default.contents(atPath: path),
            let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any], object["BIDSVersion"] is String
        else {
            throw SessionError(path: path, reason: .unsupported("it is no description of a BIDS data set; give another folder"))
        }
        return false
    }

    private func writeDataset() throws(SessionError) {
        try text("dataset_description.json") {
            try Self.json([
                "Name": "Larmor recording", "BIDSVersion": "1.10.0", "DatasetType": "raw",
                "License": "not stated", "Authors": ["not stated"],
                "GeneratedBy": [["Name": "Larmor", "Description": "larmor sessions export --format bids"]],
            ])
        }
        guard !FileManager.default.fileExists(atPath: folder + "/README") else { return }
        try text("README") {
            "EEG recorded with Larmor.\n\nFrames that were lost are zeros under an event BAD_gap. Streams other than EEG "
                + "lie under sourcedata.\n"
        }
    }

    /// - Parameter electrodes: path in the data set of the files that tell where they sit, without its last part.
    private mutating func write(_ track: Recording.Track, _ stem: String, electrodes: String) throws(SessionError) {
        try make(folder + "/\(place)/eeg")
        // The table of events counts along the samples: what is left out would move it.
        try track.check(policy, path: folder + "/\(stem)_eeg.eeg")
        var file = try BrainVisionExport(track, recording).write(folder + "/\(stem)_eeg", policy)
        file.path = folder + "/\(stem)_eeg.vhdr"
        file.remarks += try BIDSElectrodes(track, base: folder + "/" + electrodes).write()
        files.append(file)
        let seconds = Double(track.frames) / track.rate
        try text("\(stem)_eeg.json") {
            var side: [String: Any] = [
                "TaskName": naming.task, "TaskDescription": "Recording of stream \(track.name)",
                "SamplingFrequency": track.rate, "RecordingDuration": seconds, "RecordingType": "continuous",
                "EEGReference": naming.reference ?? track.reference ?? "n/a", "EEGGround": naming.ground ?? "n/a",
                "PowerLineFrequency": (naming.lineFrequency ?? track.lineFrequency).map { $0 as Any } ?? "n/a",
                "SoftwareFilters": "n/a", "Manufacturer": "n/a", "Instructions": "n/a",
                "EEGPlacementScheme": track.montage == nil ? "n/a" : ElectrodeMontage.labelScheme, "InstitutionName": "n/a",
            ]
            // A key of ours, as the standard allows.
            side["FirstSampleAfterSessionStart"] = recording.sessionTime.map { $0 + track.fileStart }
            side.merge(Self.counts(of: track)) { $1 }
            return try Self.json(side)
        }
        try text("\(stem)_channels.tsv") {
            let rows = track.labels.indices.map { channel in
                let unit = track.units.indices.contains(channel) && !track.units[channel].isEmpty ? track.units[channel] : "n/a"
                return ForeignText.tabCell(track.labels[channel])
                    + "\t\(Self.word(of: channel, track))\t\(ForeignText.tabCell(unit == "V" ? "µV" : unit))\t\(track.rate)"
            }
            return "name\ttype\tunits\tsampling_frequency\n" + rows.joined(separator: "\n") + "\n"
        }
        let events = track.annotations(recording.markers)
        guard !events.isEmpty else { return }
        try text("\(stem)_events.tsv") {
            let rows = events.map { event in
                // Within half a sample before the first one it is that one's.
                let time = String(format: "%.6f", max(0, event.time))
                // What a device told of itself is no trial.
                let (type, value) = event.isDeviceEvent ? (Recording.Marker.deviceType, event.text) : (event.text, "")
                return
                    "\(time)\t\(String(format: "%.6f", event.duration))\t\(ForeignText.tabCell(type))\t\(ForeignText.tabCell(value))"
            }
            return "onset\tduration\ttrial_type\tvalue\n" + rows.joined(separator: "\n") + "\n"
        }
        try text("\(stem)_events.json") {
            try Self.json([
                "onset": [
                    "Description": "Seconds from the first sample of the file, by the clock of its device", "Units": "s",
                ],
                "trial_type": [
                    "Description":
                        "Text of the marker, behind its type where it has one; BAD_gap for frames that were lost; device for "
                        + "what a device told of itself"
                ], "value": ["Description": "What the device told: started, lost, reconnected, with a number"],
            ])
        }
    }

    private mutating func writeSource(_ track: Recording.Track, _ name: String) throws(SessionError) {
        let format: SessionExport.Format = track.type == "Audio" ? .wav : .npy
        if let reason = SessionExport.obstacle(track, format) {
            skipped.append(.init(stream: track.name, reason: reason))
            return
        }
        let place = folder + "/sourcedata/\(self.place)/task-\(naming.task)" + (naming.run.map { "_run-\($0)" } ?? "")
        try make(place)
        let base = place + "/" + name
        switch try SessionExport.write(track, recording, format, base, policy) {
        case .success(let file): files.append(file)
        case .failure(let obstacle): skipped.append(.init(stream: track.name, reason: obstacle.reason))
        }
    }

    private func make(_ path: String) throws(SessionError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw SessionError(path: path, reason: .system(call: "mkdir", code: errno == 0 ? EACCES : errno))
        }
    }

    private func text(_ name: String, _ body: () throws -> String) throws(SessionError) {
        let path = folder + "/" + name
        guard let content = try? body() else {
            throw SessionError(path: path, reason: .unsupported("a value cannot be written as JSON"))
        }
        try ExportFile(path).write(content)
    }

    static func json(_ object: [String: Any]) throws -> String {
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self) + "\n"
    }
}
