import Foundation
import Sweeps
import Testing

/// Tables, CSV and pages of a sweep.
struct SweepReportTests {
    private let scratch = Scratch()

    /// Six points; point 4 has failed.
    private func finished(_ path: String, _ text: String = SmallSweep.text) throws -> SweepStore {
        let store = try SmallSweep.store(path, text)
        try LocalEngine(store, objective: SmallSweep.sweep(text).objective, jobs: 2, attempts: 1) { point, _ in
            guard point.point.number != 4 else {
                return .ended(PointOutcome(exitCode: 65, failure: "no <film>, none", seconds: 1))
            }
            return .ended(SmallSweep.outcome(point.point))
        }.untilDone(isStopped: { false })
        return store
    }

    @Test func `the best points come first, by the number that is minimised or maximised`() throws {
        let table = try SweepTable(finished(scratch("s.sqlite")))
        #expect(table.ranking.map(\.point.number) == [1, 3, 5, 2, 6])
        #expect(table.failed.map(\.point.number) == [4])
        #expect(table.parameters == ["--damping", "--seed"] && table.columns == ["parts.0", "name"])
        #expect(table.cells(table.ranking[0]) == [.integer(1), .string("n")])
        let most = try SweepTable(
            finished(scratch("m.sqlite"), SmallSweep.text.replacingOccurrences(of: "minimise", with: "maximise")))
        #expect(most.ranking.map(\.point.number) == [6, 2, 5, 3, 1])
    }

    @Test func `CSV has a row for each point, with quoted texts`() throws {
        let lines = try SweepTable(finished(scratch("s.sqlite"))).csv.split(separator: "\n")
        #expect(lines[0] == "point,state,attempts,--damping,--seed,error,parts.0,name,seconds,failure")
        #expect(lines[1] == "1,done,1,0.1,1,1.1,1,n,0.5,")
        #expect(lines[4] == "4,failed,1,0.2,2,,,,1.0,\"no <film>, none\"")
        #expect(lines.count == 7)
    }

    @Test func `the page is one file with a picture of each parameter and pair, tables, and where it comes from`() throws {
        let store = try finished(scratch("s.sqlite"))
        let page = try SweepPage(SweepTable(store), store.summary()).html
        #expect(page.components(separatedBy: "<svg ").count == 4)
        #expect(page.contains("error over --damping and --seed"))
        #expect(page.contains("no &lt;film&gt;, none") && !page.contains("<film>"))
        #expect(page.contains("larmor sweep") && page.contains("SHA-256"))
        // Nothing is fetched from elsewhere.
        #expect(
            page.components(separatedBy: "http").count == page.components(separatedBy: "http://www.w3.org/2000/svg").count)
        #expect(!page.contains("\"nan") && !page.contains(">nan") && !page.contains(">inf"))
        // It is XML apart from its first line: every element is closed.
        let body = page.replacingOccurrences(of: "<!DOCTYPE html>\n", with: "").replacingOccurrences(
            of: "<meta charset=\"utf-8\">", with: "")
        #expect(XMLCheck.isBalanced(body))
    }

    @Test func `random points, texts, one value and results that are equal can be drawn`() throws {
        let text = """
            command = ["film", "loop"]
            [parameters]
            random = 60
            "--a" = { from = 0.001, to = 1.0, scale = "log" }
            "--b" = { from = 0.5, to = 2.5 }
            "--c" = ["Co", "Ni"]
            "--d" = [3]
            [result]
            maximise = "error"
            """
        let store = try SmallSweep.store(scratch("s.sqlite"), text)
        try LocalEngine(store, objective: nil, jobs: 1, attempts: 1) { _, _ in
            .ended(PointOutcome(exitCode: 0, result: "{}", value: 2))
        }.untilDone(isStopped: { false })
        let page = try SweepPage(SweepTable(store), store.summary()).html
        // Three that vary, and their three pairs.
        #expect(page.components(separatedBy: "<svg ").count == 7)
        #expect(!page.contains("\"nan") && !page.contains(">nan"))
    }

    @Test func `a sweep that has not begun has a page without pictures`() throws {
        let store = try SmallSweep.store(scratch("s.sqlite"))
        let page = try SweepPage(SweepTable(store), store.summary()).html
        #expect(page.contains("0 of 6 points done, 0 failed, 6 not run yet") && !page.contains("<svg"))
    }
}

/// Whether every element of a text is closed, in order.
private enum XMLCheck {
    static func isBalanced(_ text: String) -> Bool {
        var open: [Substring] = []
        for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
            guard let tag = part.split(separator: ">", omittingEmptySubsequences: false).first, !tag.isEmpty else {
                return false
            }
            let name = tag.prefix { !$0.isWhitespace && $0 != "/" }
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return false }
            } else if !tag.hasSuffix("/") {
                open.append(name)
            }
        }
        return open.isEmpty
    }
}
