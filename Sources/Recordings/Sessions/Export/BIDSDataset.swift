import Foundation
import Texts

/// One recording as a folder after the Brain Imaging Data Structure 1.10: EEG as BrainVision with its side files; other streams
/// under `sourcedata/`, which the standard leaves free.
struct BIDSDataset {
    private let folder: String
    private let recording: Recording
    private let policy: GapPolicy
    private(set) var files: [SessionExport.File] = []
    private(set) var skipped: [SessionExport.Skipped] = []

    init(folder: String, recording: Recording, gaps: GapPolicy) {
        self.folder = folder
        self.recording = recording
        policy = gaps
    }

    private var subject: String {
        let kept = (recording.subject ?? "").filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return kept.isEmpty ? "01" : kept
    }

    mutating func write(_ tracks: [Recording.Track]) throws(SessionError) {
        let eeg = tracks.filter { $0.type.uppercased() == "EEG" && SessionExport.obstacle($0, .brainvision) == nil }
        guard !eeg.isEmpty else {
            throw SessionError(path: folder, reason: .unsupported("BIDS here is for EEG, and the recording has none"))
        }
        for (number, track) in eeg.enumerated() {
            try write(track, run: eeg.count > 1 ? number + 1 : nil)
        }
        let others = tracks.filter { track in !eeg.contains { $0.name == track.name } }
        for (track, name) in zip(others, SessionExport.fileNames(others.map(\.name))) { try writeSource(track, name) }
        try text("dataset_description.json") {
            try Self.json([
                "Name": "Larmor recording", "BIDSVersion": "1.10.0", "DatasetType": "raw",
                "License": "not stated", "Authors": ["not stated"],
                "GeneratedBy": [["Name": "Larmor", "Description": "larmor sessions export --format bids"]],
            ])
        }
        try text("participants.tsv") { "participant_id\nsub-\(subject)\n" }
        try text("README") {
            "EEG recorded with Larmor.\n\nFrames that were lost are zeros under an event BAD_gap. Streams other than EEG "
                + "lie under sourcedata.\n"
        }
    }

    private mutating func write(_ track: Recording.Track, run: Int?) throws(SessionError) {
        let place = "sub-\(subject)/eeg"
        try make(folder + "/" + place)
        let stem = "\(place)/sub-\(subject)_task-recording" + (run.map { "_run-\($0)" } ?? "")
        var file = try BrainVisionExport(track, recording).write(folder + "/\(stem)_eeg", policy)
        file.path = folder + "/\(stem)_eeg.vhdr"
        files.append(file)
        let seconds = Double(track.frames) / track.rate
        try text("\(stem)_eeg.json") {
            try Self.json([
                "TaskName": "recording", "TaskDescription": "Recording of stream \(track.name)",
                "SamplingFrequency": track.rate, "RecordingDuration": seconds, "RecordingType": "continuous",
                "EEGChannelCount": track.channels, "EEGReference": "n/a", "EEGGround": "n/a", "PowerLineFrequency": "n/a",
                "SoftwareFilters": "n/a", "Manufacturer": "n/a", "Instructions": "n/a",
                "EEGPlacementScheme": "n/a", "InstitutionName": "n/a",
            ])
        }
        try text("\(stem)_channels.tsv") {
            let rows = track.labels.indices.map { channel in
                let unit = track.units.indices.contains(channel) && !track.units[channel].isEmpty ? track.units[channel] : "n/a"
                return ForeignText.tabCell(track.labels[channel])
                    + "\tEEG\t\(ForeignText.tabCell(unit == "V" ? "µV" : unit))\t\(track.rate)"
            }
            return "name\ttype\tunits\tsampling_frequency\n" + rows.joined(separator: "\n") + "\n"
        }
        let events = track.annotations(recording.markers)
        guard !events.isEmpty else { return }
        try text("\(stem)_events.tsv") {
            let rows = events.map { event in
                let time = String(format: "%.6f", max(0, event.time))
                return "\(time)\t\(String(format: "%.6f", event.duration))\t\(ForeignText.tabCell(event.text))"
            }
            return "onset\tduration\ttrial_type\n" + rows.joined(separator: "\n") + "\n"
        }
        try text("\(stem)_events.json") {
            try Self.json(["trial_type": ["Description": "Text of the marker; BAD_gap for frames that were lost"]])
        }
    }

    private mutating func writeSource(_ track: Recording.Track, _ name: String) throws(SessionError) {
        let format: SessionExport.Format = track.type == "Audio" ? .wav : .npy
        if let reason = SessionExport.obstacle(track, format) {
            skipped.append(.init(stream: track.name, reason: reason))
            return
        }
        let place = folder + "/sourcedata/sub-\(subject)"
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
        try OutputFile(path).write(content)
    }

    private static func json(_ object: [String: Any]) throws -> String {
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self) + "\n"
    }
}
