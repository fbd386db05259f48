import Confidence
import Foundation
import Testing

struct ScoreTableTests {
    private func table(_ text: String, _ columns: ScoreTable.Columns = .init(), clip: Double? = nil) throws -> ScoreTable {
        try ScoreTable(bytes: Array(text.utf8), columns: columns, clip: clip)
    }

    private func message(_ text: String, _ columns: ScoreTable.Columns = .init()) -> String {
        do {
            _ = try table(text, columns)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `a plain table is read, whatever its line ends, quotes, order and spaces`() throws {
        for text in [
            "y,x\n1,0.25\n0,0.5\n", "y,x\r\n1,0.25\r\n0,0.5", "\u{FEFF}x,y\r0.25,1\r0.5,0\r",
            "\"x\",\"y\"\n\"0.25\",\"1\"\n\n 0.5 , 0 \n",
            "y;x\n1;0.25\n0;0.5", "y\tx\nTRUE\t2.5e-1\nfalse\t0.5\n", "id,x,note,y\n7,0.25,\"a \"\"b\"\", c\nd\",1\n8,0.5,,0\n",
        ] {
            let found = try table(text)
            #expect(found.set.scores == [0.25, 0.5] && found.set.outcomes == [true, false], "\(text)")
            #expect(found.set.clusters == nil && found.clusterNames.isEmpty)
        }
    }

    @Test func `another reader's rows need a name for each cluster and a part for each row`() throws {
        let set = try ScoreSet(scores: [0.2, 0.4, 0.6], outcomes: [true, false, true], clusters: [7, 3, 7])
        let found = try ScoreTable(set, clusterNames: ["a", "b"], splits: ["fit", "report", "fit"], sha256: "")
        #expect(found.rowClusters == ["a", "b", "a"])
        #expect(
            reason { _ = try ScoreTable(set, sha256: "") } == .shape(name: "cluster names", expected: 2, found: 0))
        #expect(
            reason { _ = try ScoreTable(set, clusterNames: ["a", "b"], splits: ["fit"], sha256: "") }
                == .shape(name: "splits", expected: 3, found: 1))
        // Numbers of any size are told apart.
        let wide = try ScoreSet(scores: [0.2, 0.4, 0.6], outcomes: [true, false, true], clusters: [.max, .min, .max])
        #expect(wide.clusters == [0, 1, 0] && wide.clusterCount == 2)
    }

    @Test func `columns are chosen by name, and an utterance is a cluster without asking`() throws {
        let text = "utterance,rand,x,y,part\nu2,0.1,0.2,1,fit\nu1,0.3,0.4,0,report\nu2,0.5,0.6,1,fit\n"
        let found = try table(text, .init(score: "rand", split: "part"))
        #expect(found.set.scores == [0.1, 0.3, 0.5] && found.set.clusters == [0, 1, 0] && found.clusterNames == ["u2", "u1"])
        #expect(found.splits == ["fit", "report", "fit"] && found.rowClusters == ["u2", "u1", "u2"])
        #expect(found.columns.cluster == "utterance")
    }

    /// sha256sum of the same bytes.
    @Test func `the hash is that of the file's bytes`() throws {
        let found = try table("y,x\n1,0.5\n")
        #expect(found.sha256 == "24955579f9762177e32e944190983b54958eec3266369cf3ee6c7ad702c3f38c")
    }

    @Test func `errors name line, column, what was expected and what was found`() {
        #expect(message("y,x\n1,0.5\n0,1.5\n") == "line 3: x: expected a probability strictly between 0 and 1, found “1.5”")
        for bad in ["nan", "inf", "-0.2", "", "half", "0,5", "1e999", "0x1p4"] {
            let quoted = bad.contains(",") ? "\"\(bad)\"" : bad
            #expect(message("y,x\n1,\(quoted)\n").hasPrefix("line 2: x: expected a probability"), "\(bad)")
        }
        for end in ["0", "1", "1.0", "-0"] {
            #expect(message("y,x\n1,\(end)\n").contains("--clip"), "\(end)")
        }
        for bad in ["2", "-1", "yes", "", "0.5"] {
            #expect(message("y,x\n\(bad),0.5\n").hasPrefix("line 2: y: expected 0 or 1"), "\(bad)")
        }
        #expect(message("a,b\n1,2\n").contains("no column “x”; present are “a”, “b”"))
        #expect(message("x,y,x\n0.1,1,0.1\n") == "line 1: there are 2 columns “x”")
        #expect(message("y,x\n1,0.5,3\n") == "line 2: 3 fields, expected 2 as in the line of names")
        #expect(message("y,x\n1\n") == "line 2: 1 fields, expected 2 as in the line of names")
        #expect(message("y,x\n") == "there are no rows")
        #expect(message("") == "there are no rows")
        #expect(message("y,x\n1,\"0.5\n").contains("does not end"))
        #expect(message("y,x\n1,0.\"5\n").contains("a quote within a field"))
        #expect(message("y,x\n1,\"0.5\"6\n").contains("text after a quoted field"))
        #expect(message("y,x\n1,0.5\u{0}\n").contains("a byte of 0"))
        #expect(message("y,x,utterance\n1,0.5,\n").contains("utterance: expected a name"))
    }

    @Test func `hostile bytes end with an error in bounded memory, and messages hold no control characters`() throws {
        #expect(message("y,x\n1," + String(repeating: "9", count: 3_000_000)).contains("a row of more than 1048576 bytes"))
        #expect(message(String(repeating: ",", count: 10_000)).contains("more than 4096 fields"))
        #expect(message("y,x\n\"" + String(repeating: "\n", count: 2_000_000)).contains("a row of more than"))
        let escape = message("y,x\n1,\u{1B}[2J\u{7}" + String(repeating: "x", count: 500) + "\n")
        #expect(!escape.unicodeScalars.contains { $0.value < 0x20 } && escape.count < 200)
        #expect(reason { _ = try ScoreTable(bytes: [0xEF, 0xBB, 0x41]) } != nil)
        #expect(reason { _ = try ScoreTable(bytes: [0xFF, 0xFE, 0x79, 0x00]) } != nil)
        #expect(reason { _ = try ScoreTable(contentsOf: "/absent/scores.csv") } == .noSuchFile)
        #expect(reason { _ = try ScoreTable(contentsOf: "/tmp") } != nil)
    }

    @Test func `scores of 0 and 1 are taken only when they may be moved inwards`() throws {
        let found = try table("y,x\n1,1\n0,0\n1,0.4\n", clip: 1e-6)
        #expect(found.set.scores == [1 - 1e-6, 1e-6, 0.4] && found.clipped == 2)
        #expect(reason { _ = try table("y,x\n1,1.0001\n", clip: 1e-6) } != nil)
        for bad in [0, 0.5, -1, Double.nan] { #expect(reason { _ = try table("y,x\n1,0.5\n", clip: bad) } != nil) }
    }
}
