import CEDF
import Foundation
import Synchronization

/// EDFlib keeps its open files in one table without a lock.
let edfLibrary = Mutex<Void>(())

/// One track as EDF+ (16 bit) or BDF+ (24 bit), through EDFlib.
///
/// The last record is filled up with zeros under an annotation "BAD_padding". Annotations have a resolution of 0.1 ms.
struct EDFExport {
    private let track: Recording.Track
    private let recording: Recording
    private let is24Bit: Bool
    private var greatest: Int32 { is24Bit ? 8_388_607 : 32_767 }
    static let mostAnnotationSignals = 64

    init(_ track: Recording.Track, _ recording: Recording, is24Bit: Bool) {
        self.track = track
        self.recording = recording
        self.is24Bit = is24Bit
    }

    /// One channel's way from the recorded unit to the file's.
    private struct Scale {
        var unit: String
        var factor: Double
        /// Physical value of the greatest digital one.
        var range: Double
    }

    func write(_ path: String, _ policy: GapPolicy) throws(SessionError) -> SessionExport.File {
        try track.check(policy, path: path)
        guard let record = Self.record(track.rate) else {
            throw SessionError(
                path: path, reason: .unsupported("\(track.rate) Hz do not make whole samples in records of up to 60 s"))
        }
        let output = try OutputFile(path)
        let channels = track.channels
        let peaks = try peaks()
        let scales = (0..<channels).map { scale($0, peak: peaks[$0]) }
        let records = (track.frames + record.samples - 1) / record.samples
        var annotations = track.annotations(recording.markers)
        if records * record.samples > track.frames {
            let time = Double(track.frames) / track.rate
            let length = Double(records * record.samples - track.frames) / track.rate
            annotations.append(Recording.Marker(time: time, text: "BAD_padding", duration: length))
        }
        let lanes = max(1, (annotations.count + records - 1) / records)
        guard lanes <= Self.mostAnnotationSignals else {
            throw SessionError(
                path: path,
                reason: .unsupported(
                    "\(annotations.count) markers in \(records) records are more than EDF+ holds here; export brainvision"))
        }
        let handle = try open(output.part, scales, record, lanes)
        let gains = scales.map { $0.factor / $0.range * Double(greatest) }
        let block = EDFRecordBlock(gains: gains, samples: record.samples, is24Bit: is24Bit, greatest: greatest)
        let writer = EDFRecordWriter(handle, block, output)
        try track.forEachPiece(frames: record.samples) { values throws(SessionError) in writer.append(values) }
        var failed = !writer.finish()
        for annotation in annotations where !failed {
            let duration = annotation.duration > 0 ? Int64((annotation.duration * 1e4).rounded()) : -1
            failed = edfwrite_annotation_utf8(handle, Int64((annotation.time * 1e4).rounded()), duration, annotation.text) != 0
        }
        let closed = edfLibrary.withLock { _ in edfclose_file(handle) }
        guard !failed, closed == 0 else { throw SessionError(path: path, reason: .system(call: "write", code: EIO)) }
        try output.finish()
        let steps = scales.map { $0.range / Double(greatest) / $0.factor / 2 }
        return SessionExport.report(
            track, path: path, frames: records * record.samples, resolution: steps.max() ?? 0)
    }

    /// The shortest record of whole seconds that holds whole samples.
    private static func record(_ rate: Double) -> (samples: Int, seconds: Int)? {
        for seconds in 1...60 {
            let samples = rate * Double(seconds)
            if samples >= 1, samples < 1e7, abs(samples - samples.rounded()) < 1e-9 * samples {
                return (Int(samples.rounded()), seconds)
            }
        }
        return nil
    }

    private func open(
        _ path: String, _ scales: [Scale], _ record: (samples: Int, seconds: Int), _ lanes: Int
    ) throws(SessionError) -> Int32 {
        let type = is24Bit ? EDFLIB_FILETYPE_BDFPLUS : EDFLIB_FILETYPE_EDFPLUS
        let handle = edfLibrary.withLock { _ in edfopen_file_writeonly(path, type, Int32(track.channels)) }
        guard handle >= 0 else {
            throw SessionError(path: path, reason: .unsupported("EDFlib cannot make the file (error \(handle))"))
        }
        for (index, scale) in scales.enumerated() {
            let signal = Int32(index)
            edf_set_samplefrequency(handle, signal, Int32(record.samples))
            edf_set_physical_maximum(handle, signal, scale.range)
            edf_set_physical_minimum(handle, signal, -scale.range)
            edf_set_digital_maximum(handle, signal, greatest)
            edf_set_digital_minimum(handle, signal, -greatest)
            edf_set_label(handle, signal, Self.ascii(track.labels[index]))
            edf_set_physical_dimension(handle, signal, scale.unit)
        }
        if record.seconds > 1 { edf_set_datarecord_duration(handle, Int32(record.seconds * 100_000)) }
        edf_set_number_of_annotation_signals(handle, Int32(lanes))
        setHeader(handle)
        return handle
    }

    private func setHeader(_ handle: Int32) {
        let begin = (recording.start ?? Date(timeIntervalSince1970: 473_385_600)).addingTimeInterval(track.start)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: begin)
        edf_set_startdatetime(
            handle, Int32(parts.year ?? 1985), Int32(parts.month ?? 1), Int32(parts.day ?? 1), Int32(parts.hour ?? 0),
            Int32(parts.minute ?? 0), Int32(parts.second ?? 0))
        let fraction = begin.timeIntervalSince1970 - begin.timeIntervalSince1970.rounded(.down)
        edf_set_subsecond_starttime(handle, Int32(min(9_999_999, (fraction * 1e7).rounded())))
        if let subject = recording.subject { edf_set_patientcode(handle, Self.ascii(subject)) }
        edf_set_equipment(handle, "Larmor")
        if let rate = track.measuredRate {
            edf_set_recording_additional(handle, "measured_rate=\(String(format: "%.4f", rate))Hz")
        }
    }

    /// The greatest magnitude of each channel.
    private func peaks() throws(SessionError) -> [Double] {
        var peaks = EDFRecordBlock.Peaks(channels: track.channels)
        try track.forEachPiece(frames: 4096) { values throws(SessionError) in peaks.take(values) }
        return peaks.ofChannels
    }

    /// Volt and tesla are written in micro-units; the range is the device's where it is known, else that of the data.
    private func scale(_ channel: Int, peak: Double) -> Scale {
        let unit = track.units.indices.contains(channel) ? track.units[channel] : ""
        var scale = Scale(unit: Self.ascii(unit), factor: 1, range: 1)
        if unit == "V" || unit == "T" { scale = Scale(unit: "u" + unit, factor: 1e6, range: 1) }
        if unit == "µV" { scale.unit = "uV" }
        let peak = peak * scale.factor
        let full = track.fullScale.indices.contains(channel) ? track.fullScale[channel] * scale.factor : 0
        // 16 bits of a 24-bit converter's whole range would drown the signal: there the data's range is taken.
        let range = is24Bit && full >= peak && full > 0 ? full : peak
        scale.range = Self.eightCharacters(above: range > 0 ? range : 1)
        return scale
    }

    /// The least number not below `value` that the header's field of eight characters can hold with its sign.
    static func eightCharacters(above value: Double) -> Double {
        let whole = value < 1 ? 1 : Int(log10(value)) + 1
        let step = pow(10, -Double(max(0, 5 - whole)))
        let rounded = (value / step).rounded(.up) * step
        // The nearest decimal of that many places is what the text will say.
        return Double(String(format: "%.\(max(0, 5 - whole))f", rounded)) ?? rounded
    }

    private static func ascii(_ text: String) -> String {
        String(text.replacing("µ", with: "u").replacing("μ", with: "u").map { $0.isASCII ? $0 : "_" })
    }
}
