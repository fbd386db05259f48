import Confidence
import Foundation
import Testing

@Suite struct GrowingTableTests {
    @Test func `every row of a file is told as it is read, with the name of its cluster`() throws {
        let file = FileManager.default.temporaryDirectory.path + "/larmor-growing-\(UUID()).csv"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "utterance,x,y\na,0.5,1\na,0.25,0\nb,1,1\n".write(toFile: file, atomically: true, encoding: .utf8)
        var told: [String] = []
        let table = try ScoreTable(contentsOf: file, clip: 0.1) { told.append("\($0) \($1) \($2 ?? "–")") }
        #expect(told == ["0.5 true a", "0.25 false a", "0.9 true b"] && table.set.count == 3)
        // What came before a bad row has been told.
        try "x,y\n0.5,1\n0.4,2\n".write(toFile: file, atomically: true, encoding: .utf8)
        told = []
        #expect(reason { _ = try ScoreTable(contentsOf: file) { told.append("\($0) \($1) \($2 ?? "–")") } } != nil)
        #expect(told == ["0.5 true –"])
    }
}
