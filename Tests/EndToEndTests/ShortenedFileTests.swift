import Foundation
import Testing

/// A recording that another program cuts shorter while a command reads it.
struct ShortenedFileTests {
    /// An XDF file of one stream with many sample chunks.
    private static func recording(chunks: Int) -> Data {
        func chunk(_ tag: UInt16, _ content: Data) -> Data {
            var result = Data([4])
            withUnsafeBytes(of: UInt32(content.count + 2).littleEndian) { result += $0 }
            withUnsafeBytes(of: tag.littleEndian) { result += $0 }
            return result + content
        }
        let stream = Data([1, 0, 0, 0])
        let header = """
            <info><name>s</name><type>EEG</type><channel_count>1</channel_count><nominal_srate>1000</nominal_srate>\
            <channel_format>double64</channel_format></info>
            """
        var samples = stream + Data([4])
        let count = 50_000
        withUnsafeBytes(of: UInt32(count).littleEndian) { samples += $0 }
        for k in 0..<count {
            samples.append(0)
            withUnsafeBytes(of: Double(k).bitPattern.littleEndian) { samples += $0 }
        }
        // The first sample has a stamp.
        samples.replaceSubrange(9..<10, with: [8] + [UInt8](repeating: 0, count: 8))
        var file = Data("XDF:".utf8) + chunk(1, Data("<info><version>1.0</version></info>".utf8))
        file += chunk(2, stream + Data(header.utf8))
        let one = chunk(3, samples)
        for _ in 0..<chunks { file += one }
        return file
    }

    @Test func `a file cut shorter while it is read is an exit code with a message, never a crash`() throws {
        let folder = try temporaryFolder("shortened")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let whole = Self.recording(chunks: 150)
        for delay_ms in [0, 20, 40, 60, 80, 120, 160, 240] {
            let file = folder + "/r.xdf"
            try whole.write(to: URL(fileURLWithPath: file))
            let run = try RunningLarmor(["sessions", "import", file, "--output", folder + "/s\(delay_ms)"])
            usleep(UInt32(1000 * delay_ms))
            truncate(file, 4096)
            let result = run.wait()
            #expect([0, 65, 74].contains(result.status), "\(delay_ms) ms: \(result.status) \(result.messages)")
            #expect(result.status == 0 || !result.messages.isEmpty)
        }
    }
}
