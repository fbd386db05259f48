import Foundation
import Glibc
import Sessions
import Signals

/// Recordings that are written as fast as the disk takes them.
struct Recordings {
    private static let begin = HostTime(nanoseconds: 1_000_000_000)

    private static func writer(_ folder: String, _ streams: [StreamDescription]) throws -> SessionWriter {
        let manifest = SessionManifest(
            larmor: "benchmark", created: Date(timeIntervalSince1970: 0),
            anchor: WallClockAnchor(host: begin, utcNanoseconds: 0), seed: 1, subject: nil, note: nil, rig: "",
            rigName: "benchmark")
        let writer = try SessionWriter(
            folder: folder, manifest: manifest, devices: streams.indices.map { ("device\($0)", "") })
        for (index, stream) in streams.enumerated() { try writer.setStreams([stream], device: index) }
        return writer
    }

    private static func stream(
        _ name: String, _ kind: StreamDescription.Kind, _ channels: Int, _ rate: Double
    ) -> StreamDescription {
        StreamDescription(
            name: name, kind: kind, channels: (1...channels).map { .init(label: "\($0)", unit: .dimensionless) },
            nominalRate: rate, device: "benchmark")
    }

    /// 256 channels at 16 kHz in blocks of 10 ms, samples and wire log, synced after each second of recorded time.
    static func sustained(_ folder: String, megabytes: Int) throws {
        let writer = try writer(folder, [stream("wide", .eeg, 256, 16_000)])
        var values = (0..<160 * 256).map { Float($0 % 4096) / 4096 }
        let start = ContinuousClock.now
        var written = 0
        var number = 0
        var slowest = 0.0
        var last = start
        while written < megabytes << 20 {
            values[number % values.count] += 1
            let time = begin + Double(number + 1) * 0.01
            try values.withUnsafeBytes { try writer.append(wire: .received, device: 0, body: $0, at: time) }
            try values.withUnsafeBufferPointer {
                try writer.append(
                    item: SampleRingItem(
                        stream: 0, channels: 256, frames: 160, firstCounter: UInt64(number * 160), missingBefore: 0,
                        hostTime: time),
                    device: 0, values: $0)
            }
            written += 2 * values.count * 4
            number += 1
            guard number % 100 == 0 else { continue }
            try writer.sync()
            slowest = max(slowest, (ContinuousClock.now - last) / .seconds(1))
            last = .now
        }
        try writer.sync()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        try writer.close()
        let closed = (ContinuousClock.now - start) / .seconds(1)
        try report([
            "bench": "session_write", "megabytes": written >> 20, "rate": Double(written) / 1e6 / seconds, "unit": "MB/s",
            "rate_with_checksums": Double(written) / 1e6 / closed, "slowest_recorded_second_s": slowest,
        ])
    }

    /// 8 channels of EEG at 250 Hz and sound at 16 kHz with their wire logs, synced after each 20 recorded
    /// seconds, which take a few milliseconds here.
    static func long(_ folder: String, hours: Double) throws {
        let writer = try writer(folder, [stream("eeg", .eeg, 8, 250), stream("sound", .audio, 1, 16_000)])
        let eeg = (0..<40).map { Float($0) }
        let sound = (0..<320).map { Float($0) / 320 }
        let wire = [UInt8](repeating: 7, count: 640)
        let blocks = Int(hours * 3600 * 50)
        var resident: [Int] = []
        let start = ContinuousClock.now
        for number in 0..<blocks {
            let time = begin + Double(number + 1) * 0.02
            for (device, values, channels, bytes) in [(0, eeg, 8, 165), (1, sound, 1, 640)] {
                try wire.withUnsafeBytes {
                    try writer.append(
                        wire: .received, device: device, body: UnsafeRawBufferPointer(rebasing: $0[0..<bytes]), at: time)
                }
                let frames = values.count / channels
                try values.withUnsafeBufferPointer {
                    try writer.append(
                        item: SampleRingItem(
                            stream: 0, channels: channels, frames: frames, firstCounter: UInt64(number * frames),
                            missingBefore: 0, hostTime: time),
                        device: device, values: $0)
                }
            }
            if number % 1000 == 999 { try writer.sync() }
            if number % (blocks / 24) == 0 { resident.append(memory("RssAnon")) }
        }
        try writer.close()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let bytes = try SessionManifest(folder: folder).files.values.reduce(0) { $0 + Int($1.bytes) }
        try report([
            "bench": "long_session", "hours": hours, "seconds": seconds, "megabytes": bytes >> 20,
            "resident_after_first_24th_kb": (resident.count > 1 ? resident[1] : 0) >> 10,
            "resident_last_kb": (resident.last ?? 0) >> 10, "peak_kb": memory("VmHWM") >> 10,
        ])
    }

    /// Exports every stream of a file that fits the format.
    static func export(_ path: String, _ format: SessionExport.Format, _ folder: String) throws {
        let start = ContinuousClock.now
        let recording = try Recording(contentsOf: path)
        let loaded = (ContinuousClock.now - start) / .seconds(1)
        let export = try SessionExport(recording, as: format, to: folder, gaps: .annotate)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let bytes = export.files.reduce(0) { total, file in
            total + ((try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0)
        }
        try report([
            "bench": "export_\(format.rawValue)", "load_seconds": loaded, "write_seconds": seconds - loaded,
            "written_mb": Double(bytes) / 1e6, "rate": Double(bytes) / 1e6 / (seconds - loaded), "unit": "MB/s",
            "peak_mb": memory("VmHWM") / 1_000_000,
        ])
    }

    private static func report(_ line: [String: Any]) throws {
        print(String(decoding: try JSONSerialization.data(withJSONObject: line, options: [.sortedKeys]), as: UTF8.self))
    }
}
