import Foundation

/// One track as NumPy arrays: `NAME.npy`, shape `[samples, channels]`, in the recorded type, and `NAME.stamps.npy`, seconds from
/// the recording's start.
///
/// - Source: NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays", version 1.0.
struct NumPyExport {
    private let track: Recording.Track
    private let recording: Recording

    init(_ track: Recording.Track, _ recording: Recording) {
        self.track = track
        self.recording = recording
    }

    func write(_ base: String) throws(SessionError) -> SessionExport.File {
        let shape = "(\(track.samples), \(track.channels))"
        switch track.values {
        case .float32(let values): try Self.write(base + ".npy", "<f4", shape, values)
        case .double64(let values): try Self.write(base + ".npy", "<f8", shape, values)
        case .int8(let values): try Self.write(base + ".npy", "|i1", shape, values)
        case .int16(let values): try Self.write(base + ".npy", "<i2", shape, values)
        case .int32(let values): try Self.write(base + ".npy", "<i4", shape, values)
        case .int64(let values): try Self.write(base + ".npy", "<i8", shape, values)
        }
        let stamps = (0..<track.samples).map { Self.stamp(track, $0) }
        try Self.write(base + ".stamps.npy", "<f8", "(\(track.samples),)", stamps)
        try CSVExport.writeMarkers(recording, beside: base)
        return SessionExport.report(track, path: base + ".npy", filled: false)
    }

    static func stamp(_ track: Recording.Track, _ sample: Int) -> Double {
        if track.stamps.indices.contains(sample) { return track.stamps[sample] }
        return track.start + (track.rate > 0 ? Double(track.frame(sample)) / track.rate : 0)
    }

    private static func write<T>(
        _ path: String, _ type: String, _ shape: String, _ values: [T]
    ) throws(SessionError) {
        let output = try OutputFile(path)
        let file = try AppendFile(creating: output.part)
        var header = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }".utf8)
        // The data begin at a multiple of 64 bytes; 10 bytes stand before the header.
        header += [UInt8](repeating: 0x20, count: 63 - (10 + header.count) % 64) + [0x0A]
        try file.append([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)])
        try file.append(header)
        try values.withUnsafeBufferPointer { numbers throws(SessionError) in try file.append(UnsafeRawBufferPointer(numbers)) }
        try file.close()
        try output.finish()
    }
}
