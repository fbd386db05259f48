import Foundation
import Sessions

/// Writes an XDF file again with other chunks: after the specification, independent of the writer under test. Every sample keeps
/// its stamp; headers are kept as they stand in the file.
func rewriteXDF(_ path: String, samplesPerChunk: Int) throws {
    let old = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let reader = try XDFReader(path: path)
    func little(_ value: UInt64, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    func chunk(_ tag: UInt16, _ content: [UInt8]) -> [UInt8] {
        [4] + little(UInt64(content.count + 2), 4) + little(UInt64(tag), 2) + content
    }
    var bytes = Array("XDF:".utf8)
    // File header and stream headers are copied.
    var place = 4
    while place < old.count {
        let size = Int(old[place])
        let length = (0..<size).reduce(0) { $0 | Int(old[place + 1 + $1]) << (8 * $1) }
        let content = place + 1 + size
        if old[content] <= 2 { bytes += old[place..<content + length] }
        place = content + length
    }
    for stream in reader.streams {
        for start in stride(from: 0, to: stream.samples, by: samplesPerChunk) {
            let end = min(start + samplesPerChunk, stream.samples)
            var content = little(UInt64(stream.id), 4) + [4] + little(UInt64(end - start), 4)
            for sample in start..<end {
                content += [8] + little(stream.stamps[sample].bitPattern, 8)
                for channel in sample * stream.channels..<(sample + 1) * stream.channels {
                    if stream.format == .string {
                        let text = Array(stream.texts[channel].utf8)
                        content += [4] + little(UInt64(text.count), 4) + text
                    } else if case .float32(let values) = stream.values {
                        content += little(UInt64(values[channel].bitPattern), 4)
                    }
                }
            }
            bytes += chunk(3, content)
        }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}
