import ArgumentParser
import Foundation
import Outputs
import Sweeps

struct SweepReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Shows the best and the failed points of a sweep, with pictures.",
        discussion: """
            Example: larmor sweep report sweeps/film-sweep.sqlite

            The page NAME.html beside the store has the tables, and pictures of the result over each parameter and each pair of them. A sweep \
            that still runs may be reported, too.
            """)

    @Argument(help: "A store, NAME.sqlite, or the sweep file beside it.")
    var store: String

    @Option(help: "Folder of the store, as for run. (default: the sweep file's)")
    var output: String?

    @Option(help: "Points that are listed.")
    var top = 10

    @Option(help: "File for the page. (default: NAME.html beside the store)")
    var html: String?

    @Flag(help: "Write no page.")
    var noHtml = false

    @Option(help: "File for a table of all points.")
    var csv: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        struct Point: Encodable {
            var point: Int
            var parameters: [String: SweepValue]
            var value: Double?
            var columns: [String: SweepValue]
            var seconds: Double?
        }

        var name: String
        var store: String
        var points: Int
        var done: Int
        var failed: Int
        var waiting: Int
        var running: Int
        var objective: String?
        var maximised: Bool?
        var best: [Point]
        var failures: [SweepSummary.Failed]
        var files: [String]
    }

    func validate() throws {
        guard (1...SweepDescription.mostPoints).contains(top) else {
            throw ValidationError("--top must be from 1 to \(SweepDescription.mostPoints)")
        }
        if noHtml, html != nil { throw ValidationError("--html and --no-html: give one of them") }
    }

    func run() throws {
        try reportingFailures {
            let place = SweepPlace(file: store, output: output)
            let path = store.hasSuffix(".toml") ? place.store : store
            let page = noHtml ? nil : html ?? place.page
            for file in [page, csv].compactMap(\.self) { try OutputFile.check(file, inputs: [path, store]) }
            ProcessProvenance.note(data: path)
            let opened = try SweepStore(path, readOnly: true)
            let table = try SweepTable(opened)
            if let page { try OutputFile.write(try SweepPage(table, opened.summary()).html, to: page, inputs: [path, store]) }
            if let csv { try OutputFile.write(table.csv, to: csv, inputs: [path, store]) }
            let files = [page, csv].compactMap(\.self)
            if json { try Console.json(result(table, path, files)) } else { show(table, path, files) }
        }
    }

    private func result(_ table: SweepTable, _ path: String, _ files: [String]) -> Result {
        Result(
            name: table.name, store: path, points: table.counts.all, done: table.counts.done, failed: table.counts.failed,
            waiting: table.counts.waiting, running: table.counts.running, objective: table.objective?.path,
            maximised: table.objective?.isMaximised,
            best: table.ranking.prefix(top).map { point in
                let cells = zip(table.columns, table.cells(point)).compactMap { name, cell in cell.map { (name, $0) } }
                return Result.Point(
                    point: point.point.number, parameters: SweepSummary.parameters(point.point), value: point.value,
                    columns: Dictionary(cells) { $1 }, seconds: point.seconds)
            }, failures: table.failed.map(SweepSummary.Failed.init), files: files)
    }

    private func show(_ table: SweepTable, _ path: String, _ files: [String]) {
        let counts = table.counts
        var head = "\(table.name): \(counts.done) of \(Console.count(counts.all, "point")) done, \(counts.failed) failed"
        if counts.waiting + counts.running > 0 { head += ", \(counts.waiting + counts.running) not run yet" }
        Console.result(head)
        let ranking = table.ranking
        if !ranking.isEmpty {
            var rows = TextTable(
                header: ["point"] + table.parameters + [table.objective?.path].compactMap(\.self) + table.columns)
            for point in ranking.prefix(top) {
                rows.add(
                    row: ["\(point.point.number)"] + point.point.parameters.map { "\($0.value)" }
                        + (table.objective == nil ? [] : [point.value.map(SweepWords.number) ?? ""])
                        + table.cells(point).map { $0.map { $0.number.map(SweepWords.number) ?? "\($0)" } ?? "" })
            }
            Console.result("\n" + rows.text)
            if ranking.count > top { Console.result("… \(ranking.count - top) more; --top lists them") }
        }
        if !table.failed.isEmpty {
            var rows = TextTable(header: ["failed"] + table.parameters + ["attempts", "reason"])
            for point in table.failed.prefix(top) {
                rows.add(
                    row: ["\(point.point.number)"] + point.point.parameters.map { "\($0.value)" }
                        + ["\(point.attempts)", point.failure ?? ""])
            }
            Console.result("\n" + rows.text)
            if table.failed.count > top { Console.result("… \(table.failed.count - top) more; --top lists them") }
        }
        if !files.isEmpty { Console.result("\n" + files.joined(separator: "\n")) }
    }
}
