import Foundation
import Signals
import Texts

/// One track as BrainVision: `.vhdr` (header), `.vmrk` (markers), `.eeg` (numbers, channels side by side).
///
/// Frames that are missing are zeros under a "Bad Interval", or are left out between two segments that tell when they began. What devices
/// told of themselves are markers of the type "device".
///
/// - Source: Brain Products, "BrainVision Core Data Format 1.0".
struct BrainVisionExport {
    private let track: Recording.Track
    private let recording: Recording
    private let scale: BrainVisionScale

    init(_ track: Recording.Track, _ recording: Recording) {
        self.track = track
        self.recording = recording
        scale = BrainVisionScale(track)
    }

    /// Why a track cannot be written; nil when it can.
    static func obstacle(_ track: Recording.Track) -> String? {
        guard case .int64(let values) = track.values, !values.allSatisfy({ Int64(exactly: Double($0)) == $0 }) else {
            return nil
        }
        return "it has whole numbers that no format of BrainVision holds (beyond 53 bits); csv, npy and xdf do"
    }

    /// - Parameter base: path without the ending.
    func write(_ base: String, _ policy: GapPolicy) throws(SessionError) -> SessionExport.File {
        try track.check(policy, path: base + ".eeg", leavesGapsOut: true)
        let isSegmented = policy == .discontinuous && !track.gaps.isEmpty
        if isSegmented, recording.start == nil {
            throw SessionError(
                path: base + ".vmrk",
                reason: .unsupported(
                    "segments of BrainVision tell by their dates how long a pause is, and nobody knows the recording's; --gaps annotate "
                        + "fills the pauses with zeros"))
        }
        let name = URL(fileURLWithPath: base).lastPathComponent
        let data = try ExportFile(base + ".eeg")
        let markers = try ExportFile(base + ".vmrk")
        let header = try ExportFile(base + ".vhdr")
        try write(data, filled: !isSegmented)
        let told = markerLines(isSegmented: isSegmented)
        try markers.write(markerText(name, told.lines))
        try header.write(headerText(name))
        var report = SessionExport.report(
            track, path: base + ".vhdr", frames: isSegmented ? track.samples : nil, resolution: scale.error)
        if isSegmented { report.filledFrames = 0 }
        report.remarks = told.remarks
        if scale.format == .float64 {
            report.remarks.append("its values need floats of 64 bits, which some readers of BrainVision refuse")
        }
        return report
    }

    private func write(_ output: ExportFile, filled: Bool) throws(SessionError) {
        let file = try AppendFile(creating: output.part)
        if case .float32(let values) = track.values {
            let factors = scale.factors.map(Float.init)
            try forEachPiece(filled) { piece, range in
                var channel = 0
                let scaled = range.map { index in
                    defer { channel = channel + 1 == factors.count ? 0 : channel + 1 }
                    return values[index] * factors[channel]
                }
                scaled.withUnsafeBytes { piece.append(contentsOf: $0) }
            } append: { bytes throws(SessionError) in
                try file.append(bytes)
            }
        } else {
            try forEachPiece(filled) { piece, range in
                for index in range { put(index, &piece) }
            } append: { bytes throws(SessionError) in
                try file.append(bytes)
            }
        }
        try file.close()
        try output.finish()
    }

    private static let pieceFrames = 16_384

    /// The track's numbers in pieces, zeros where frames are missing.
    private func forEachPiece(
        _ filled: Bool, _ fill: (inout [UInt8], Range<Int>) -> Void, append: ([UInt8]) throws(SessionError) -> Void
    ) throws(SessionError) {
        let width = track.channels
        for run in track.runs() where filled || run.first != nil {
            for start in stride(from: 0, to: run.count, by: Self.pieceFrames) {
                let frames = min(Self.pieceFrames, run.count - start)
                var piece: [UInt8] = []
                if let first = run.first {
                    piece.reserveCapacity(scale.format.size * frames * width)
                    fill(&piece, (first + start) * width..<(first + start + frames) * width)
                } else {
                    piece = [UInt8](repeating: 0, count: scale.format.size * frames * width)
                }
                try append(piece)
            }
        }
    }

    private static func put(_ value: Float, _ piece: inout [UInt8]) { XDF.append(value.bitPattern, to: &piece) }

    private func put(_ index: Int, _ piece: inout [UInt8]) {
        let channel = index % track.channels
        switch track.values {
        case .float32(let values): Self.put(values[index] * Float(scale.factors[channel]), &piece)
        case .double64(let values):
            switch scale.format {
            case .float32: Self.put(Float(values[index] * scale.factors[channel]), &piece)
            case .int16, .int32:
                let number = (values[index] * scale.factors[channel] / scale.resolutions[channel]).rounded()
                put(Int64(saturating: number), &piece)
            default: XDF.append((values[index] * scale.factors[channel]).bitPattern, to: &piece)
            }
        case .int8(let values): put(Int64(values[index]), &piece)
        case .int16(let values): put(Int64(values[index]), &piece)
        case .int32(let values): put(Int64(values[index]), &piece)
        case .int64(let values): put(values[index], &piece)
        }
    }

    private func put(_ whole: Int64, _ piece: inout [UInt8]) {
        switch scale.format {
        case .int16: XDF.append(Int16(truncatingIfNeeded: whole), to: &piece)
        case .int32: XDF.append(Int32(truncatingIfNeeded: whole), to: &piece)
        default: XDF.append(Double(whole).bitPattern, to: &piece)
        }
    }

    private func headerText(_ name: String) -> String {
        let channels = track.labels.indices.map { channel in
            let reference = track.reference(of: channel) ?? ""
            return "Ch\(channel + 1)=\(Self.field(track.labels[channel])),\(Self.field(reference)),"
                + "\(Self.number(scale.resolutions[channel])),\(Self.field(scale.units[channel]))"
        }
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
            SamplingInterval=\(Self.number(1e6 / track.rate))

            [Binary Infos]
            BinaryFormat=\(scale.format.rawValue)

            [Channel Infos]
            ; Ch<number>=<name>,<reference>,<resolution in unit>,<unit>
            \(channels.joined(separator: "\n"))

            \(BrainVisionProperties.text(of: track))[Comment]
            \(comment)

            """
    }

    /// The source's own comment, which lists impedances and filters, or a line of ours.
    private var comment: String {
        if let source = recording.metadata["brainvision_comment"] {
            let lines = source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            return lines.map { ForeignText.line(String($0)) }.joined(separator: "\n").trimmingCharacters(in: .newlines)
        }
        let measured = track.measuredRate.map { "\nMeasured rate: \($0) Hz by the recorder's clock." } ?? ""
        let begin = recording.sessionTime.map {
            "\nThe first sample is \($0 + track.fileStart) s after the session's start, which its event log counts from."
        }
        let impedances = track.labels.indices.compactMap { channel in
            track.detail("impedance_kohm", of: channel).map {
                "\(ForeignText.line(track.labels[channel])):  \(ForeignText.line($0))"
            }
        }
        let list = impedances.isEmpty ? "" : "\nImpedance [kOhm] at 00:00:00 :\n" + impedances.joined(separator: "\n")
        return "Stream \(ForeignText.line(track.name)) (\(ForeignText.line(track.type))), written by Larmor.\(measured)"
            + "\(begin ?? "")\(list)"
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }

    private func markerLines(isSegmented: Bool) -> (lines: [String], remarks: [String]) {
        var lines: [(position: Int, text: String)] = []
        let isOwnFormat = recording.metadata["format"] == Recording.brainVisionFormat
        var (early, late, moved) = (0, 0, 0)
        let segments = isSegmented ? segmentStarts : [0]
        // Samples, from 0, at which data frames stand in the file.
        let runs = track.runs()
        func position(_ time: Double) -> Int {
            let frame = Int(saturating: (time * track.rate).rounded())
            guard isSegmented else { return frame }
            var (start, sample) = (0, 0)
            for run in runs {
                if frame < start + run.count {
                    if run.first == nil { moved += 1 }
                    return run.first == nil ? sample : sample + max(0, frame - start)
                }
                start += run.count
                if run.first != nil { sample += run.count }
            }
            return sample + frame - start
        }
        let annotations = isSegmented ? track.moved(recording.markers) : track.annotations(recording.markers)
        early = recording.markers.count { track.fileTime($0.time) < -0.5 / track.rate }
        for marker in annotations {
            let place = position(marker.time)
            guard place >= 0 else { continue }
            if place >= (isSegmented ? track.samples : track.frames) { late += 1 }
            let (type, description) = marker.brainVision(isOwnFormat: isOwnFormat)
            // Each segment tells its own beginning.
            if isSegmented, type == BrainVisionMarkers.segment, segments.contains(place) { continue }
            let points = Int(saturating: min(1e15, (marker.duration * track.rate).rounded()))
            let length = isOwnFormat && !marker.isDeviceEvent ? points : max(1, points)
            lines.append((place, "\(Self.field(type)),\(Self.field(description)),\(place + 1),\(length),0"))
        }
        // A date that nobody knows is left out.
        var frame = 0
        var begins: [(Int, String)] = []
        var sample = 0
        for run in runs {
            defer { frame += run.count }
            guard run.first != nil else { continue }
            if sample == 0 || isSegmented {
                // What is missing before the first sample is filled, or is before the first segment.
                let offset = isSegmented ? Double(frame) / track.rate : 0
                let begin = recording.start?.addingTimeInterval(track.fileStart + offset)
                begins.append(
                    (
                        sample,
                        "\(BrainVisionMarkers.segment),,\(sample + 1),1,0\(begin.map { "," + BrainVisionText.text($0) } ?? "")"
                    ))
            }
            sample += run.count
        }
        // A file may begin with a gap.
        if begins.isEmpty || begins[0].0 > 0 { begins.insert((0, "\(BrainVisionMarkers.segment),,1,1,0"), at: 0) }
        let all = (begins + lines.map { ($0.position, $0.text) }).enumerated().sorted {
            ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
        }
        var remarks: [String] = []
        if early > 0 {
            remarks.append("\(early) markers lie before the first sample, where this format has no place; they were left out")
        }
        if late > 0 { remarks.append("\(late) markers lie behind the last sample; some readers leave them out") }
        if moved > 0 { remarks.append("\(moved) markers lie in a pause; they stand at the next segment's first sample") }
        return (all.enumerated().map { "Mk\($0.offset + 1)=\($0.element.element.1)" }, remarks)
    }

    /// Samples with which segments begin.
    private var segmentStarts: Set<Int> {
        var starts: Set<Int> = []
        var sample = 0
        for run in track.runs() where run.first != nil {
            starts.insert(sample)
            sample += run.count
        }
        return starts
    }

    private func markerText(_ name: String, _ lines: [String]) -> String {
        """
        Brain Vision Data Exchange Marker File Version 1.0

        [Common Infos]
        Codepage=UTF-8
        DataFile=\(name).eeg

        [Marker Infos]
        ; Mk<number>=<type>,<description>,<position in data points>,<size in data points>,<channel, 0 for all>
        \(lines.joined(separator: "\n"))

        """
    }

    /// Commas separate fields; the format writes them as `\1`, so that a text with these two characters gets a space between them.
    private static func field(_ text: String) -> String {
        ForeignText.line(text).replacing("\\1", with: "\\ 1").replacing(",", with: "\\1")
    }
}
