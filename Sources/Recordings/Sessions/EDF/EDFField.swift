import Foundation

/// One field of a header: a name for messages, and the bytes where it stands.
struct EDFField {
    var name: String
    var bytes: Range<Int>

    init(_ name: String, at offset: Int, _ length: Int) {
        self.name = name
        bytes = offset..<offset + length
    }

    static let version = EDFField("version", at: 0, 8)
    static let patient = EDFField("patient", at: 8, 80)
    static let recording = EDFField("recording", at: 88, 80)
    static let date = EDFField("start date", at: 168, 8)
    static let time = EDFField("start time", at: 176, 8)
    static let headerSize = EDFField("number of bytes in the header", at: 184, 8)
    static let reserved = EDFField("reserved", at: 192, 44)
    static let records = EDFField("number of records", at: 236, 8)
    static let duration = EDFField("duration of a record", at: 244, 8)
    static let signals = EDFField("number of signals", at: 252, 4)
    /// Bytes before the fields of the signals, and for each signal.
    static let size = 256

    /// The fields of the signals stand side by side: all labels, then all transducers, and so on.
    enum Column: Int, CaseIterable {
        case label, transducer, unit, physicalMinimum, physicalMaximum, digitalMinimum, digitalMaximum, prefilter, samples,
            reserved

        private static let widths = [16, 80, 8, 8, 8, 8, 8, 80, 8, 32]
        var width: Int { Self.widths[rawValue] }
        fileprivate var start: Int { Self.widths[..<rawValue].reduce(0, +) }
        fileprivate var name: String {
            switch self {
            case .label: "label"
            case .transducer: "transducer"
            case .unit: "unit"
            case .physicalMinimum: "physical minimum"
            case .physicalMaximum: "physical maximum"
            case .digitalMinimum: "digital minimum"
            case .digitalMaximum: "digital maximum"
            case .prefilter: "prefilter"
            case .samples: "samples in a record"
            case .reserved: "reserved"
            }
        }
    }

    /// A field of one of `count` signals, counted from 0.
    init(_ column: Column, of signal: Int, count: Int) {
        self.init(
            "\(column.name) of signal \(signal + 1)", at: Self.size + count * column.start + signal * column.width, column.width
        )
    }
}

/// Reads the fields of a header that may have been written carelessly, and notes what was careless.
struct EDFFieldReader {
    private let bytes: UnsafeRawBufferPointer
    private let path: String
    var remarks = EDFRemarks()

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    private mutating func note(_ field: EDFField, _ what: String) {
        remarks.add("\(field.name) (byte \(field.bytes.lowerBound)): \(what)")
    }

    /// A text without the spaces around it. What is not ASCII is read as UTF-8 or else Latin-1, what cannot be printed as a space.
    mutating func text(_ field: EDFField) -> String {
        let raw = bytes[field.bytes]
        if raw.allSatisfy({ (0x20..<0x7F).contains($0) }) { return Self.trimmed(String(decoding: raw, as: UTF8.self)) }
        var encoding = ""
        var text = ""
        if raw.allSatisfy({ $0 < 0x80 }) {
            text = String(decoding: raw, as: UTF8.self)
        } else if let decoded = String(validating: raw, as: UTF8.self) {
            (text, encoding) = (decoded, "it is not ASCII and was read as UTF-8")
        } else {
            text = String(String.UnicodeScalarView(raw.map { Unicode.Scalar($0) }))
            encoding = "it is not ASCII and was read as Latin-1"
            // How Japanese programs write a micro sign (Shift JIS).
            if text.hasPrefix("\u{83}\u{CA}") {
                text = "µ" + text.unicodeScalars.dropFirst(2).map(String.init).joined()
                encoding = "it is not ASCII and was read as Shift JIS"
            }
        }
        let printable = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        if printable != Array(text.unicodeScalars) { note(field, "it has control characters, which count as spaces") }
        if !encoding.isEmpty { note(field, encoding) }
        return Self.trimmed(String(String.UnicodeScalarView(printable)))
    }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespaces) }

    /// A number that is finite.
    mutating func number(_ field: EDFField) throws(SessionError) -> Double {
        let text = text(field)
        var plain = text
        if plain.contains(","), !plain.contains(".") {
            plain = plain.replacing(",", with: ".")
            note(field, "“\(text)” has a comma as its decimal point")
        }
        guard plain.allSatisfy({ "+-.0123456789eE".contains($0) }), let value = Double(plain), value.isFinite else {
            throw SessionError(
                path: path,
                reason: .damaged(
                    offset: field.bytes.lowerBound, expected: "a number as the \(field.name)", found: "“\(text)”"))
        }
        if bytes[field.bytes.lowerBound] == 0x20 { note(field, "it is not left-aligned") }
        return value
    }

    /// A whole number in a range.
    mutating func whole(_ field: EDFField, in range: ClosedRange<Int>) throws(SessionError) -> Int {
        let value = try number(field)
        guard let whole = Int(exactly: value.rounded()), range.contains(whole) else {
            throw SessionError(
                path: path,
                reason: .damaged(
                    offset: field.bytes.lowerBound,
                    expected: "a whole number from \(range.lowerBound) to \(range.upperBound) as the \(field.name)",
                    found: "“\(text(field))”"))
        }
        if Double(whole) != value { note(field, "\(value) is no whole number and was rounded") }
        return whole
    }
}
