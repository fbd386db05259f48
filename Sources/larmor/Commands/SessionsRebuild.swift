import ArgumentParser
import Catalog

struct SessionsRebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Reads all sessions of folders into the catalogue again.",
        discussion: """
            Rarely needed: other commands read new and changed sessions themselves.
            Example: larmor sessions rebuild sessions
            """)

    @Argument(help: "Folders of session folders.")
    var folders = ["sessions"]

    @OptionGroup var options: CatalogOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var catalog: String?
        var sessions = 0
        var gone = 0
        var seconds = 0.0
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let begin = ContinuousClock.now
            let catalog = try options.open()
            var result = Result(catalog: catalog.path)
            for folder in folders {
                let refresh = try options.refresh(catalog, folder, everything: true)
                result.sessions += refresh.sessions
                result.gone += refresh.gone
            }
            result.seconds = (ContinuousClock.now - begin) / .seconds(1)
            if json { return try Console.json(result) }
            Console.result("sessions  \(result.sessions)")
            if result.gone > 0 { Console.result("gone      \(result.gone)") }
            Console.result("seconds   \(Console.number(result.seconds, digits: 2))")
            if let path = result.catalog { Console.result("catalog   \(path)") }
        }
    }
}
