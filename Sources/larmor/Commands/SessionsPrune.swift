import ArgumentParser
import Catalog
import Foundation

struct SessionsPrune: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Deletes sessions by age, damage or number; without --yes it only shows which.",
        discussion: """
            Only folders that hold a Larmor session and nothing else are deleted, and none that is being recorded. \
            A link NAME.xdf that `record --control` has set beside a session goes with it.
            Example: larmor sessions prune sessions --older-than 90 --keep 20
            """)

    @Argument(help: "Folders of session folders.")
    var folders = ["sessions"]

    @Option(help: "Sessions recorded more than this number of days ago.")
    var olderThan: Double?

    @Flag(help: "Sessions that list calls damaged.")
    var damaged = false

    @Flag(help: "Sessions that fail verification; reads every byte of all sessions.")
    var failing = false

    @Option(help: "Always keep the newest N sessions; used alone, delete all others.")
    var keep: Int?

    @Flag(help: "Delete; without this flag nothing is deleted.")
    var yes = false

    @OptionGroup var options: CatalogOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if olderThan == nil, !damaged, !failing, keep == nil {
            throw ValidationError("choose what to delete: --older-than DAYS, --damaged, --failing or --keep N")
        }
        if let olderThan, !(olderThan >= 0 && olderThan < 1e6) { throw ValidationError("--older-than must be 0 or more") }
        if let keep, keep < 0 { throw ValidationError("--keep must be 0 or more") }
    }

    private struct Result: Encodable {
        struct Session: Encodable {
            var session: String
            var created: String
            var bytes: Int
            var reason: String
            var links: [String]
        }
        var deleted: Bool
        var bytes: Int
        var sessions: [Session]
        var refused: [SessionPruning.Refused]
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let catalog = try options.open()
            let entries = try options.entries(catalog, in: folders)
            var rules = SessionPruning.Rules()
            rules.before = olderThan.map { Date(timeIntervalSinceNow: -$0 * 86_400) }
            (rules.damaged, rules.failing, rules.keep) = (damaged, failing, keep)
            var progress = ProgressLine("looking at sessions")
            let pruning = SessionPruning(entries, rules) { done in
                progress.show(Double(done) / Double(max(1, entries.count)), "\(done) of \(entries.count)")
                return !StopRequest.isRequested
            }
            progress.done()
            if StopRequest.isRequested { throw StopRequest.exitCode }
            if yes {
                for candidate in pruning.candidates {
                    if StopRequest.isRequested { throw StopRequest.exitCode }
                    try SessionPruning.remove(candidate.session)
                }
                // Where the catalogue cannot be written, the next listing finds that they are gone.
                for folder in folders { _ = try? catalog.refresh(folder) }
            }
            try show(pruning)
        }
    }

    private func show(_ pruning: SessionPruning) throws {
        if json {
            let sessions = pruning.candidates.map {
                Result.Session(
                    session: $0.session, created: $0.created.ISO8601Format(), bytes: $0.bytes, reason: $0.reason,
                    links: $0.links)
            }
            return try Console.json(
                Result(deleted: yes, bytes: pruning.bytes, sessions: sessions, refused: pruning.refused))
        }
        for refused in pruning.refused { Console.result("stays    \(refused.session): \(refused.reason)") }
        guard !pruning.candidates.isEmpty else { return Console.result("Nothing to delete.") }
        var table = TextTable("session", "recorded", "size", "why")
        for candidate in pruning.candidates {
            table.add(
                candidate.session, candidate.created.ISO8601Format(), Console.bytes(candidate.bytes), candidate.reason)
        }
        let count = "\(pruning.candidates.count) session\(pruning.candidates.count == 1 ? "" : "s")"
        Console.result(
            table.text + "\n\n\(count), \(Console.bytes(pruning.bytes)): "
                + (yes ? "deleted" : "would go; nothing was deleted, --yes deletes them"))
    }
}
