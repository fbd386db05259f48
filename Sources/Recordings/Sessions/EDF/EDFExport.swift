import Foundation
import Texts

/// One track as EDF+ (16 bit) or BDF+ (24 bit), continuous or, where gaps are left out, discontinuous.
///
/// What fills a record up are zeros under an annotation: "BAD_gap" for missing frames, "BAD_padding" behind the last one, and
/// "BAD_nan@@LABEL" where values of one channel are no numbers. Annotations have a resolution of 0.1 µs.
struct EDFExport {
    private let track: Recording.Track
    private let recording: Recording
    private let policy: GapPolicy
    private let path: String
    private let format: EDFFormat
    private let length: EDFRecordLength?
    private let extent: EDFExtent?
    private let scales: [EDFScale?]
    /// Why the track cannot be written; nil when it can.
    let obstacle: String?
    /// Channels of codes that have more bits than the file; their events are told by annotations.
    private let leftOut: [String]

    /// Measures the track; nothing is written yet.
    /// - Throws: ``SessionError`` when it has gaps that the policy refuses.
    init(_ track: Recording.Track, _ recording: Recording, is24Bit: Bool, _ policy: GapPolicy, path: String)
        throws(SessionError)
    {
        try track.check(policy, path: path, leavesGapsOut: true)
        self.recording = recording
        self.policy = policy
        self.path = path
        let isDiscontinuous = policy == .discontinuous && !track.gaps.isEmpty
        format = EDFFormat(is24Bit: is24Bit, kind: isDiscontinuous ? .discontinuous : .continuous)
        length = Self.length(track, format)
        guard length != nil else {
            self.track = track
            (extent, scales, leftOut) = (nil, [], [])
            obstacle = "\(track.rate) Hz do not make whole samples in a record whose duration has eight characters"
            return
        }
        var extent = try EDFExtent(track)
        let format = format
        let wide = Set(track.labels.indices.filter { track.isStatus($0) && !extent.channels[$0].fits(format) })
        leftOut = wide.sorted().map { track.labels[$0] }
        var track = track
        if !wide.isEmpty { (track, extent) = (track.without(wide), extent.without(wide)) }
        (self.track, self.extent) = (track, extent)
        scales = (0..<track.channels).map { [track, extent] channel in
            EDFScale(
                unit: track.units.indices.contains(channel) ? track.units[channel] : "", extent: extent.channels[channel],
                fullScale: track.fullScale.indices.contains(channel) ? track.fullScale[channel] : 0,
                source: track.digitisation.flatMap { $0.channels.indices.contains(channel) ? $0.channels[channel] : nil },
                format: format)
        }
        obstacle = Self.obstacle(track, extent, scales)
    }

    private static func obstacle(_ track: Recording.Track, _ extent: EDFExtent, _ scales: [EDFScale?]) -> String? {
        if track.channels == 0 { return "it has no channel that this format holds" }
        if track.channels >= EDFHeader.mostSignals { return "\(track.channels) channels are too many for this format" }
        if let channel = scales.firstIndex(of: nil) {
            let range = extent.channels[channel]
            return
                "channel \(channel + 1) (\(track.labels[channel])): its values from \(range.minimum) to \(range.maximum) do not fit "
                + "the eight characters that a header has for them; csv, npy and brainvision hold them"
        }
        if extent.strays.count > EDFExtent.mostStrays, let stray = extent.strays.first {
            return "channel \(stray.channel + 1) (\(track.labels[stray.channel])): its values are no numbers in more than "
                + "\(EDFExtent.mostStrays) places, which annotations cannot tell; csv and npy hold them"
        }
        return nil
    }

    private static func length(_ track: Recording.Track, _ format: EDFFormat) -> EDFRecordLength? {
        let frameBytes = track.channels * format.sampleSize
        // The records of the file that the track came from.
        if let source = track.digitisation, source.recordFrames > 0, EDFNumber.text(source.recordSeconds) != nil,
            abs(Double(source.recordFrames) / source.recordSeconds - track.rate) < 1e-9 * track.rate
        {
            return EDFRecordLength(frames: source.recordFrames, seconds: source.recordSeconds)
        }
        if format.kind == .discontinuous {
            // Records that end where gaps begin need no filling, as long as they are no shorter than 0.1 s.
            let divisor = track.runs().filter { $0.first != nil }.reduce(0) { Self.greatestDivisor($0, $1.count) }
            if let length = EDFRecordLength.best(
                rate: track.rate, frameBytes: frameBytes, total: track.frames, divisor: divisor),
                length.seconds >= 0.1
            {
                return length
            }
        }
        return EDFRecordLength.best(rate: track.rate, frameBytes: frameBytes, total: track.frames)
    }

    private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }

    /// Writes the file. There must be no ``obstacle``.
    func write() throws(SessionError) -> SessionExport.File {
        guard let length, let extent else { throw SessionError(path: path, reason: .unsupported(obstacle ?? "not measured")) }
        let scales = scales.compactMap(\.self)
        let plan =
            format.kind == .discontinuous
            ? EDFRecordPlan(of: track, length: length) : EDFRecordPlan(continuous: track.frames, length: length)
        let (labels, labelRemarks) = EDFText.labels(track.edfLabels)
        let begin = recording.start?.addingTimeInterval(track.fileStart)
        let fraction = EDFStart.texts(begin).fraction
        var told = markers(scales)
        told.markers += bad(plan, extent, labels)
        let annotations = told.markers.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map {
            EDFAnnotation(onset: $0.element.time + fraction, duration: $0.element.duration, text: $0.element.text)
        }
        let recordBytes = length.frames * track.channels * format.sampleSize
        let lane = EDFAnnotationLane(
            annotations, records: plan.records, sampleSize: format.sampleSize, recordBytes: recordBytes)
        var header = EDFHeader(recording, track, format, begin)
        header.records = plan.records
        header.seconds = length.seconds
        header.signals = zip(labels, scales).enumerated().map { channel, named in
            var signal = EDFSignal(named.0, named.1, samples: length.frames)
            signal.transducer = EDFText.ascii(track.detail("transducer", of: channel) ?? "")
            signal.prefilter = EDFText.ascii(track.detail("prefilter", of: channel) ?? "")
            return signal
        }
        header.signals.append(.annotations(lane, format))
        let output = try ExportFile(path)
        let block = EDFRecordBlock(scales: scales, samples: length.frames, format: format, annotationBytes: lane.size)
        let writer = try EDFRecordWriter(output, header: try header.bytes(path: path), block)
        switch track.values {
        case .float32:
            try forEachRecord(plan, lane, fraction, Float.self) { values, bytes in writer.append { $0.fill(values, bytes) } }
        default:
            try forEachRecord(plan, lane, fraction, Double.self) { values, bytes in writer.append { $0.fill(values, bytes) } }
        }
        try writer.finish()
        try output.finish()
        var report = SessionExport.report(
            track, path: path, frames: plan.frames, resolution: scales.map(\.resolution).max() ?? 0)
        report.filledFrames = plan.filled(track).gaps.reduce(0) { $0 + $1.count }
        let left = leftOut.map {
            "channel \($0) is left out: its codes have more bits than \(format.name) holds; its events are annotations"
        }
        report.remarks =
            left + labelRemarks + told.remarks + strayRemarks(extent) + EDFIdentity(recording, start: begin).remarks
        let split = EDFAnnotationLane.splitTexts(annotations, recordBytes: recordBytes)
        if split > 0 { report.remarks.append("\(split) long annotations are split into several of the same moment") }
        return report
    }

    private func forEachRecord<Number: EDFPieceNumber>(
        _ plan: EDFRecordPlan, _ lane: EDFAnnotationLane, _ fraction: Double, _ type: Number.Type,
        _ body: (borrowing [Number], [UInt8]) -> Void
    ) throws(SessionError) {
        var lane = lane
        for segment in plan.segments {
            var frame = segment.lowerBound
            try track.forEachPiece(of: type, frames: plan.length.frames, in: segment) { values throws(SessionError) in
                body(values, lane.record(at: fraction + Double(frame) / track.rate))
                frame += plan.length.frames
            }
        }
    }

    /// The recording's markers on the file's time axis, but those that a channel of the file tells itself.
    private func markers(_ scales: [EDFScale]) -> (markers: [Recording.Marker], remarks: [String]) {
        let exact = Set(zip(track.labels, scales).filter { format.is24Bit && $1.step == 1 && $1.factor == 1 }.map(\.0))
        var remarks: [String] = []
        var markers: [Recording.Marker] = []
        var (silent, impossible, before, behind) = (0, 0, 0, 0)
        let end = Double(track.frames) / track.rate
        for var marker in recording.markers {
            if let channel = marker.channel, exact.contains(channel) { continue }
            marker.time = track.fileTime(marker.time)
            marker.text = ForeignText.line(marker.annotationText)
            if marker.text.isEmpty { silent += 1 }
            guard !marker.text.isEmpty else { continue }
            guard abs(marker.time) < 1e10, marker.duration >= 0, marker.duration < 1e10 else {
                impossible += 1
                continue
            }
            if marker.time < 0 { before += 1 }
            if marker.time > end { behind += 1 }
            markers.append(marker)
        }
        if silent > 0 { remarks.append("\(silent) markers have no text and were left out") }
        if impossible > 0 { remarks.append("\(impossible) markers have no possible time and were left out") }
        if before > 0 { remarks.append("\(before) markers lie before the first sample; some readers leave them out") }
        if behind > 0 { remarks.append("\(behind) markers lie behind the last sample; some readers leave them out") }
        return (markers, remarks)
    }

    /// Annotations over what is no data.
    private func bad(_ plan: EDFRecordPlan, _ extent: EDFExtent, _ labels: [String]) -> [Recording.Marker] {
        func marker(_ frames: Range<Int>, _ text: String) -> Recording.Marker {
            .init(time: Double(frames.lowerBound) / track.rate, text: text, duration: Double(frames.count) / track.rate)
        }
        let filled = plan.filled(track)
        return filled.gaps.map { marker($0, Recording.Track.gapText) } + filled.padding.map { marker($0, "BAD_padding") }
            + extent.strays.map { marker($0.frames, "BAD_nan@@\(labels[$0.channel])") }
    }

    private func strayRemarks(_ extent: EDFExtent) -> [String] {
        let counts = Dictionary(extent.strays.map { ($0.channel, $0.frames.count) }, uniquingKeysWith: +)
        return counts.sorted { $0.key < $1.key }.map { channel, count in
            "\(count) values of \(track.labels[channel]) are no numbers: zeros under the annotation BAD_nan"
        }
    }
}

extension EDFSignal {
    fileprivate init(_ label: String, _ scale: EDFScale, samples: Int) {
        self.init(
            label: label, unit: scale.unit, physicalMinimum: scale.physicalMinimum, physicalMaximum: scale.physicalMaximum,
            digitalMinimum: scale.digitalMinimum, digitalMaximum: scale.digitalMaximum, samples: samples)
    }

    static func annotations(_ lane: EDFAnnotationLane, _ format: EDFFormat) -> EDFSignal {
        EDFSignal(
            label: format.annotationLabel, unit: "", physicalMinimum: -1, physicalMaximum: 1, digitalMinimum: format.least,
            digitalMaximum: format.greatest, samples: lane.size / format.sampleSize, isAnnotations: true)
    }
}

extension EDFHeader {
    /// The texts of a file of ours.
    /// - Parameter track: nil for annotations alone.
    init(_ recording: Recording, _ track: Recording.Track?, _ format: EDFFormat, _ start: Date?) {
        self.init(format: format)
        self.start = start
        let identity = EDFIdentity(recording, start: start)
        patient = identity.patient
        // Where the device's clock is the recorder's there is nothing to tell, and some readers want five words here.
        let measured = track.flatMap { track in
            track.measuredRate.flatMap { abs($0 - track.rate) > 1e-7 * track.rate ? $0 : nil }
        }
        let rate = identity.isOwn ? measured.map { " measured_rate=\(String(format: "%.4f", $0))Hz" } ?? "" : ""
        self.recording = identity.recording + rate
    }
}
