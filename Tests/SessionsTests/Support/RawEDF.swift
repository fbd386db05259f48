import Foundation

/// An EDF or BDF file put together field by field after the specification, independent of the code under test.
struct RawEDF {
    struct Signal {
        var label: [UInt8]
        var unit: [UInt8] = Array("uV".utf8)
        var physical = ("-1000", "1000")
        var digital = ("-32768", "32767")
        var samples = "100"
        var transducer = ""
        var prefilter = ""

        init(_ label: String) { self.label = Array(label.utf8) }
    }

    var version = Array("0".utf8)
    var patient = Array("X X X X".utf8)
    var recording = "Startdate 02-MAR-2020 X X X"
    var date = "02.03.20"
    var time = "10.11.12"
    var headerSize: String?
    var reserved = ""
    var records: String?
    var duration = "1"
    var signalCount: String?
    var signals = [Signal("Fp1"), Signal("Cz")]
    /// Bytes of each record.
    var data: [[UInt8]] = []

    /// Five seconds of two signals at 100 Hz.
    static var plain: RawEDF {
        var file = RawEDF()
        file.data = (0..<5).map { record in (0..<2).flatMap { samples(record, $0) } }
        return file
    }

    /// The same with annotations of 120 bytes in a record.
    /// - Parameter lists: of each record.
    static func plus(_ reserved: String, _ lists: [String]) -> RawEDF {
        var file = plain
        file.reserved = reserved
        var signal = Signal("EDF Annotations")
        (signal.physical, signal.samples, signal.unit) = (("-1", "1"), "60", [])
        file.signals.append(signal)
        file.data = zip(file.data, lists).map { $0 + annotations($1) }
        return file
    }

    static func annotations(_ text: String, _ size: Int = 120) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0, count: size - text.utf8.count)
    }

    /// "+onset", duration, texts: one list.
    static func list(_ onset: String, _ duration: String? = nil, _ texts: String...) -> String {
        onset + (duration.map { "\u{15}\($0)" } ?? "") + "\u{14}"
            + (texts.isEmpty ? "\u{14}" : texts.joined(separator: "\u{14}") + "\u{14}")
            + "\0"
    }

    static func number(_ frame: Int, _ channel: Int) -> Int { (frame * 37 + channel * 1000) % 4001 - 2000 }

    private static func samples(_ record: Int, _ channel: Int) -> [UInt8] {
        (0..<100).flatMap { RawXDF.little(Int16(number(record * 100 + $0, channel))) }
    }

    /// What the header makes of ``number(_:_:)``: −1000 … 1000 µV on all 16 bits.
    static func value(_ frame: Int, _ channel: Int) -> Double {
        -1000 + 2000 * Double(number(frame, channel) + 32_768) / 65_535
    }

    private static func field(_ bytes: [UInt8], _ width: Int) -> [UInt8] {
        Array(bytes.prefix(width)) + [UInt8](repeating: 0x20, count: max(0, width - bytes.count))
    }
    private static func field(_ text: String, _ width: Int) -> [UInt8] { field(Array(text.utf8), width) }

    var bytes: [UInt8] {
        var bytes = Self.field(version, 8) + Self.field(patient, 80) + Self.field(recording, 80)
        bytes += Self.field(date, 8) + Self.field(time, 8)
        bytes += Self.field(headerSize ?? "\(256 * (signals.count + 1))", 8) + Self.field(reserved, 44)
        bytes +=
            Self.field(records ?? "\(data.count)", 8) + Self.field(duration, 8)
            + Self.field(signalCount ?? "\(signals.count)", 4)
        bytes += signals.flatMap { Self.field($0.label, 16) } + signals.flatMap { Self.field($0.transducer, 80) }
        bytes += signals.flatMap { Self.field($0.unit, 8) }
        bytes += signals.flatMap { Self.field($0.physical.0, 8) } + signals.flatMap { Self.field($0.physical.1, 8) }
        bytes += signals.flatMap { Self.field($0.digital.0, 8) } + signals.flatMap { Self.field($0.digital.1, 8) }
        bytes += signals.flatMap { Self.field($0.prefilter, 80) } + signals.flatMap { Self.field($0.samples, 8) }
        return bytes + signals.flatMap { _ in Self.field("", 32) } + data.joined()
    }

    func write(_ path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
}
