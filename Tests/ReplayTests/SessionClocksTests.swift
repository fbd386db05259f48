import Devices
import Foundation
import Protocols
import RecordedRig
import Replay
import Sessions
import Signals
import Testing

/// A board whose clock runs 1 % fast, and whose first two seconds waited in the port: what was written while it was recorded, and what
/// the whole wire log tells.
struct SessionClocksTests {
    private let scratch = ScratchFolder()
    private static let rate = 252.5
    private static let packets = 5000
    private static let begin = RecordedRig.start + 0.1

    /// When the board made a packet.
    private static func made(_ packet: Int) -> Double { (begin + Double(packet) / rate).seconds }

    private func record(
        _ configuration: DecoderConfiguration = RecordedRig.headset, packet bytesOf: (Int) -> [UInt8] = RecordedRig.packet
    ) throws -> String {
        var manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 0),
            anchor: WallClockAnchor(host: RecordedRig.start, utcNanoseconds: 0), seed: 1, subject: nil, note: nil, rig: "",
            rigName: "test")
        manifest.devices = []
        let writer = try SessionWriter(folder: scratch("s"), manifest: manifest, devices: [("headset", "cyton")])
        let decoder = configuration.makeDecoder()
        try writer.setStreams(decoder.streams, device: 0)
        let sink = WriterSink(writer, 0)
        try configuration.json.withUnsafeBytes {
            try writer.append(wire: .configuration, device: 0, body: $0, at: RecordedRig.start)
        }
        var random = SplitMix64(seed: 3)
        var packet = 0
        while packet < Self.packets {
            let count = packet == 0 ? 505 : 1
            let bytes = (packet..<packet + count).flatMap { bytesOf($0) }
            packet += count
            let time = HostTime(seconds: Self.made(packet - 1) + 0.001 * random.uniform())
            try bytes.withUnsafeBytes { try writer.append(wire: .received, device: 0, body: $0, at: time) }
            bytes.withUnsafeBytes { decoder.decode($0, at: time, into: sink) }
        }
        try writer.close()
        if let error = sink.error { throw error }
        return scratch("s")
    }

    /// Times in a CSV file, in seconds.
    private func times(_ session: String, _ clocks: [String: RecordedClock]) throws -> [Double] {
        let folder = scratch("csv-\(UUID().uuidString)")
        _ = try SessionExport(
            Recording(session: session, clocks: clocks), as: .csv, to: folder, gaps: .error, streams: ["headset.eeg"])
        let text = try String(contentsOfFile: folder + "/headset.eeg.csv", encoding: .utf8)
        return text.split(separator: "\n").dropFirst().compactMap { Double($0.prefix { $0 != "," }) }
    }

    @Test func `an export's times are the board's own, from the first sample on, where the recorded ones are not`() throws {
        let session = try record()
        let clocks = SessionClocks(session: session)
        #expect(clocks.remarks.isEmpty && Set(clocks.clocks.keys) == ["headset.eeg", "headset.accelerometer"])
        func worst(_ times: [Double]) -> Double {
            #expect(times.count == Self.packets)
            return times.indices.map { abs(times[$0] - times[0] - Double($0) / Self.rate) }.max() ?? .nan
        }
        #expect(worst(try times(session, clocks.clocks)) < 0.0005)
        #expect(worst(try times(session, [:])) > 0.005)
    }

    @Test func `the readings of an accelerometer have the times of the frames that they came with`() throws {
        let configuration = DecoderConfiguration.cyton(
            CytonConfiguration(name: "headset", gains: [Int](repeating: 24, count: 8), firmware: "v3.1.2", readingsOnly: true))
        let session = try record(configuration) { number in
            CytonPacket(
                counter: UInt8(number % 256), counts: [Int32](repeating: Int32(number), count: 8),
                auxiliary: number % 10 == 4 ? [0, 8, 0, 0, 0, 0] : [0, 0, 0, 0, 0, 0]
            ).bytes
        }
        let clocks = SessionClocks(session: session)
        #expect(Set(clocks.clocks.keys) == ["headset.eeg", "headset.accelerometer"])
        let recording = try Recording(session: session, clocks: clocks.clocks)
        #expect(recording.remarks.isEmpty)
        let eeg = try #require(recording.tracks.first { $0.name == "headset.eeg" })
        let readings = try #require(recording.tracks.first { $0.name == "headset.accelerometer" })
        #expect(readings.samples == Self.packets / 10)
        for (index, stamp) in readings.stamps.enumerated() { #expect(abs(stamp - eeg.stamps[10 * index + 4]) < 1e-9) }
        // What was recorded while it came is not as good, in both streams alike.
        let recorded = try Recording(session: session)
        let worst = zip(readings.stamps, recorded.tracks[1].stamps).map {
            abs($0 - $1 - readings.stamps[0] + recorded.tracks[1].stamps[0])
        }
        #expect((worst.max() ?? 0) > 0.005)
        let found = try SessionVerification(folder: session, clocks: clocks.clocks)
        #expect(found.ok && found.streams.allSatisfy { $0.stampErrorMs != nil })
    }

    @Test func `a uniform file's rate is measured by them, and its markers stay on their samples`() throws {
        let session = try record()
        let clocks = SessionClocks(session: session).clocks
        let recording = try Recording(session: session, clocks: clocks)
        let export = try SessionExport(
            recording, as: .bdf, to: scratch("bdf"), gaps: .error, streams: ["headset.eeg"])
        let rate = try #require(export.files.first?.measuredRateHz)
        #expect(abs(rate / Self.rate - 1) < 20e-6)
        let track = try #require(recording.tracks.first { $0.name == "headset.eeg" })
        // What happened when packet 100 was made lies on sample 100 of the file.
        let zero = try #require(recording.start).timeIntervalSince1970 + RecordedRig.start.seconds
        #expect(abs(track.fileTime(Self.made(100) - zero) - 100 / 250.0) < 0.0005)
    }

    @Test func `a verification tells how far the recorded stamps are off`() throws {
        let session = try record()
        let found = try SessionVerification(folder: session, clocks: SessionClocks(session: session).clocks)
        #expect(found.ok)
        let error = try #require(found.streams.first { $0.name == "headset.eeg" }?.stampErrorMs)
        #expect(error.worst > 5 && error.worst < 30 && error.p99 <= error.worst)
        #expect(try SessionVerification(folder: session).streams.first?.stampErrorMs == nil)
    }

    @Test func `a wire log that cannot be read leaves the recorded stamps, with a remark`() throws {
        let session = try record()
        let recorded = try times(session, [:])
        let wire = try #require(SessionManifest(folder: session).devices.first).wire
        try Data("no log".utf8).write(to: URL(fileURLWithPath: session + "/" + wire))
        let clocks = SessionClocks(session: session)
        #expect(clocks.clocks.isEmpty && clocks.remarks.first?.contains("headset") == true)
        #expect(try times(session, clocks.clocks) == recorded)
    }

    @Test func `a wire log that is cut leaves the recorded stamps, with a remark`() throws {
        let session = try record()
        let wire = session + "/" + (try #require(SessionManifest(folder: session).devices.first).wire)
        let data = try Data(contentsOf: URL(fileURLWithPath: wire))
        try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: wire))
        let recording = try Recording(session: session, clocks: SessionClocks(session: session).clocks)
        #expect(recording.remarks.contains { $0.contains("headset.eeg") && $0.contains("stay") })
        #expect(recording.tracks.first { $0.name == "headset.eeg" }?.samples == Self.packets)
    }
}
