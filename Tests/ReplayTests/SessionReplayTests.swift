import Foundation
import RealTime
import Recognition
import RecordedRig
import Replay
import Sessions
import Signals
import Testing

/// Replays of composed sessions: the same event log whatever the pace and however the recording is cut.
struct SessionReplayTests {
    private let scratch = ScratchFolder()

    private func session(_ name: String, _ rig: RecordedRig = RecordedRig()) throws -> String {
        try rig.write(scratch(name))
        return scratch(name)
    }

    private func log(_ folder: String, _ change: (inout ReplayOptions) -> Void = { _ in }) throws -> String {
        var options = ReplayOptions()
        change(&options)
        let output = scratch("log-\(UUID().uuidString)")
        let result = try SessionReplay(folder: folder, options: options).run(output: output)
        let text = try String(contentsOfFile: output, encoding: .utf8)
        #expect(result.events == text.split(separator: "\n").count)
        return text
    }

    private func lines(_ log: String, _ words: String...) -> Int {
        log.split(separator: "\n").count { line in words.allSatisfy { line.contains($0) } }
    }

    @Test func `the event log is the same at every speed`() throws {
        let folder = try session("s")
        let whole = try log(folder)
        #expect(lines(whole, "\"event\":\"word\"") > 5)
        #expect(lines(whole, "\"event\":\"gap\"", "headset.eeg", "\"first\":200,\"count\":40") == 1)
        for speed in [6.0, 40, 1000] { #expect(try log(folder) { $0.speed = speed } == whole) }
    }

    @Test(arguments: [1, 7, 33, 64, 1000])
    func `the event log is the same however the wire log's records are cut`(bytes: Int) throws {
        let whole = try log(try session("whole"))
        #expect(try log(try session("cut", RecordedRig(recordBytes: bytes))) == whole)
    }

    @Test func `from XDF it is the same at every speed and for every size of the chunks`() throws {
        let folder = try session("s")
        let whole = try log(folder) { $0.usesXDF = true }
        #expect(lines(whole, "\"event\":\"word\"") > 5)
        for samples in [1, 3, 100, 100_000] {
            try rewriteXDF(folder + "/recording.xdf", samplesPerChunk: samples)
            #expect(try log(folder) { $0.usesXDF = true } == whole)
        }
        #expect(try log(folder) { ($0.usesXDF, $0.speed) = (true, 20) } == whole)
    }

    @Test func `EEG that is recorded in its sender's microvolts is heard as the same EEG in volts`() throws {
        let volts = try eegSession("volts", .float32)
        let counts = try eegSession("counts", .int16)
        let doubles = try eegSession("doubles", .double64)
        // The same numbers without their unit would be a million times as large.
        let wrong = try eegSession("wrong", .int16, word: "counts")
        let log = try self.log(volts)
        #expect(lines(log, "\"event\":\"word\"") > 5)
        #expect(try self.log(counts) == log && self.log(doubles) == log)
        #expect(try self.log(wrong) != log)
    }

    /// Sound, and EEG of whole microvolts in a format: 32-bit floats in volts, other formats in a unit of their own. No wire logs.
    private func eegSession(_ name: String, _ format: SampleFormat, word: String = "microvolts") throws -> String {
        let folder = scratch(name)
        let manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 1_700_000_000),
            anchor: WallClockAnchor(host: RecordedRig.start, utcNanoseconds: 1_700_000_000_000_000_000), seed: 1, subject: nil,
            note: nil, rig: RecordedRig.rig, rigName: "bench")
        let writer = try SessionWriter(
            folder: folder, manifest: manifest, devices: [("headset", "lsl"), ("mic", "alsa")])
        try RecordedRig.model.write(folder: folder + "/model")
        let own = StreamDescription.OwnUnit(word: word, scale: word == "counts" ? 1 : 1e-6)
        let eeg = StreamDescription(
            name: "headset.eeg", kind: .eeg,
            channels: (1...8).map { .init(label: "\($0)", unit: .volt, own: format == .float32 ? nil : own) }, nominalRate: 250,
            device: "test", sampleFormat: format)
        try writer.setStreams([eeg], device: 0)
        var random = SplitMix64(seed: 11)
        for block in 0..<150 {
            let counts = (0..<40).map { _ in Int16(40 * random.normal()) }
            let item = SampleRingItem(
                stream: 0, channels: 8, frames: 5, firstCounter: UInt64(5 * block), missingBefore: 0,
                hostTime: RecordedRig.start + Double(5 * block + 5) / 250, format: format)
            let bytes = counts.flatMap { count -> [UInt8] in
                switch format {
                case .float32: withUnsafeBytes(of: Float(Double(count) * 1e-6)) { Array($0) }
                case .double64: withUnsafeBytes(of: Double(count)) { Array($0) }
                default: withUnsafeBytes(of: count) { Array($0) }
                }
            }
            var words = [Float](repeating: 0, count: item.sampleCount)
            words.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
            try words.withUnsafeBufferPointer { try writer.append(item: item, device: 0, values: $0) }
        }
        try RecordedRig.writeSound(seconds: 3, writer, device: 1)
        try writer.close()
        try FileManager.default.removeItem(atPath: folder + "/wire")
        return folder
    }

    @Test func `without wire logs the replay begins at the samples, with the same events and gaps`() throws {
        let folder = try session("s")
        let wire = try log(folder)
        try FileManager.default.removeItem(atPath: folder + "/wire")
        let result = try SessionReplay(folder: folder).run()
        #expect(result.source == "xdf" && result.identical == nil)
        let xdf = try log(folder)
        for words in [["\"event\":\"device\""], ["\"event\":\"gap\"", "\"first\":200,\"count\":40"]] {
            let count = { (log: String) in log.split(separator: "\n").count { line in words.allSatisfy { line.contains($0) } } }
            #expect(count(xdf) == count(wire) && count(xdf) > 0)
        }
        // Stamps differ by the way of the bytes, so words may fall a frame off; their number hardly changes.
        let (a, b) = (lines(wire, "\"event\":\"word\""), lines(xdf, "\"event\":\"word\""))
        #expect(abs(a - b) <= max(2, a / 10), "\(a) words from the wire, \(b) from XDF")
    }

    @Test func `a part is replayed from its first second to its last, for one device only where asked`() throws {
        let folder = try session("s")
        let times = { (log: String) in
            log.split(separator: "\n").compactMap { line in
                line.range(of: "\"time_s\":").flatMap { Double(line[$0.upperBound...].prefix { $0 != "," }) }
            }
        }
        let part = times(try log(folder) { ($0.from, $0.to) = (1, 2) })
        #expect(!part.isEmpty && part.allSatisfy { (1..<2).contains($0) })
        let alone = try log(folder) { $0.device = "headset" }
        #expect(lines(alone, "\"event\":\"word\"") == 0 && lines(alone, "\"device\":\"headset\"") > 0)
        #expect(lines(alone, "\"mic\"") == 0)
        var options = ReplayOptions()
        options.device = "nobody"
        #expect(throws: SessionError.self) { try SessionReplay(folder: folder, options: options) }
    }

    @Test func `a loop begins again until it is stopped, and every pass is alike`() throws {
        var options = ReplayOptions()
        options.loops = true
        let replay = try SessionReplay(folder: try session("s", RecordedRig(seconds: 1)), options: options)
        // Asked with 0 before each pass but the first.
        let watch = Stopwatch()
        var repetitions = 0
        let result = try replay.run(progress: { seconds in
            repetitions += seconds == 0 ? 1 : 0
            return watch.seconds < 1 || repetitions < 3
        })
        #expect(result.passes >= 2 && result.passesAgree)
    }

    @Test func `recordings of other programs replay, too`() throws {
        let folder = try session("s", RecordedRig(seconds: 1))
        _ = try SessionImport(folder + "/recording.xdf", to: scratch("imported"), version: "test")
        let text = try log(scratch("imported"))
        #expect(lines(text, "\"event\":\"gap\"", "headset.eeg", "\"count\":40") == 1)
    }
}
