import Foundation
import FuzzTargets
import Testing

/// How much memory files of anybody's take, whatever they promise.
struct FileMemoryTests {
    private static let stand: String = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("FuzzStand").path
    }()

    private struct Result: Decodable {
        var unsupported: Bool?
        var inputs: Int?
        var most: Int?
        var of: String?
        var finding: String?
    }

    @Test func `every target that is given whole files is measured`() {
        let names = Set(FuzzTarget.files.map(\.name))
        let needed = [
            "edf", "bdf", "brainvision", "ovf", "vampire-folder", "film-file", "rig-file", "session-folder",
            "stored-configuration",
            "wav", "xdf", "xdfz", "openbci", "corpus", "recognizer-model", "film-readout",
        ]
        for name in needed { #expect(names.contains(name)) }
    }

    @Test(arguments: FuzzTarget.files.map(\.name))
    func `a file of 64 kB takes at most 64 MB, whatever it promises, and keeps what must hold`(name: String) throws {
        let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Corpus/" + name).path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.stand)
        process.arguments = ["memory", name, corpus]
        // What one input took must not hide what the next one takes.
        let allocator = ["MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "1"]
        process.environment = ProcessInfo.processInfo.environment.merging(allocator) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let line = data.split(separator: 0x0A).last.map { Data($0) } ?? Data()
        let result = try JSONDecoder().decode(Result.self, from: line)
        // A kernel that does not let a process forget its peak measures nothing.
        if result.unsupported == true { return }
        #expect(result.finding == nil)
        #expect((result.inputs ?? 0) > 20)
        #expect((result.most ?? .max) <= FuzzTarget.fileMemory, "\(result.most ?? 0) bytes for \(result.of ?? "")")
    }
}
