import CEDF
import Foundation
import Synchronization

extension Recording {
    /// Reads EDF, EDF+, BDF or BDF+: header and annotations through EDFlib, the samples directly, because EDFlib clips what lies
    /// outside the header's digital range, which real files have. Signals of one rate become one track, in the file's units.
    /// A file that was cut or never closed is read up to its last whole record, with a remark.
    /// - Throws: ``SessionError``; discontinuous files are refused by EDFlib.
    init(edf path: String) throws(SessionError) {
        let mended = try MendedEDF(path)
        defer { withExtendedLifetime(mended) {} }
        let header = UnsafeMutablePointer<edf_hdr_struct>.allocate(capacity: 1)
        defer { header.deallocate() }
        memset(header, 0, MemoryLayout<edf_hdr_struct>.size)
        let status = edfLibrary.withLock { _ in
            edfopen_file_readonly(mended?.path ?? path, header, EDFLIB_READ_ALL_ANNOTATIONS)
        }
        guard status == 0 else { throw SessionError(path: path, reason: .unsupported(Self.text(header.pointee.filetype))) }
        let handle = header.pointee.handle
        defer { _ = edfLibrary.withLock { _ in edfclose_file(handle) } }
        self.init()
        if let mended { remarks.append(mended.remark) }
        start = Self.start(header.pointee)
        let code = Self.string(header, \.patientcode)
        subject = code.isEmpty ? nil : code
        let seconds = Double(header.pointee.datarecord_duration) / Double(EDFLIB_TIME_DIMENSION)
        let layout = try EDFLayout(path, records: Int(header.pointee.datarecords_in_file))
        var groups: [Int: [Int]] = [:]
        for signal in 0..<Int(header.pointee.edfsignals) {
            groups[Int(Self.signal(header, signal).pointee.smp_in_datarecord), default: []].append(signal)
        }
        let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        for (samples, signals) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
            let rate = seconds > 0 ? Double(samples) / seconds : 0
            let name = groups.count > 1 ? "\(stem).\(Self.number(rate))Hz" : stem
            tracks.append(try Self.track(name, signals, rate, header, layout))
        }
        for index in 0..<Int32(clamping: header.pointee.annotations_in_file) {
            var annotation = edf_annotation_struct()
            guard edf_get_annotation(handle, index, &annotation) == 0 else { continue }
            let text = withUnsafeBytes(of: &annotation.annotation) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            let ticks = Double(EDFLIB_TIME_DIMENSION)
            markers.append(
                Marker(
                    time: Double(annotation.onset) / ticks, text: text,
                    duration: max(0, Double(annotation.duration_l) / ticks)))
        }
    }

    private static func track(
        _ name: String, _ signals: [Int], _ rate: Double, _ header: UnsafeMutablePointer<edf_hdr_struct>, _ layout: EDFLayout
    ) throws(SessionError) -> Track {
        let columns = try signals.map { index throws(SessionError) in try layout.samples(of: index) }
        let count = columns.map(\.count).min() ?? 0
        var values = [Double](repeating: 0, count: count * signals.count)
        for (channel, index) in signals.enumerated() {
            let info = signal(header, index).pointee
            let gain = (info.phys_max - info.phys_min) / (Double(info.dig_max) - Double(info.dig_min))
            let offset = info.phys_max - gain * Double(info.dig_max)
            for sample in 0..<count {
                values[sample * signals.count + channel] = Double(columns[channel][sample]) * gain + offset
            }
        }
        let units = signals.map { text(signal(header, $0), \.physdimension) }.map { $0 == "uV" ? "µV" : $0 }
        let isEEG = units.contains("µV") || units.contains("mV") || units.contains("V")
        return Track(
            name: name, type: isEEG ? "EEG" : "Auxiliary", labels: signals.map { text(signal(header, $0), \.label) },
            units: units, rate: rate, values: .double64(values))
    }

    private static func signal(
        _ header: UnsafeMutablePointer<edf_hdr_struct>, _ index: Int
    ) -> UnsafeMutablePointer<edf_param_struct> {
        let offset = MemoryLayout<edf_hdr_struct>.offset(of: \.signalparam) ?? 0
        return (UnsafeMutableRawPointer(header) + offset).assumingMemoryBound(to: edf_param_struct.self) + index
    }

    private static func text<T>(
        _ signal: UnsafeMutablePointer<edf_param_struct>, _ field: KeyPath<edf_param_struct, T>
    ) -> String {
        withUnsafeBytes(of: signal.pointee[keyPath: field]) { trimmed($0) }
    }

    private static func string<T>(
        _ header: UnsafeMutablePointer<edf_hdr_struct>, _ field: KeyPath<edf_hdr_struct, T>
    ) -> String {
        withUnsafeBytes(of: header.pointee[keyPath: field]) { trimmed($0) }
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }

    static func number(_ value: Double) -> String {
        value.rounded() == value ? String(Int(value)) : String(format: "%.4g", value)
    }

    private static func start(_ header: edf_hdr_struct) -> Date? {
        var parts = DateComponents()
        parts.calendar = Calendar(identifier: .gregorian)
        parts.timeZone = TimeZone(secondsFromGMT: 0)
        (parts.year, parts.month, parts.day) =
            (Int(header.startdate_year), Int(header.startdate_month), Int(header.startdate_day))
        (parts.hour, parts.minute, parts.second) =
            (Int(header.starttime_hour), Int(header.starttime_minute), Int(header.starttime_second))
        return parts.date?.addingTimeInterval(Double(header.starttime_subsecond) / Double(EDFLIB_TIME_DIMENSION))
    }

    private static func text(_ error: Int32) -> String {
        switch error {
        case EDFLIB_NO_SUCH_FILE_OR_DIRECTORY: "it cannot be opened"
        case EDFLIB_FILE_CONTAINS_FORMAT_ERRORS: "EDFlib finds errors in its header; it is no EDF(+) or BDF(+) file"
        case EDFLIB_FILE_IS_DISCONTINUOUS: "it is discontinuous (EDF+D), which EDFlib does not read"
        case EDFLIB_MAXFILES_REACHED: "too many EDF files are open"
        case EDFLIB_FILE_ALREADY_OPENED: "it is open already"
        default: "EDFlib cannot read it (error \(error))"
        }
    }
}
