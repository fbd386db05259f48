import Foundation

/// One track as BrainVision: `.vhdr` (header), `.vmrk` (markers), `.eeg` (32-bit floats, channels side by side).
///
/// - Source: Brain Products, "BrainVision Core Data Format 1.0".
struct BrainVisionExport {
    private let track: Recording.Track
    private let recording: Recording

    init(_ track: Recording.Track, _ recording: Recording) {
        self.track = track
        self.recording = recording
    }

    /// - Parameter base: path without the ending.
    func write(_ base: String, _ policy: GapPolicy) throws(SessionError) -> SessionExport.File {
        try track.check(policy, path: base + ".eeg")
        let name = URL(fileURLWithPath: base).lastPathComponent
        let data = try OutputFile(base + ".eeg")
        let markers = try OutputFile(base + ".vmrk")
        let header = try OutputFile(base + ".vhdr")
        try write(data)
        try markers.write(markerText(name))
        try header.write(headerText(name))
        return SessionExport.report(track, path: base + ".vhdr")
    }

    /// Volt becomes microvolt, the format's own unit; other units stay.
    private func scale(_ channel: Int) -> (factor: Float, unit: String) {
        switch track.units.indices.contains(channel) ? track.units[channel] : "" {
        case "V": (1e6, "µV")
        case let unit: (1, unit)
        }
    }

    private func write(_ output: OutputFile) throws(SessionError) {
        let file = try AppendFile(creating: output.part)
        let channels = track.channels
        let factors = (0..<channels).map { scale($0).factor }
        var scaled: [Float] = []
        try track.forEachPiece(frames: 16_384) { values throws(SessionError) in
            scaled.removeAll(keepingCapacity: true)
            for index in values.indices { scaled.append(values[index] * factors[index % channels]) }
            try scaled.withUnsafeBufferPointer { floats throws(SessionError) in
                try file.append(UnsafeRawBufferPointer(floats))
            }
        }
        try file.close()
        try output.finish()
    }

    private func headerText(_ name: String) -> String {
        let channels = track.labels.indices.map { channel in
            "Ch\(channel + 1)=\(Self.field(track.labels[channel])),,1,\(scale(channel).unit)"
        }
        let measured = track.measuredRate.map { "\nMeasured rate: \($0) Hz by the recorder's clock." } ?? ""
        return """
            Brain Vision Data Exchange Header File Version 1.0

            [Common Infos]
            Codepage=UTF-8
            DataFile=\(name).eeg
            MarkerFile=\(name).vmrk
            DataFormat=BINARY
            DataOrientation=MULTIPLEXED
            NumberOfChannels=\(track.channels)
            ; Sampling interval in microseconds
            SamplingInterval=\(1e6 / track.rate)

            [Binary Infos]
            BinaryFormat=IEEE_FLOAT_32

            [Channel Infos]
            ; Ch<number>=<name>,<reference>,<resolution in unit>,<unit>
            \(channels.joined(separator: "\n"))

            [Comment]
            Stream \(track.name) (\(track.type)), written by Larmor.\(measured)

            """
    }

    private func markerText(_ name: String) -> String {
        let begin = (recording.start ?? Date(timeIntervalSince1970: 0)).addingTimeInterval(track.start)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyyMMddHHmmss"
        let micro = Int((begin.timeIntervalSince1970 - begin.timeIntervalSince1970.rounded(.down)) * 1e6)
        let moment = formatter.string(from: begin) + String(format: "%06d", micro)
        var lines = ["Mk1=New Segment,,1,1,0,\(moment)"]
        for marker in track.annotations(recording.markers) {
            // Positions count from 1.
            let position = Int((marker.time * track.rate).rounded()) + 1
            let length = max(1, Int((marker.duration * track.rate).rounded()))
            let kind = marker.text == Recording.Track.gapText ? "Bad Interval" : "Comment"
            lines.append("Mk\(lines.count + 1)=\(kind),\(Self.field(marker.text)),\(position),\(length),0")
        }
        return """
            Brain Vision Data Exchange Marker File Version 1.0

            [Common Infos]
            Codepage=UTF-8
            DataFile=\(name).eeg

            [Marker Infos]
            ; Mk<number>=<type>,<description>,<position in data points>,<size in data points>,<channel, 0 for all>
            \(lines.joined(separator: "\n"))

            """
    }

    /// Commas separate fields; the format writes them as `\1`.
    private static func field(_ text: String) -> String {
        text.replacing(",", with: "\\1").replacing("\n", with: " ").replacing("\r", with: " ")
    }
}
