import Foundation

/// One track as BrainVision: `.vhdr` (header), `.vmrk` (markers), `.eeg` (numbers, channels side by side).
///
/// Whole numbers are written as integers of 16 or 32 bits, all else as 32-bit floats where these hold every value exactly, and as
/// `IEEE_FLOAT_64`, which fewer programs read, where they do not. What one number is in the channel's unit is the header's
/// resolution; 32-bit floats that were recorded so are in the unit themselves.
///
/// - Source: Brain Products, "BrainVision Core Data Format 1.0".
struct BrainVisionExport {
    private let track: Recording.Track
    private let recording: Recording
    private let numbers: Numbers

    /// How the numbers stand in the file.
    private enum Numbers: String {
        case int16 = "INT_16"
        case int32 = "INT_32"
        case float32 = "IEEE_FLOAT_32"
        case double64 = "IEEE_FLOAT_64"
    }

    init(_ track: Recording.Track, _ recording: Recording) {
        self.track = track
        self.recording = recording
        numbers = Self.numbers(track.values)
    }

    private static func numbers(_ values: XDFValues) -> Numbers {
        switch values {
        case .float32: .float32
        case .int8, .int16: .int16
        case .int32: .int32
        case .int64(let values): values.allSatisfy { Int32(exactly: $0) != nil } ? .int32 : .double64
        case .double64(let values):
            values.allSatisfy { Double(Float($0)) == $0 || $0.isNaN } ? .float32 : .double64
        }
    }

    /// Why a track cannot be written; nil when it can.
    static func obstacle(_ track: Recording.Track) -> String? {
        guard case .int64(let values) = track.values, !values.allSatisfy({ Int64(exactly: Double($0)) == $0 }) else {
            return nil
        }
        return "it has whole numbers that no format of BrainVision holds (beyond 53 bits); csv and npy do"
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

    /// What one number of the file is in the file's unit.
    private func resolution(_ channel: Int) -> String {
        if case .float32 = track.values { return "1" }
        return "\(Int(scale(channel).factor))"
    }

    private func write(_ output: OutputFile) throws(SessionError) {
        let file = try AppendFile(creating: output.part)
        if case .float32 = track.values {
            try writeScaledFloats(file)
        } else {
            try writeNumbers(file)
        }
        try file.close()
        try output.finish()
    }

    private func writeScaledFloats(_ file: AppendFile) throws(SessionError) {
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
    }

    /// The track's own numbers, zeros where frames are missing.
    private func writeNumbers(_ file: AppendFile) throws(SessionError) {
        for run in track.runs() {
            for start in stride(from: 0, to: run.count, by: 16_384) {
                let frames = min(16_384, run.count - start)
                var piece: [UInt8] = []
                piece.reserveCapacity(8 * frames * track.channels)
                let first = ((run.first ?? 0) + start) * track.channels
                for index in first..<first + frames * track.channels {
                    if run.first == nil { put(0, 0, into: &piece) } else { put(index, into: &piece) }
                }
                try file.append(piece)
            }
        }
    }

    private func put(_ index: Int, into piece: inout [UInt8]) {
        switch track.values {
        case .float32(let values): put(0, Double(values[index]), into: &piece)
        case .double64(let values): put(0, values[index], into: &piece)
        case .int8(let values): put(Int64(values[index]), 0, into: &piece)
        case .int16(let values): put(Int64(values[index]), 0, into: &piece)
        case .int32(let values): put(Int64(values[index]), 0, into: &piece)
        case .int64(let values): put(values[index], Double(values[index]), into: &piece)
        }
    }

    /// - Parameters:
    ///   - whole: for formats of integers.
    ///   - real: for formats of floats.
    private func put(_ whole: Int64, _ real: Double, into piece: inout [UInt8]) {
        switch numbers {
        case .int16: XDF.append(Int16(truncatingIfNeeded: whole), to: &piece)
        case .int32: XDF.append(Int32(truncatingIfNeeded: whole), to: &piece)
        case .float32: XDF.append(Float(real).bitPattern, to: &piece)
        case .double64: XDF.append(real.bitPattern, to: &piece)
        }
    }

    private func headerText(_ name: String) -> String {
        let channels = track.labels.indices.map { channel in
            "Ch\(channel + 1)=\(Self.field(track.labels[channel])),,\(resolution(channel)),\(scale(channel).unit)"
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
            BinaryFormat=\(numbers.rawValue)

            [Channel Infos]
            ; Ch<number>=<name>,<reference>,<resolution in unit>,<unit>
            \(channels.joined(separator: "\n"))

            [Comment]
            Stream \(track.name) (\(track.type)), written by Larmor.\(measured)

            """
    }

    private func markerText(_ name: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyyMMddHHmmss"
        // A date that nobody knows is left out.
        let moment = recording.start.map { start in
            let begin = start.addingTimeInterval(track.start)
            let micro = Int((begin.timeIntervalSince1970 - begin.timeIntervalSince1970.rounded(.down)) * 1e6)
            return "," + formatter.string(from: begin) + String(format: "%06d", micro)
        }
        var lines = ["Mk1=New Segment,,1,1,0\(moment ?? "")"]
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
