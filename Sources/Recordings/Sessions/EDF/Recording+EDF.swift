import Foundation

extension Recording {
    /// Reads EDF, EDF+, BDF or BDF+, continuous or not. Signals of one rate become one track, in the file's units; a label "EOG left" is a
    /// type and a name. Annotations become markers with their durations, and the trigger codes of BDF's channel "Status" markers that
    /// name it.
    ///
    /// Tolerant: what is not as the format wants it is read as it was meant, with a remark.
    /// - Throws: ``SessionError`` that names the field and its byte.
    init(edf path: String) throws(SessionError) {
        var file = try EDFReader(path: path)
        self.init()
        let header = file.header
        start = header.start?.addingTimeInterval(file.firstTime)
        let code = header.format.kind == .plain ? "" : header.patient.split(separator: " ").first.map(String.init) ?? ""
        subject = code.isEmpty || code == "X" ? nil : code
        metadata["format"] = header.format.is24Bit ? "BDF" : "EDF"
        metadata["edf_kind"] = header.format.kind == .plain ? "plain" : "plus"
        metadata["edf_patient"] = header.patient.isEmpty ? nil : header.patient
        metadata["edf_recording"] = header.recording.isEmpty ? nil : header.recording
        var groups: [Int: [Int]] = [:]
        for (index, signal) in header.signals.enumerated() where !signal.isAnnotations && signal.samples > 0 {
            groups[signal.samples, default: []].append(index)
        }
        let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        for (samples, signals) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
            let rate = Double(samples) / header.seconds
            let name = groups.count > 1 ? "\(stem).\(Self.number(rate))Hz" : stem
            tracks.append(file.track(name, signals, rate))
            if groups.count > 1 {
                tracks[tracks.count - 1].digitisation?.sharedFile = stem
                tracks[tracks.count - 1].digitisation?.signals = signals
            }
        }
        markers = file.annotations.map { annotation in
            Marker(time: annotation.onset - file.firstTime, annotationText: annotation.text, duration: annotation.duration)
        }
        readStatus(&file)
        // Annotations may stand in any record; those of one moment keep their order.
        markers = markers.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
        let early = markers.count { $0.time < 0 }
        if early > 0 { file.remarks.add("\(early) annotations lie before the first sample") }
        remarks = file.remarks.texts
    }

    private mutating func readStatus(_ file: inout EDFReader) {
        guard file.header.format.is24Bit else { return }
        for (index, signal) in file.header.signals.enumerated()
        where EDFReader.isStatus(signal.label) && !signal.isAnnotations && signal.samples > 0 {
            let rate = Double(signal.samples) / file.header.seconds
            guard let codes = file.statusCodes(of: index, gaps: file.gaps(samples: signal.samples)) else {
                file.remarks.add(
                    "signal \(index + 1) (\(signal.label)) changes too often to hold trigger codes; it made no markers")
                continue
            }
            markers += codes.map { Marker(time: Double($0.frame) / rate, text: "\($0.code)", channel: signal.label) }
        }
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? String(format: "%.4g", value)
    }
}

extension EDFReader {
    fileprivate mutating func track(_ name: String, _ signals: [Int], _ rate: Double) -> Recording.Track {
        let described = signals.map { header.signals[$0] }
        let units = described.map { ["uV", "μV"].contains($0.unit) ? "µV" : $0.unit }
        let isEEG = units.contains { ["µV", "mV", "V"].contains($0) }
        var track = Recording.Track(
            name: name, type: isEEG ? "EEG" : "Auxiliary", labels: described.map(\.label), units: units, rate: rate,
            values: .double64(values(of: signals)))
        track.gaps = gaps(samples: described[0].samples)
        // One by one, each would search all gaps.
        if !track.gaps.isEmpty { track.stamps = track.uniformStamps }
        let details = described.map { signal in
            [("transducer", signal.transducer), ("prefilter", signal.prefilter)].filter { !$0.1.isEmpty }.map {
                HeaderElement($0, $1)
            }
        }
        if details.contains(where: { !$0.isEmpty }) { track.channelDetails = details }
        track.splitEDFLabels()
        track.digitisation = Recording.Track.Digitisation(
            recordSeconds: header.seconds, recordFrames: described[0].samples,
            channels: described.map { signal in
                guard signal.hasScale else { return nil }
                return .init(
                    physicalMinimum: signal.physicalMinimum, physicalMaximum: signal.physicalMaximum,
                    digitalMinimum: signal.digitalMinimum, digitalMaximum: signal.digitalMaximum)
            })
        return track
    }
}
