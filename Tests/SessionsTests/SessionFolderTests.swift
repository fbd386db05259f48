import Foundation
import Sessions
import Signals
import Testing

struct SessionFolderTests {
    private func reason(_ body: () throws -> Void) -> SessionError.Reason? {
        do { try body() } catch let error as SessionError { return error.reason } catch {}
        return nil
    }

    @Test func `the manifest names every file with size and SHA-256 as sha256sum prints it`() throws {
        let scratch = ScratchFolder()
        try SmallSession().write(scratch("s"))
        let manifest = try SessionManifest(folder: scratch("s"))
        #expect(manifest.state == .complete)
        #expect(manifest.files.keys.sorted() == ["events.jsonl", "recording.xdf", "wire/headset.wire"])
        for (name, file) in manifest.files {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
            process.arguments = [scratch("s/" + name)]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(text.hasPrefix(file.sha256))
            let size =
                try FileManager.default.attributesOfItem(atPath: scratch("s/" + name))[.size] as? UInt64
            #expect(size == file.bytes)
        }
    }

    @Test func `a whole session verifies and tells its gaps by the device's counter`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 10, gapBefore: 4).write(scratch("s"))
        let found = try SessionVerification(folder: scratch("s"))
        #expect(found.ok && found.complete)
        let eeg = try #require(found.streams.first { $0.name == "headset.eeg" })
        #expect(eeg.samples == 250)
        #expect(eeg.gaps.map(\.first) == [100] && eeg.gaps.map(\.count) == [50])
        #expect(found.wires.map(\.records) == [11])
        #expect(found.events == 10)
    }

    @Test func `a change after closing is found`() throws {
        let scratch = ScratchFolder()
        try SmallSession().write(scratch("s"))
        let path = URL(fileURLWithPath: scratch("s/events.jsonl"))
        var data = try Data(contentsOf: path)
        data[3] ^= 1
        try data.write(to: path)
        let found = try SessionVerification(folder: scratch("s"))
        #expect(!found.ok)
        #expect(found.problems.contains { $0.hasPrefix("events.jsonl:") && $0.contains("SHA-256") })
    }

    @Test func `a second recorder on the folder is refused while the first is at work, and afterwards too`()
        throws
    {
        let scratch = ScratchFolder()
        let writer = try SessionWriter(
            folder: scratch("s"), manifest: SmallSession.manifest, devices: [("headset", "cyton")])
        let again = {
            _ = try SessionWriter(folder: scratch("s"), manifest: SmallSession.manifest, devices: [])
        }
        #expect(reason(again) == .inUse)
        #expect(reason { _ = try SessionRepair(folder: scratch("s")) } == .inUse)
        try writer.close()
    }

    @Test func `a folder that holds a session is never overwritten`() throws {
        let scratch = ScratchFolder()
        try SmallSession().write(scratch("s"))
        let before = try Data(contentsOf: URL(fileURLWithPath: scratch("s/recording.xdf")))
        #expect(reason { try SmallSession().write(scratch("s")) } == .alreadyExists)
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch("s/recording.xdf"))) == before)
    }

    @Test func `a session that cannot begin leaves nothing behind`() throws {
        let scratch = ScratchFolder()
        // No file can be made for the second device: its name leads into a folder that is not there.
        let begin = {
            _ = try SessionWriter(
                folder: scratch("s"), manifest: SmallSession.manifest, devices: [("headset", "cyton"), ("no/where", "cyton")])
        }
        #expect(reason(begin) == .system(call: "open", code: ENOENT))
        #expect(!FileManager.default.fileExists(atPath: scratch("s")))
        // A folder that was there stays, as it was; one with somebody's files is not recorded to.
        try FileManager.default.createDirectory(atPath: scratch("s"), withIntermediateDirectories: true)
        #expect(reason(begin) == .system(call: "open", code: ENOENT))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("s")).isEmpty)
        try Data([1]).write(to: URL(fileURLWithPath: scratch("s/notes.txt")))
        #expect(reason(begin) == .alreadyExists)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("s")) == ["notes.txt"])
        #expect(!SessionLock.isHeld(folder: scratch("s")))
    }

    @Test func `a session of other files is refused without a mark in its folder`() throws {
        let scratch = ScratchFolder()
        try FileManager.default.createDirectory(atPath: scratch("s"), withIntermediateDirectories: true)
        try Data([1]).write(to: URL(fileURLWithPath: scratch("s/recording.xdf")))
        #expect(reason { try SmallSession().write(scratch("s")) } == .alreadyExists)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("s")) == ["recording.xdf"])
        #expect(!SessionLock.isHeld(folder: scratch("s")))
    }

    @Test func `a session that is given up before its first sample leaves nothing behind`() throws {
        let scratch = ScratchFolder()
        let writer = try SessionWriter(
            folder: scratch("s"), manifest: SmallSession.manifest, devices: [("headset", "cyton")])
        try writer.setStreams([SmallSession.eeg], device: 0)
        try FileManager.default.createDirectory(atPath: scratch("s/model"), withIntermediateDirectories: true)
        writer.discard(folders: ["model"])
        #expect(!FileManager.default.fileExists(atPath: scratch("s")))
    }

    @Test func `a folder without a manifest is no session`() {
        let scratch = ScratchFolder()
        #expect(reason { _ = try SessionVerification(folder: scratch.path) } == .notASession)
        #expect(reason { _ = try SessionRepair(folder: scratch.path) } == .notASession)
    }

    @Test(.enabled(if: getuid() != 0 || FileManager.default.fileExists(atPath: "/proc/self"), "needs /proc"))
    func `a folder in which nothing can be made is an error that names it`() {
        // Not even root can make a file in /proc.
        let found = reason { try SmallSession().write("/proc/self/session") }
        guard case .system = found else {
            Issue.record("found \(String(describing: found))")
            return
        }
    }
}
