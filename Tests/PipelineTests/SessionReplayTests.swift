import Foundation
import Pipeline
import Sessions
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
        let end = Date().addingTimeInterval(1)
        let result = try replay.run(progress: { _ in Date() < end })
        #expect(result.passes >= 2 && result.passesAgree)
    }

    @Test func `recordings of other programs replay, too`() throws {
        let folder = try session("s", RecordedRig(seconds: 1))
        _ = try SessionImport(folder + "/recording.xdf", to: scratch("imported"), version: "test")
        let text = try log(scratch("imported"))
        #expect(lines(text, "\"event\":\"gap\"", "headset.eeg", "\"count\":40") == 1)
    }
}
