import Foundation

/// The header of an EDF or BDF file.
struct EDFHeader {
    var format: EDFFormat
    var patient = ""
    var recording = ""
    /// Nil when nobody knows.
    var start: Date?
    /// Records that the header says; negative in a file that was never closed.
    var records = 0
    /// Seconds of a record; 0 only where there are annotations and nothing else.
    var seconds = 1.0
    var signals: [EDFSignal] = []

    /// Bytes of the header itself.
    var size: Int { EDFField.size * (signals.count + 1) }
    /// Bytes of a record.
    var recordSize: Int { signals.reduce(0) { $0 + $1.samples } * format.sampleSize }
    /// Byte within a record at which a signal's numbers begin.
    func offset(of signal: Int) -> Int { signals[..<signal].reduce(0) { $0 + $1.samples } * format.sampleSize }
}

extension EDFHeader {
    static let mostSignals = 9999
    private static let mostSamples = 1 << 24

    /// Reads a header that any program wrote.
    /// - Parameter bytes: the whole file, or as much of it as there is.
    /// - Throws: ``SessionError`` that names the field and its byte, when a number is none or the header is cut.
    init(_ bytes: UnsafeRawBufferPointer, path: String, remarks: inout EDFRemarks) throws(SessionError) {
        guard bytes.count >= EDFField.size else {
            throw SessionError(
                path: path,
                reason: .damaged(
                    offset: bytes.count, expected: "an EDF header of \(EDFField.size) bytes", found: "the end of the file"))
        }
        guard EDFFormat.begins(Array(bytes.prefix(8))) else {
            throw SessionError(
                path: path,
                reason: .damaged(offset: 0, expected: "“0” or “\\xFFBIOSEMI” as the version", found: "something else"))
        }
        var fields = EDFFieldReader(bytes, path: path)
        fields.remarks = remarks
        defer { remarks = fields.remarks }
        if bytes[0] == 0x20 { fields.remarks.add("version (byte 0): it is not left-aligned") }
        format = EDFFormat(head: bytes.prefix(8), reserved: fields.text(.reserved))
        patient = fields.text(.patient)
        recording = fields.text(.recording)
        let begin = EDFStart.read(date: fields.text(.date), time: fields.text(.time), recording: recording)
        start = begin.start
        for remark in begin.remarks { fields.remarks.add(remark) }
        if let count = try? fields.whole(.records, in: Int(Int32.min)...Int(Int32.max)) {
            records = count
        } else {
            fields.remarks.add(
                "number of records (byte \(EDFField.records.bytes.lowerBound)): it is none; all there are were read")
            records = -1
        }
        seconds = try fields.number(.duration)
        let count = try fields.whole(.signals, in: 1...Self.mostSignals)
        guard bytes.count >= EDFField.size * (count + 1) else {
            throw SessionError(
                path: path,
                reason: .damaged(
                    offset: bytes.count, expected: "the header of \(count) signals in \(EDFField.size * (count + 1)) bytes",
                    found: "the end of the file"))
        }
        if (try? fields.whole(.headerSize, in: 0...Int(Int32.max))) != EDFField.size * (count + 1) {
            fields.remarks.add(
                "\(EDFField.headerSize.name) (byte \(EDFField.headerSize.bytes.lowerBound)): it is not that of \(count) signals; "
                    + "\(EDFField.size * (count + 1)) was taken")
        }
        signals.reserveCapacity(count)
        for index in 0..<count { signals.append(try Self.signal(index, count, format, &fields)) }
        try checkDuration(path, &fields.remarks)
        guard recordSize > 0 else {
            throw SessionError(
                path: path,
                reason: .damaged(
                    offset: EDFField(.samples, of: 0, count: count).bytes.lowerBound,
                    expected: "a signal with samples in a record", found: "none"))
        }
    }

    private static func signal(
        _ index: Int, _ count: Int, _ format: EDFFormat, _ fields: inout EDFFieldReader
    ) throws(SessionError) -> EDFSignal {
        func field(_ column: EDFField.Column) -> EDFField { EDFField(column, of: index, count: count) }
        let label = fields.text(field(.label))
        let digits = Int(Int32.min)...Int(Int32.max)
        let isAnnotations = format.kind != .plain && EDFFormat.annotationLabels.contains(label)
        let samples = try fields.whole(field(.samples), in: 0...mostSamples)
        // The ranges of annotations mean nothing.
        if isAnnotations {
            return EDFSignal(
                label: label, unit: "", physicalMinimum: -1, physicalMaximum: 1, digitalMinimum: format.least,
                digitalMaximum: format.greatest, samples: samples, isAnnotations: true)
        }
        let signal = EDFSignal(
            label: label, transducer: fields.text(field(.transducer)), unit: fields.text(field(.unit)),
            physicalMinimum: try fields.number(field(.physicalMinimum)),
            physicalMaximum: try fields.number(field(.physicalMaximum)),
            digitalMinimum: Int32(try fields.whole(field(.digitalMinimum), in: digits)),
            digitalMaximum: Int32(try fields.whole(field(.digitalMaximum), in: digits)),
            prefilter: fields.text(field(.prefilter)), samples: samples)
        if samples == 0 { fields.remarks.add("signal \(index + 1) (\(label)): it has no samples and was left out") }
        for (isEmpty, column) in [
            (signal.physicalMinimum == signal.physicalMaximum, EDFField.Column.physicalMinimum),
            (signal.digitalMinimum == signal.digitalMaximum, .digitalMinimum),
        ] where isEmpty {
            fields.remarks.add(
                "signal \(index + 1) (\(label)): \(field(column).name) (byte \(field(column).bytes.lowerBound)) is also the maximum; "
                    + "a range of 1 was taken")
        }
        if signal.digitalMinimum > signal.digitalMaximum {
            fields.remarks.add("signal \(index + 1) (\(label)): its digital minimum is above its maximum")
        }
        return signal
    }

    private mutating func checkDuration(_ path: String, _ remarks: inout EDFRemarks) throws(SessionError) {
        let offset = EDFField.duration.bytes.lowerBound
        guard seconds >= 0 else {
            throw SessionError(
                path: path,
                reason: .damaged(offset: offset, expected: "seconds as the duration of a record", found: "“\(seconds)”"))
        }
        if seconds == 0, signals.contains(where: { !$0.isAnnotations && $0.samples > 0 }) {
            remarks.add("duration of a record (byte \(offset)): it is 0; a second was taken, as mne does")
            seconds = 1
        }
    }
}
