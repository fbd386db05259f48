import ArgumentParser
import Sessions

struct SessionsRepair: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Closes an interrupted session: cuts incomplete ends off its files.",
        discussion: """
            What was cut is kept beside the file as NAME.cut.
            Example: larmor sessions repair sessions/cut
            """)

    @Argument(help: "The session folder.")
    var session: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        try reportingFailures {
            let repair = try SessionRepair(folder: session)
            if json { return try Console.json(repair) }
            for text in repair.remade { Console.result("remade   \(text)") }
            for cut in repair.cuts { Console.result("cut      \(cut.file): \(Console.count(cut.bytes, "byte"))") }
            for text in repair.remaining { Console.result("stays    \(text)") }
            Console.result("closed   \(session)")
        }
    }
}
