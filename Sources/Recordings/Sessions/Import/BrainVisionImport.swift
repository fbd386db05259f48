import Foundation

extension Recording {
    /// Reads a BrainVision recording by its `.vhdr`: 16- and 32-bit integers and floats, multiplexed or vectorised; the
    /// markers of its `.vmrk`.
    ///
    /// - Source: Brain Products, "BrainVision Core Data Format 1.0".
    /// - Throws: ``SessionError``.
    init(brainVision path: String) throws(SessionError) {
        let header = try BrainVisionText(path)
        let common = header["Common Infos"]
        guard let channels = common["numberofchannels"].flatMap(Int.init), (1..<65_536).contains(channels),
            let interval = common["samplinginterval"].flatMap(Double.init), interval > 0, let data = common["datafile"]
        else {
            throw SessionError(
                path: path,
                reason: .unsupported("it names no number of channels, sampling interval or data file"))
        }
        guard common["dataformat"]?.uppercased() ?? "BINARY" == "BINARY" else {
            throw SessionError(path: path, reason: .unsupported("only binary data are read, not text"))
        }
        let isVectorised = common["dataorientation"]?.uppercased() == "VECTORIZED"
        let infos = header["Channel Infos"]
        let descriptions = (1...channels).map { Self.fields(infos["ch\($0)"] ?? "") }
        let resolutions = descriptions.map { $0.count > 2 ? Double($0[2].trimmingCharacters(in: .whitespaces)) ?? 1 : 1 }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let file = folder + "/" + data.replacing("$b", with: stem)
        let format = header["Binary Infos"]["binaryformat"]?.uppercased() ?? ""
        let raw = try Self.numbers(file, format, header: path)
        let samples = raw.count / channels
        var values = [Double](repeating: 0, count: samples * channels)
        for channel in 0..<channels {
            for sample in 0..<samples {
                let source = isVectorised ? channel * samples + sample : sample * channels + channel
                values[sample * channels + channel] = raw[source] * resolutions[channel]
            }
        }
        self.init()
        if raw.count % channels != 0 { remarks.append("\(file): the last frame is cut") }
        tracks = [
            Track(
                name: stem, type: "EEG",
                labels: descriptions.enumerated().map { $1.first.flatMap { $0.isEmpty ? nil : $0 } ?? "\($0 + 1)" },
                // The format's own unit stands where none is given.
                units: descriptions.map { $0.count > 3 && !$0[3].isEmpty ? $0[3] : "µV" }.map { $0 == "uV" ? "µV" : $0 },
                rate: 1e6 / interval, values: .double64(values))
        ]
        guard let marks = common["markerfile"] else { return }
        try readMarkers(folder + "/" + marks.replacing("$b", with: stem), rate: 1e6 / interval)
    }

    private mutating func readMarkers(_ path: String, rate: Double) throws(SessionError) {
        guard FileManager.default.fileExists(atPath: path) else {
            remarks.append("\(path): missing, there are no markers")
            return
        }
        let marks = try BrainVisionText(path)["Marker Infos"]
        for number in 1... {
            guard let line = marks["mk\(number)"] else { break }
            let fields = Self.fields(line)
            guard fields.count >= 4, let position = Int(fields[2]), position > 0 else { continue }
            if fields[0] == "New Segment" {
                if start == nil, fields.count > 5 { start = Self.moment(fields[5]) }
                continue
            }
            let text = fields[1].isEmpty ? fields[0] : "\(fields[0])/\(fields[1])"
            let length = Double(Int(fields[3]) ?? 1)
            markers.append(
                Marker(time: Double(position - 1) / rate, text: text, duration: length > 1 ? length / rate : 0))
        }
    }

    private static func numbers(_ path: String, _ format: String, header: String) throws(SessionError) -> [Double] {
        let file = try MappedFile(path: path)
        func all<T: BitwiseCopyable>(_ type: T.Type, _ convert: (T) -> Double) -> [Double] {
            file.withBytes { bytes in
                (0..<bytes.count / MemoryLayout<T>.size).map {
                    convert(bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: type))
                }
            }
        }
        switch format {
        case "INT_16": return all(Int16.self) { Double($0) }
        case "UINT_16": return all(UInt16.self) { Double($0) }
        case "INT_32": return all(Int32.self) { Double($0) }
        case "IEEE_FLOAT_32": return all(Float.self) { Double($0) }
        case "IEEE_FLOAT_64": return all(Double.self) { $0 }
        default:
            throw SessionError(
                path: header, reason: .unsupported("binary format “\(format)” is none of INT_16, INT_32, IEEE_FLOAT_32"))
        }
    }

    private static func fields(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).replacing("\\1", with: ",") }
    }

    /// yyyyMMddHHmmss and microseconds.
    private static func moment(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyyMMddHHmmss"
        guard text.count >= 14, let date = formatter.date(from: String(text.prefix(14))) else { return nil }
        return date.addingTimeInterval((Double(text.dropFirst(14)) ?? 0) * 1e-6)
    }
}

/// The sections of a BrainVision text file; keys are compared without case.
private struct BrainVisionText {
    private var sections: [String: [String: String]] = [:]

    init(_ path: String) throws(SessionError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SessionError(path: path, reason: .system(call: "open", code: errno == 0 ? ENOENT : errno))
        }
        // Without a code page of UTF-8 the bytes are the Windows code page of the recording machine.
        let text = String(data: data, encoding: .utf8) ?? String(data: data, encoding: .windowsCP1252) ?? ""
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix(";") || line.isEmpty { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = line.dropFirst().dropLast().lowercased()
            } else if let equals = line.firstIndex(of: "=") {
                let key = line[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
                let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
                sections[section, default: [:]][key] = sections[section]?[key] ?? value
            }
        }
    }

    subscript(_ section: String) -> [String: String] { sections[section.lowercased()] ?? [:] }
}
