import ArgumentParser
import Catalog
import Foundation

struct SessionsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the sessions in folders, by subject, device, date or text.",
        discussion: """
            Looks through the folders and everything below them. A damaged session is listed with the reason.
            Example: larmor sessions list sessions --subject S01 --text "alpha blink*"
            """)

    @Argument(help: "Folders of session folders.")
    var folders = ["sessions"]

    @Option(help: "Only sessions of this subject.")
    var subject: String?

    @Option(help: "Only sessions with this device or driver.")
    var device: String?

    @Option(help: "Only sessions recorded on or after this day or moment, in UTC (2026-11-25 or 2026-11-25T18:30:00Z).")
    var from: String?

    @Option(help: "Only sessions recorded on this day or before, or before this moment.")
    var to: String?

    @Option(
        help: """
            Only sessions in which all these words occur: in subject, note, recognised words, prompts, markers or annotations. \
            A word may end with *.
            """)
    var text: String?

    @OptionGroup var options: CatalogOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        for (name, value) in [("--from", from), ("--to", to)] {
            if let value, CalendarMoment(value) == nil {
                throw ValidationError("\(name) is a day or a moment in UTC, like 2026-11-25 or 2026-11-25T18:30:00Z")
            }
        }
    }

    private struct Listing: Encodable { var sessions: [SessionListEntry] }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let query = CatalogQuery(
                subject: subject, device: device, from: from.flatMap { CalendarMoment($0)?.begin },
                before: to.flatMap { CalendarMoment($0)?.end }, text: text)
            let entries = try options.entries(options.open(), in: folders, query)
            if json { return try Console.json(Listing(sessions: entries.map(SessionListEntry.init))) }
            guard !entries.isEmpty else { return Console.result("No such session is in \(folders.joined(separator: ", ")).") }
            var table = TextTable("session", "recorded", "seconds", "state", "subject", "rig", "devices", "size")
            for entry in entries {
                table.add(
                    entry.session, entry.created.ISO8601Format(),
                    entry.seconds.map { Console.number($0, digits: 1) } ?? "–", entry.state.rawValue,
                    entry.subjects.isEmpty ? "–" : entry.subjects.joined(separator: ", "), entry.rig,
                    entry.devices.joined(separator: ", "), Console.bytes(entry.bytes))
            }
            Console.result(table.text)
            for entry in entries {
                if let problem = entry.problem { Console.result("\(entry.state.rawValue)  \(entry.session): \(problem)") }
            }
        }
    }
}
