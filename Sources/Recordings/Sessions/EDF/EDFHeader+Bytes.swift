import Foundation

extension EDFHeader {
    /// The header as a strict reader wants it: left-aligned plain ASCII, each number exact.
    ///
    /// The date is told by ``EDFStart``: the fields of a "plus" file name the day in full. A header that does not fit its fields is
    /// refused with the signal's label; nothing is rounded.
    /// - Throws: ``SessionError``.
    func bytes(path: String) throws(SessionError) -> [UInt8] {
        func refuse(_ what: String) -> SessionError { SessionError(path: path, reason: .unsupported(what)) }
        func number(_ value: Double, _ width: Int, _ what: @autoclosure () -> String) throws(SessionError) -> String {
            guard let text = EDFNumber.text(value, characters: width) else {
                throw refuse("\(what()) \(value) has no exact text of \(width) characters in a header of \(format.name)")
            }
            return text
        }
        guard signals.count <= Self.mostSignals else {
            throw refuse("\(signals.count) signals are more than the \(Self.mostSignals) that \(format.name) holds")
        }
        let begin = EDFStart.texts(start)
        var text = Self.field(patient, 80) + Self.field(recording, 80)
        text += Self.field(begin.date, 8) + Self.field(begin.time, 8)
        text += Self.field(try number(Double(size), 8, "the header's size"), 8)
        text += Self.field(format.kind == .plain ? (format.is24Bit ? "24BIT" : "") : format.name, 44)
        text += Self.field(try number(Double(records), 8, "the number of records"), 8)
        text += Self.field(try number(seconds, 8, "the duration of a record"), 8)
        text += Self.field("\(signals.count)", 4)
        for column in EDFField.Column.allCases {
            for (index, signal) in signals.enumerated() {
                func name() -> String { "channel \(index + 1) (\(signal.label)): its" }
                let value =
                    switch column {
                    case .label: signal.label
                    case .transducer: signal.transducer
                    case .unit: signal.unit
                    case .physicalMinimum: try number(signal.physicalMinimum, 8, "\(name()) physical minimum")
                    case .physicalMaximum: try number(signal.physicalMaximum, 8, "\(name()) physical maximum")
                    case .digitalMinimum: "\(signal.digitalMinimum)"
                    case .digitalMaximum: "\(signal.digitalMaximum)"
                    case .prefilter: signal.prefilter
                    case .samples: try number(Double(signal.samples), 8, "\(name()) number of samples in a record")
                    case .reserved: ""
                    }
                text += Self.field(value, column.width)
            }
        }
        return format.version + text
    }

    /// - Parameter text: ASCII (``EDFText``); what is too long is cut.
    private static func field(_ text: String, _ width: Int) -> [UInt8] {
        let bytes = text.utf8.prefix(width).map { (0x20..<0x7F).contains($0) ? $0 : 0x5F }
        return bytes + [UInt8](repeating: 0x20, count: width - bytes.count)
    }
}
