import Foundation

/// An EDF or BDF file that any program made: its header, its annotations, and its numbers where they are asked for.
///
/// The file is mapped, and pages are given back as they are read: a file of any size needs little memory beside what is kept of it.
/// Every liberty that had to be taken is told in ``remarks``.
struct EDFReader {
    private(set) var header: EDFHeader
    /// Whole records in the file.
    let records: Int
    private(set) var annotations: [EDFAnnotation] = []
    /// When each record begins, in seconds of the header's start, where records tell; empty in a plain file.
    private var starts: [Double?] = []
    /// Seconds within which the records' times are told.
    private var timeStep = 0.0
    var remarks = EDFRemarks()
    let file: MappedFile

    /// - Throws: ``SessionError``.
    init(path: String) throws(SessionError) {
        file = try MappedFile(path: path)
        (header, remarks, records) = try file.withBytes { bytes throws(SessionError) in
            var remarks = EDFRemarks()
            var header = try EDFHeader(bytes, path: path, remarks: &remarks)
            let records = try Self.records(bytes.count, header, path: path, &remarks)
            if header.format.kind == .plain, records > 0 { Self.findAnnotations(bytes, &header, &remarks) }
            return (header, remarks, records)
        }
        readAnnotations()
    }

    /// Whole records by the file's length, which may not be what its header says.
    private static func records(
        _ count: Int, _ header: EDFHeader, path: String, _ remarks: inout EDFRemarks
    ) throws(SessionError) -> Int {
        let (whole, rest) = (count - header.size).quotientAndRemainder(dividingBy: header.recordSize)
        let said = header.records
        if said == whole, rest == 0 {
            if whole == 0 { remarks.add("it holds no records") }
            return whole
        }
        guard whole > 0 else {
            throw SessionError(
                path: path,
                reason: .damaged(
                    offset: header.size, expected: "at least one record of \(header.recordSize) bytes", found: "\(rest) bytes"))
        }
        remarks.add(
            (said < 0 ? "its recorder did not close it" : "its header says \(said) records") + "; \(whole) whole ones were read"
                + (rest > 0 ? " and \(rest) bytes of a cut one at its end were not" : ""))
        return whole
    }

    /// In a plain file a signal may only be called as annotations are; some programs write them all the same.
    private static func findAnnotations(_ bytes: UnsafeRawBufferPointer, _ header: inout EDFHeader, _ remarks: inout EDFRemarks)
    {
        for index in header.signals.indices where EDFFormat.annotationLabels.contains(header.signals[index].label) {
            let place = header.size + header.offset(of: index)
            let end = place + header.signals[index].samples * header.format.sampleSize
            var parser = EDFAnnotationParser()
            let time = parser.take(UnsafeRawBufferPointer(rebasing: bytes[place..<end]))
            guard parser.faults == 0, time != nil || !parser.annotations.isEmpty else { continue }
            header.signals[index].isAnnotations = true
            remarks.add("signal \(index + 1) holds annotations, though the header does not say EDF+; they were read")
        }
    }

    private mutating func readAnnotations() {
        let lanes = header.signals.indices.filter { header.signals[$0].isAnnotations && header.signals[$0].samples > 0 }
        guard let first = lanes.first, records > 0 else {
            if header.format.kind != .plain, lanes.isEmpty {
                remarks.add("it says \(header.format.name), and has no signal “\(header.format.annotationLabel)”")
            }
            return
        }
        let places = lanes.map { (header.offset(of: $0), header.signals[$0].samples * header.format.sampleSize) }
        var parser = EDFAnnotationParser()
        starts.reserveCapacity(records)
        file.withBytes { bytes in
            var released = 0
            for record in 0..<records {
                let base = header.size + record * header.recordSize
                for (lane, (offset, length)) in zip(lanes, places) {
                    let time = parser.take(
                        UnsafeRawBufferPointer(rebasing: bytes[base + offset..<base + offset + length]))
                    if lane == first { starts.append(time) }
                }
                if base - released > Self.releaseInterval {
                    file.release(released..<base)
                    released = base
                }
            }
        }
        annotations = parser.annotations
        timeStep = pow(10, -Double(parser.timeDigits))
        if parser.faults > 0 {
            remarks.add("\(parser.faults) lists of annotations are damaged; what could be read of them was")
        }
        if parser.foreignTexts > 0 {
            remarks.add("\(parser.foreignTexts) annotations are not UTF-8 and were read as Latin-1")
        }
        let untold = starts.count { $0 == nil }
        if untold > 0, header.format.kind != .plain {
            remarks.add("\(untold) records do not tell when they begin; they count as following the one before")
        }
    }

    /// Seconds from the header's start to the first sample.
    var firstTime: Double { (starts.first ?? nil) ?? 0 }

    /// Bytes that may be in memory before they are given back.
    static let releaseInterval = 16 << 20

    /// Frames that are missing before records, for signals with so many numbers in a record.
    ///
    /// In a discontinuous file a record's time decides; in one that calls itself continuous only a pause between two records does.
    mutating func gaps(samples: Int) -> [Recording.Track.Gap] {
        guard header.seconds > 0, starts.count > 1 else { return [] }
        let rate = Double(samples) / header.seconds
        let isDiscontinuous = header.format.kind == .discontinuous
        let least = max(0.5 / rate, timeStep * 0.5) * 1.0001
        var gaps: [Recording.Track.Gap] = []
        // Where the next sample is expected: by counting, and by the last time that was told.
        var (frames, expected) = (samples, header.seconds)
        var overlaps = 0
        for record in 1..<starts.count {
            let told = starts[record].map { $0 - firstTime } ?? expected
            let counted = isDiscontinuous ? Double(frames) / rate : expected
            let pause = told - counted
            let count = (pause * rate).rounded()
            if pause > least, count >= 1 {
                if count < 1e12, frames < 1 << 50 {
                    gaps.append(.init(index: record * samples, count: Int(count)))
                    frames += Int(count)
                } else {
                    remarks.add("record \(record + 1): its time \(told) s is no possible one and was not used")
                }
            } else if pause < -least {
                overlaps += 1
            }
            frames += samples
            expected = told + header.seconds
        }
        if overlaps > 0 {
            remarks.add("\(overlaps) records begin before the one before them ends; they count as following it")
        }
        if !isDiscontinuous, !gaps.isEmpty {
            remarks.add("it says \(header.format.name), but pauses between its records; they were kept as gaps")
        }
        return gaps
    }
}
