import Foundation
import TensorFiles

/// One track as NumPy arrays: `NAME.npy`, shape `[samples, channels]`, in the recorded type, and `NAME.stamps.npy`, seconds from
/// the recording's second 0.
struct NumPyExport {
    private let track: Recording.Track
    private let recording: Recording

    init(_ track: Recording.Track, _ recording: Recording) {
        self.track = track
        self.recording = recording
    }

    func write(_ base: String) throws(SessionError) -> SessionExport.File {
        let shape = [track.samples, track.channels]
        switch track.values {
        case .float32(let values): try Self.write(base + ".npy", .float32, shape, values)
        case .double64(let values): try Self.write(base + ".npy", .float64, shape, values)
        case .int8(let values): try Self.write(base + ".npy", .int8, shape, values)
        case .int16(let values): try Self.write(base + ".npy", .int16, shape, values)
        case .int32(let values): try Self.write(base + ".npy", .int32, shape, values)
        case .int64(let values): try Self.write(base + ".npy", .int64, shape, values)
        }
        let stamps = (0..<track.samples).map { Self.stamp(track, $0) }
        try Self.write(base + ".stamps.npy", .float64, [track.samples], stamps)
        try CSVExport.writeMarkers(recording, beside: base)
        try ExportedTime.write(recording, beside: base)
        return SessionExport.report(track, path: base + ".npy", filled: false)
    }

    static func stamp(_ track: Recording.Track, _ sample: Int) -> Double {
        if track.stamps.indices.contains(sample) { return track.stamps[sample] }
        return track.start + (track.rate > 0 ? Double(track.frame(sample)) / track.rate : 0)
    }

    private static func write<T>(
        _ path: String, _ type: NumPyHeader.Element, _ shape: [Int], _ values: [T]
    ) throws(SessionError) {
        let output = try ExportFile(path)
        let file = try AppendFile(creating: output.part)
        try file.append(NumPyHeader(type, shape: shape).bytes)
        try values.withUnsafeBufferPointer { numbers throws(SessionError) in try file.append(UnsafeRawBufferPointer(numbers)) }
        try file.close()
        try output.finish()
    }
}
