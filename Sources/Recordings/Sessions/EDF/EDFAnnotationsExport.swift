import Foundation
import Texts

/// The markers of a recording without samples, as an EDF+ or BDF+ file that holds annotations and nothing else.
struct EDFAnnotationsExport {
    static let fileName = "markers"
    private static let recordBytes = 1 << 12

    /// - Returns: a report of no frames.
    static func write(_ recording: Recording, is24Bit: Bool, path: String) throws(SessionError) -> SessionExport.File {
        let format = EDFFormat(is24Bit: is24Bit, kind: .continuous)
        let fraction = EDFStart.texts(recording.start).fraction
        let annotations = recording.markers.sorted { $0.time < $1.time }.compactMap { marker -> EDFAnnotation? in
            let text = ForeignText.line(marker.annotationText)
            guard !text.isEmpty, abs(marker.time) < 1e10, (0..<1e10).contains(marker.duration) else { return nil }
            return EDFAnnotation(onset: marker.time + fraction, duration: marker.duration, text: text)
        }
        let bytes = annotations.reduce(0) { $0 + $1.text.utf8.count + 40 }
        let records = max(1, bytes / recordBytes)
        var lane = EDFAnnotationLane(annotations, records: records, sampleSize: format.sampleSize, recordBytes: recordBytes)
        var header = EDFHeader(recording, nil, format, recording.start)
        header.records = records
        header.seconds = 0
        header.signals = [.annotations(lane, format)]
        let output = try ExportFile(path)
        var content = try header.bytes(path: path)
        for _ in 0..<records { content += lane.record(at: fraction) }
        try output.write(content)
        let left = recording.markers.count - annotations.count
        return SessionExport.File(
            path: path, stream: fileName, rateHz: 0, measuredRateHz: nil, frames: 0, filledFrames: 0, resolution: 0,
            remarks: left > 0 ? ["\(left) markers have no text or no possible time and were left out"] : [])
    }
}
