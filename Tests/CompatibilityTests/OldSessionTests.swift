import Foundation
import Replay
import Sessions
import Signals
import Testing

/// Whatever an earlier version recorded can be opened, verified, replayed and exported, and holds what it held.
struct OldSessionTests {
    @Test func `every recorded session is tried`() {
        #expect(OldSession.folders.count >= 15)
        #expect(OldSession.all.map(\.name).sorted() == OldSession.folders)
    }

    @Test(arguments: OldSession.all)
    func `a session is whole, with the samples and losses that its recorder counted`(session: OldSession) throws {
        let manifest = try SessionManifest(folder: session.folder)
        #expect(manifest.state == .complete && manifest.larmor == OldSession.version)
        let found = try SessionVerification(folder: session.folder)
        #expect(found.complete && found.problems == [])
        #expect(found.events == session.eventLines)
        let records = Dictionary(uniqueKeysWithValues: found.wires.map { ($0.device, $0.records) })
        #expect(records == session.wireRecords)
        #expect(found.streams.map(\.name).sorted() == session.numbers.map(\.name).sorted())
        for expected in session.numbers {
            let stream = try #require(found.streams.first { $0.name == expected.name })
            #expect(stream.samples == expected.samples && stream.channels == expected.channels)
            #expect(stream.rateHz == expected.rate)
            #expect(stream.gaps.count == expected.gaps)
            #expect(stream.gaps.reduce(0) { $0 + $1.count } == expected.lost)
        }
    }

    @Test(arguments: OldSession.all)
    func `the recording's samples and stamps are those that pyxdf reads`(session: OldSession) throws {
        let file = try XDFReader(path: session.folder + "/recording.xdf")
        #expect(file.problems.isEmpty)
        #expect(file.streams.count == session.streams.count)
        for expected in session.streams {
            let stream = try #require(file.streams.first { $0.name == expected.name })
            #expect(stream.format.rawValue == expected.format)
            #expect(stream.samples == expected.samples && stream.channels == expected.channels)
            #expect((expected.format == "string" ? checksum(stream.texts) : checksum(stream.values)) == expected.sha256)
            #expect(stream.stamps.first == expected.firstStamp && stream.stamps.last == expected.lastStamp)
        }
    }

    @Test(arguments: OldSession.all)
    func `the wire log gives the recorded samples again, bit for bit`(session: OldSession) throws {
        let manifest = try SessionManifest(folder: session.folder)
        let file = try XDFReader(path: session.folder + "/recording.xdf")
        for device in manifest.devices {
            let log = try DecodedWireLog(path: session.folder + "/" + device.wire)
            #expect(log.damages == 0)
            #expect(log.streams.map(\.name) == device.streams.map(\.name))
            for stream in log.streams {
                let recorded = try #require(file.streams.first { $0.name == stream.name })
                let expected = try #require(session.streams.first { $0.name == stream.name })
                #expect(stream.samples == recorded.samples)
                let values = recorded.values.floats
                #expect(stream.values.map(\.bitPattern) == values.map(\.bitPattern), "\(stream.name)")
                #expect(stream.texts == recorded.texts)
                #expect(stream.lost == session.lostByClock ?? expected.lost, "\(stream.name)")
            }
        }
    }

    /// Stamps may be better than they were; what happened may not differ. One thing is lost without the wire logs: `recording.xdf`
    /// of version 0.1 does not hold the counters by which a film's states find their drives, so film words are not decided again.
    @Test(arguments: OldSession.all, [false, true])
    func `a replay tells the same events, from the wire logs and from XDF`(session: OldSession, usesXDF: Bool) throws {
        var options = ReplayOptions()
        options.usesXDF = usesXDF
        let scratch = try ScratchFolder()
        let result = try SessionReplay(folder: session.folder, options: options).run(output: scratch("events.jsonl"))
        #expect(result.source == (usesXDF ? "xdf" : "wire") && result.damaged == 0)
        let lines = try String(contentsOfFile: scratch("events.jsonl"), encoding: .utf8).split(separator: "\n").map(String.init)
        let notInXDF: Set<String> = usesXDF ? ["film_word", "gap film.state"] : []
        #expect(try Set(lines.map(kind)).subtracting(notInXDF) == Set(session.eventKinds).subtracting(notInXDF))
        #expect(try lines.compactMap(marker).sorted() == session.markers.sorted())
    }
}
