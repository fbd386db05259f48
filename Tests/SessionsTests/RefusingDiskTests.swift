import Foundation
import KnownRecording
import Sessions
import Testing

/// Disks that take no more, or nothing at all. They are mounted here, which needs root.
@Suite(.serialized) struct RefusingDiskTests {
    private static func run(_ program: String, _ arguments: String...) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Whether file systems can be mounted here.
    static let canMount: Bool = {
        guard getuid() == 0 else { return false }
        let folder = NSTemporaryDirectory() + "larmor-mount-\(getpid())"
        mkdir(folder, 0o755)
        defer { rmdir(folder) }
        guard run("/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder) == 0 else { return false }
        return run("/bin/umount", folder) == 0
    }()

    private static let comment: Comment = "needs root and the right to mount a tmpfs"

    /// A disk in memory while `body` runs.
    private func withDisk(_ size: String, _ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "larmor-disk-\(UUID().uuidString)"
        mkdir(folder, 0o755)
        try #require(Self.run("/bin/mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", folder) == 0)
        defer {
            _ = Self.run("/bin/umount", folder)
            rmdir(folder)
        }
        try body(folder)
    }

    private func error(_ body: () throws -> Void) -> SessionError? {
        do { try body() } catch { return error as? SessionError }
        return nil
    }

    @Test(.enabled(if: canMount, comment))
    func `a disk that fills up is a typed error; what was synced is there, and repair works once there is room`() throws {
        try withDisk("3m") { disk in
            var known = KnownRecording()
            let folder = disk + "/s"
            var synced = 0
            let found = error {
                let writer = try known.makeWriter(folder)
                for block in 0..<10_000 {
                    try known.append(block, to: writer)
                    guard block % 10 == 9 else { continue }
                    do {
                        try writer.sync()
                    } catch let error as SessionError {
                        // The guard asks for an end while there is room; this recorder does not listen.
                        guard case .diskAlmostFull = error.reason else { throw error }
                    }
                    synced = block + 1
                }
            }
            #expect(found?.reason == .system(call: "write", code: ENOSPC), "\(found.map(\.description) ?? "no error")")
            #expect(synced >= 100)
            let cut = try SessionVerification(folder: folder)
            #expect(!cut.ok && !cut.complete)
            let content = try KnownRecording.content(folder)
            #expect(content.isTrue && content.blocks >= synced)
            // Without room the manifest cannot be written: an error, and nothing gets lost by it.
            if let refused = error({ _ = try SessionRepair(folder: folder) }) {
                #expect(refused.reason == .system(call: "write", code: ENOSPC), "\(refused)")
            }
            #expect(try KnownRecording.content(folder) == content)
            try #require(Self.run("/bin/mount", "-o", "remount,size=8m", disk) == 0)
            _ = try SessionRepair(folder: folder)
            #expect(try SessionVerification(folder: folder).ok)
            #expect(try KnownRecording.content(folder) == content)
        }
    }

    @Test(.enabled(if: canMount, comment))
    func `a read-only folder can be read and verified; recording and repair are errors that name it`() throws {
        try withDisk("8m") { disk in
            var known = KnownRecording()
            let writer = try known.makeWriter(disk + "/s")
            for block in 0..<20 { try known.append(block, to: writer) }
            try writer.sync()
            let content = try KnownRecording.content(disk + "/s")
            try writer.close()
            try #require(Self.run("/bin/mount", "-o", "remount,ro", disk) == 0)
            #expect(try SessionVerification(folder: disk + "/s").ok)
            #expect(try KnownRecording.content(disk + "/s") == content)
            let repair = error { _ = try SessionRepair(folder: disk + "/s") }
            guard case .system(_, EROFS) = repair?.reason else {
                Issue.record("repair: \(repair.map(\.description) ?? "no error")")
                return
            }
            let record = error { _ = try known.makeWriter(disk + "/new") }
            #expect(record?.reason == .system(call: "mkdir", code: EROFS))
            #expect(record?.description.hasPrefix(disk + "/new") == true)
            let imported = error { _ = try SessionImport(disk + "/s/recording.xdf", to: disk + "/again", version: "test") }
            #expect(imported?.reason == .system(call: "mkdir", code: EROFS))
        }
    }
}
