import Foundation
import Simulators
import Testing

struct RecordedEEGTests {
    private static let real: String? = {
        var folders = [ProcessInfo.processInfo.environment["LARMOR_SHARED_DATA"]].compactMap { $0 }
        var place = URL(fileURLWithPath: #filePath)
        while place.path != "/" {
            place.deleteLastPathComponent()
            folders.append(place.appendingPathComponent("shared/data").path)
        }
        return folders.map { $0 + "/cyton/blinks-jaw-clench-alpha.txt.gz" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// SOURCES.md of the data: 22,490 samples; the first line of the file begins 61379.36, 49492.89.
    @Test(.enabled(if: real != nil, "needs shared/data/cyton"))
    func `OpenBCI's own recording is played sample for sample`() throws {
        let source = try RecordedEEG(path: try #require(Self.real))
        #expect(source.frames.count == 22_490)
        #expect(source.frames[0].prefix(2) == [61379.36, 49492.89])
        #expect(source.frames[1][7] == 2118.70)
    }

    @Test(arguments: ["\n", "\r\n"]) func `lines end as on Linux or as on Windows, and the last is followed by the first`(
        end: String
    ) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-eeg-\(UUID()).txt").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lines = ["%header", "Sample Index, EXG 0", "0, 1, 2, 3, 4, 5, 6, 7, 8, 0.1", "1, 9, 8, 7, 6, 5, 4, 3, 2, 0.1"]
        try lines.joined(separator: end).write(toFile: path, atomically: true, encoding: .utf8)
        var source = try RecordedEEG(path: path)
        let played = (0..<3).map { _ in source.next() }
        #expect(played == [[1, 2, 3, 4, 5, 6, 7, 8], [9, 8, 7, 6, 5, 4, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8]])
    }

    @Test func `a file without samples is named`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-eeg-\(UUID()).txt").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "%nothing\n".write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: SimulatorError.self) { try RecordedEEG(path: path) }
        #expect(error?.what.contains(path) == true)
    }
}
