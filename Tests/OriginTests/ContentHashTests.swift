import Foundation
import Origin
import Testing

@Suite struct ContentHashTests {
    private func folder(_ files: [String: String]) throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/larmor-hash-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path + "/inner", withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }
        return path
    }

    /// FIPS 180-4's examples, and what `sha256sum` says of a million letters a.
    @Test func `bytes and files have the published hashes`() throws {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(ContentHash.sha256("abc".utf8) == abc)
        #expect(ContentHash.sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let folder = try folder(["abc": "abc", "million": String(repeating: "a", count: 1_000_000)])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try ContentHash.sha256(of: folder + "/abc") == abc)
        #expect(
            try ContentHash.sha256(of: folder + "/million")
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `a folder's hash follows from the names and bytes of its files, and from nothing else`() throws {
        let folder = try folder(["b": "2", "a": "1"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hash = try ContentHash.sha256(of: folder)
        // As `(cd folder; sha256sum a b) | sha256sum` has it.
        let lines = ["1", "2"].map { ContentHash.sha256($0.utf8) }
        #expect(hash == ContentHash.sha256("\(lines[0])  a\n\(lines[1])  b\n".utf8))
        try Data("3".utf8).write(to: URL(fileURLWithPath: folder + "/inner/c"))
        #expect(try ContentHash.sha256(of: folder) == hash)
        #expect(try ContentHash.sha256(of: folder, leaving: ["b"]) != hash)
        try FileManager.default.moveItem(atPath: folder + "/b", toPath: folder + "/c")
        #expect(try ContentHash.sha256(of: folder) != hash)
    }

    @Test func `a pipe is not read, neither alone nor in a folder`() throws {
        let folder = try folder(["a": "1"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hash = try ContentHash.sha256(of: folder)
        try #require(mkfifo(folder + "/pipe", 0o600) == 0)
        #expect(throws: ByteFileError.self) { try ContentHash.sha256(of: folder + "/pipe") }
        #expect(try ContentHash.sha256(of: folder) == hash)
    }

    @Test func `what is not there, and a folder without files, are refused`() throws {
        let folder = try folder([:])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect {
            try ContentHash.sha256(of: folder + "/x")
        } throws: { ($0 as? ByteFileError)?.reason == .noSuchFile && "\($0)" == folder + "/x: no such file" }
        #expect(throws: ByteFileError.self) { try ContentHash.sha256(of: folder) }
        #expect(throws: ByteFileError.self) { try ByteFile.bytes(of: "/dev/zero", atMost: 1000) }
    }
}
