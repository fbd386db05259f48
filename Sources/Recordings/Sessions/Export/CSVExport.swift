import Foundation
import Texts

/// One track as text: seconds from the recording's second 0, then the channels in their units. Gaps are jumps of the time.
///
/// Numbers are the shortest decimals that give the same value when they are read again.
struct CSVExport {
    private let track: Recording.Track
    private let recording: Recording

    init(_ track: Recording.Track, _ recording: Recording) {
        self.track = track
        self.recording = recording
    }

    func write(_ path: String) throws(SessionError) -> SessionExport.File {
        let output = try ExportFile(path)
        let file = try AppendFile(creating: output.part)
        let names = track.labels.indices.map { channel in
            let unit = track.units.indices.contains(channel) ? track.units[channel] : ""
            return ForeignText.commaCell(unit.isEmpty ? track.labels[channel] : "\(track.labels[channel]) [\(unit)]")
        }
        try file.append(Array((["time_s"] + names).joined(separator: ",").utf8) + [0x0A])
        var line: [UInt8] = []
        for sample in 0..<track.samples {
            line.removeAll(keepingCapacity: true)
            line += Array(NumPyExport.stamp(track, sample).description.utf8)
            for channel in 0..<track.channels {
                line.append(0x2C)
                line += Array(track.values.text(sample * track.channels + channel).utf8)
            }
            line.append(0x0A)
            try file.append(line)
        }
        try file.close()
        try output.finish()
        try Self.writeMarkers(recording, beside: path)
        try ExportedTime.write(recording, beside: path)
        return SessionExport.report(track, path: path, filled: false)
    }

    /// `markers.csv` in the same folder, once for all streams.
    static func writeMarkers(_ recording: Recording, beside path: String) throws(SessionError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let target = folder + "/markers.csv"
        guard !recording.markers.isEmpty, !FileManager.default.fileExists(atPath: target) else { return }
        let lines = recording.markers.map {
            "\($0.time),\($0.duration),\(ForeignText.commaCell($0.text)),\($0.isDeviceEvent ? Recording.Marker.deviceType : "marker")"
        }
        try ExportFile(target).write("time_s,duration_s,text,kind\n" + lines.joined(separator: "\n") + "\n")
    }
}
