import Foundation
import Sessions
import Signals
import Testing

/// A disk that fills while a session is written: how much is free is told by the test.
struct FreeSpaceTests {
    private let scratch = ScratchFolder()

    private func writer(minimum: UInt64, _ free: @escaping () -> UInt64?) throws -> SessionWriter {
        try SessionWriter(
            folder: scratch("s"), manifest: SmallSession.manifest, devices: [("headset", "cyton")], freeBytesMinimum: minimum,
            freeBytes: { _ in free() })
    }

    private func append(_ writer: SessionWriter, bytes: Int) throws {
        try [UInt8](repeating: 7, count: bytes).withUnsafeBytes {
            try writer.append(wire: .received, device: 0, body: $0, at: SmallSession.begin)
        }
    }

    @Test func `a recording ends before the disk is full, and what was written until then is whole`() throws {
        var free: UInt64 = 100_000
        let writer = try writer(minimum: 10_000) { free }
        try writer.setStreams([SmallSession.eeg, SmallSession.audio], device: 0)
        var syncs = 0
        let error = #expect(throws: SessionError.self) {
            while syncs < 100 {
                try append(writer, bytes: 1000)
                free -= 2000
                try writer.sync()
                syncs += 1
            }
        }
        #expect(error?.reason == .diskAlmostFull(freeBytes: free))
        #expect(error?.description.contains("free some space") == true)
        // It stopped with the minimum left and twice what one step writes, no earlier than a few steps before.
        #expect((10_000...18_000).contains(free), "\(free)")
        // Nothing is lost: what comes until the devices have ended goes in, too, and the session closes.
        try append(writer, bytes: 500)
        try writer.close()
        let found = try SessionVerification(folder: scratch("s"))
        #expect(found.ok && found.complete, "\(found.problems)")
        #expect(found.wires.map(\.records) == [syncs + 2])
    }

    @Test func `the reserve grows with what is written between two checks`() throws {
        let writer = try writer(minimum: 10_000) { 200_000 }
        try append(writer, bytes: 50_000)
        try writer.sync()
        try append(writer, bytes: 100_000)
        #expect(throws: SessionError(path: scratch("s"), reason: .diskAlmostFull(freeBytes: 200_000))) { try writer.sync() }
    }

    @Test func `on a disk that is full already no recording begins and nothing is left behind`() throws {
        #expect(throws: SessionError(path: scratch("s"), reason: .diskAlmostFull(freeBytes: 9999))) {
            try writer(minimum: 10_000) { 9999 }
        }
        #expect(!FileManager.default.fileExists(atPath: scratch("s")))
    }

    @Test func `where the system cannot tell the free space, recording goes on`() throws {
        let writer = try writer(minimum: 10_000) { nil }
        try append(writer, bytes: 1000)
        try writer.sync()
        try writer.close()
    }
}
