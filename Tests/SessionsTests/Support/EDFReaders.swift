import CEDF
import Foundation
import Synchronization

/// What mne finds in an EDF or BDF file.
struct MNERecording: Decodable {
    struct Annotation: Decodable, Equatable {
        var onset: Double
        var duration: Double
        var text: String
    }

    var labels: [String]
    var rate: Double
    /// Shape `[channels][frames]`, in the file's units.
    var values: [[Double]]
    var annotations: [Annotation]
    var start: String?
    var units: [String]

    static func read(_ path: String) throws -> MNERecording {
        try PythonReader.run(
            """
            import json, sys, mne
            mne.set_log_level("ERROR")
            raw = mne.io.read_raw(sys.argv[1], preload=True)
            scale = dict(zip(raw.ch_names, raw._raw_extras[0]["units"]))
            print(json.dumps(dict(labels=raw.ch_names, rate=raw.info["sfreq"],
                values=[(row / scale[name]).tolist() for name, row in zip(raw.ch_names, raw.get_data())],
                start=raw.info["meas_date"].isoformat() if raw.info["meas_date"] else None, units=list(raw._orig_units.values()),
                annotations=[dict(onset=float(a["onset"]), duration=float(a["duration"]), text=str(a["description"]))
                    for a in raw.annotations])))
            """, path)
    }
}

/// EDFlib, which refuses every header that is not as the format says.
enum EDFlib {
    /// It keeps its open files in one table without a lock.
    private static let lock = Mutex<Void>(())

    struct File {
        var signals = 0
        var records = 0
        var texts: [String] = []
        var onsets: [Double] = []
    }

    struct Refusal: Error { var code: Int32 }

    static func read(_ path: String) throws -> File {
        try lock.withLock { _ in
            let header = UnsafeMutablePointer<edf_hdr_struct>.allocate(capacity: 1)
            defer { header.deallocate() }
            memset(header, 0, MemoryLayout<edf_hdr_struct>.size)
            guard edfopen_file_readonly(path, header, EDFLIB_READ_ALL_ANNOTATIONS) == 0 else {
                throw Refusal(code: header.pointee.filetype)
            }
            defer { _ = edfclose_file(header.pointee.handle) }
            var file = File(signals: Int(header.pointee.edfsignals), records: Int(header.pointee.datarecords_in_file))
            for index in 0..<Int32(header.pointee.annotations_in_file) {
                var annotation = edf_annotation_struct()
                guard edf_get_annotation(header.pointee.handle, index, &annotation) == 0 else { continue }
                file.texts.append(
                    withUnsafeBytes(of: &annotation.annotation) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
                file.onsets.append(Double(annotation.onset) / Double(EDFLIB_TIME_DIMENSION))
            }
            return file
        }
    }
}
