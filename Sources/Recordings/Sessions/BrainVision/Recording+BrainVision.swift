import Foundation

extension Recording {
    /// Reads a BrainVision recording by its `.vhdr`: 16- and 32-bit integers, floats and text, multiplexed or vectorised; the
    /// markers of its `.vmrk`. A later segment that tells when it began is a gap and a marker.
    ///
    /// - Source: Brain Products, "BrainVision Core Data Format 1.0".
    /// - Throws: ``SessionError``.
    init(brainVision path: String) throws(SessionError) {
        let header = try BrainVisionText(path)
        let common = header["Common Infos"]
        func refuse(_ key: String, _ what: String) -> SessionError {
            SessionError(
                path: path, reason: .unsupported("[Common Infos] \(key): \(what), it is “\(common[key.lowercased()] ?? "")”"))
        }
        guard let channels = common["numberofchannels"].flatMap(Int.init), (1..<65_536).contains(channels) else {
            throw refuse("NumberOfChannels", "expected a whole number from 1 to 65535")
        }
        guard let interval = common["samplinginterval"].flatMap(BrainVisionText.number), interval > 0 else {
            throw refuse("SamplingInterval", "expected microseconds")
        }
        guard let name = common["datafile"], !name.isEmpty else { throw refuse("DataFile", "expected the name of a file") }
        self.init()
        let data = try BrainVisionData(header, path: path)
        let infos = header["Channel Infos"]
        var described: [BrainVisionChannel] = []
        for number in 1...channels {
            described.append(try BrainVisionChannel(infos["ch\(number)"], number: number, path: path, remarks: &remarks))
        }
        let files = try BrainVisionFiles(header, path: path)
        let read = try data.values(files.data, resolutions: described.map(\.resolution))
        remarks += read.remarks
        let rate = 1e6 / interval
        var track = Track(
            name: files.stem, type: "EEG", labels: described.map(\.label), units: described.map(\.unit), rate: rate,
            values: read.values)
        if track.samples == 0 { remarks.append("\(files.data): it holds no samples") }
        if let said = common["datapoints"].flatMap(Int.init), said != track.samples {
            remarks.append("its header says \(said) data points; there are \(track.samples)")
        }
        if header.isForeign { remarks.append("\(path): it is not UTF-8 and was read as Windows-1252") }
        if data.format.range != nil {
            track.digitisation = Track.Digitisation(channels: described.map { $0.digitisation(data.format.range) })
        }
        let impedances = BrainVisionImpedances(header.comment)
        track.channelDetails = described.map { channel in
            var details: [HeaderElement] = []
            if !channel.reference.isEmpty { details.append(HeaderElement("reference", channel.reference)) }
            if let value = impedances.kiloohms[channel.label] { details.append(HeaderElement("impedance_kohm", value)) }
            return details
        }
        BrainVisionProperties.take(header, into: &track)
        metadata["format"] = Self.brainVisionFormat
        metadata["brainvision_comment"] = header.comment.isEmpty ? nil : header.comment
        var markers: BrainVisionMarkers?
        if let name = files.markers {
            if FileManager.default.fileExists(atPath: name) {
                markers = try BrainVisionMarkers(name)
            } else {
                remarks.append("\(name): missing, there are no markers")
            }
        }
        if let markers { take(markers, &track) }
        tracks = [track]
    }

    /// What ``metadata`` calls the format under "format".
    static let brainVisionFormat = "BrainVision"

    private mutating func take(_ found: BrainVisionMarkers, _ track: inout Track) {
        remarks += found.remarks
        start = found.start
        track.gaps = found.gaps(rate: track.rate, samples: track.samples)
        if !track.gaps.isEmpty { track.stamps = track.uniformStamps }
        // The segment that begins the file is told by its date.
        let first = found.markers.firstIndex { $0.type == BrainVisionMarkers.segment && $0.sample == 0 }
        for (index, marker) in found.markers.enumerated() where index != first {
            // A size of one point is told apart from none, as other readers do.
            markers.append(
                Marker(
                    time: Double(track.frame(marker.sample)) / track.rate, type: marker.type, description: marker.description,
                    duration: Double(marker.length) / track.rate))
        }
        // Markers of one place keep their order.
        markers = markers.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}

/// The files that a header names; they stand beside it.
struct BrainVisionFiles {
    let stem: String
    let data: String
    /// Nil where the header names none.
    let markers: String?

    /// - Throws: ``SessionError`` when the data file is missing, with the one that it may have been renamed to.
    init(_ header: BrainVisionText, path: String) throws(SessionError) {
        let url = URL(fileURLWithPath: path)
        let (folder, stem) = (url.deletingLastPathComponent().path, url.deletingPathExtension().lastPathComponent)
        func place(_ name: String) -> String {
            // Other systems separate folders otherwise, and no recording is spread over several.
            let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? name
            let file = last.replacing("$b", with: stem)
            // The folder above is no file of the recording's.
            return file == ".." ? folder + "/" : folder + "/" + file
        }
        let common = header["Common Infos"]
        let data = place(common["datafile"] ?? "")
        if !FileManager.default.fileExists(atPath: data) {
            let beside = ["eeg", "dat", "avg", "seg"].map { folder + "/" + stem + "." + $0 }.first {
                FileManager.default.fileExists(atPath: $0)
            }
            if let beside {
                throw SessionError(
                    path: path,
                    reason: .unsupported(
                        "its DataFile \(URL(fileURLWithPath: data).lastPathComponent) is missing, but "
                            + "\(URL(fileURLWithPath: beside).lastPathComponent) lies beside it: if the files were renamed, correct "
                            + "DataFile and MarkerFile in the header"))
            }
        }
        (self.stem, self.data) = (stem, data)
        markers = common["markerfile"].flatMap { $0.isEmpty ? nil : place($0) }
    }
}
