import ArgumentParser
import Foundation
import MagneticFilm

struct FilmValidate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Compares films with other programs, papers and exact formulas.",
        discussion: """
            Example: larmor film validate --quick

            Checks the founding study's published run cell by cell, muMAG's standard problems 2, 3 and 4, one spin, the order of \
            each integrator, energy and the demagnetising tensor. Exit code 0: all pass; 1: one does not.
            """)

    @Flag(help: "Only what takes less than 20 seconds in all.")
    var quick = false

    @Option(help: "Folder with film-record and mumag. Default: shared/data in or above this folder.")
    var data: String?

    @Option(help: "Threads.")
    var threads = min(8, ProcessInfo.processInfo.activeProcessorCount)

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Skipped: Encodable {
        var name: String
        var reason: String
    }

    private struct Result: Encodable {
        var checks: [FilmCheck] = []
        var skipped: [Skipped] = []
        var pass = true
        var seconds = 0.0
    }

    func validate() throws {
        guard (1...256).contains(threads) else { throw ValidationError("--threads must be from 1 to 256") }
        if let data, !FileManager.default.fileExists(atPath: data) { throw ValidationError("there is no folder \(data)") }
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let folder = data ?? SharedData.folder
            let groups = FilmValidation.groups.filter { $0.isQuick || !quick }
            let total = groups.reduce(0) { $0 + $1.seconds }
            let start = ContinuousClock.now
            var progress = ProgressLine("validating")
            var result = Result()
            var done = 0.0
            for group in groups {
                let context = FilmCheckGroup.Context(
                    data: folder.map { URL(fileURLWithPath: $0) }, threads: threads
                ) { fraction in
                    progress.show((done + group.seconds * fraction) / total, group.name)
                    return !StopRequest.isRequested
                }
                if let reason = group.obstacle(context) {
                    result.skipped.append(Skipped(name: group.name, reason: reason))
                } else if context.progress(0) {
                    let checks = try group.run(context)
                    if StopRequest.isRequested { break }
                    result.checks += checks
                }
                done += group.seconds
            }
            progress.done()
            result.pass = result.checks.allSatisfy(\.pass)
            result.seconds = (ContinuousClock.now - start) / .seconds(1)
            if json { try Console.json(result) } else { show(result) }
            if StopRequest.isRequested {
                Console.note("larmor: stopped; the table has what was done")
                throw StopRequest.exitCode
            }
            if !result.pass { throw ExitCode.failure }
        }
    }

    private func show(_ result: Result) {
        var table = TextTable("quantity", "ours", "reference", "tolerance", "verdict")
        for check in result.checks {
            table.add(
                check.name, check.value.map { String(format: "%.9g", $0) } ?? "none", String(format: "%.9g", check.reference),
                String(format: "%.2g", check.tolerance), check.pass ? "pass" : "FAIL")
        }
        for skipped in result.skipped { table.add(skipped.name, "–", "–", "–", "skipped: \(skipped.reason)") }
        Console.result(table.text)
        let sources = Set(result.checks.map(\.source)).sorted()
        Console.result("\nReferences:\n" + sources.map { "  \($0)" }.joined(separator: "\n"))
        let failed = result.checks.count { !$0.pass }
        let skipped = result.skipped.isEmpty ? "" : ", \(Console.count(result.skipped.count, "group")) skipped"
        Console.result(
            "\n\(Console.count(result.checks.count, "check")), \(failed) failed\(skipped); \(Console.number(result.seconds, digits: 1)) s: "
                + (result.pass ? "pass" : "FAIL"))
    }
}
