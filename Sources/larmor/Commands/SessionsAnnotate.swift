import ArgumentParser
import Foundation
import Sessions

struct SessionsAnnotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate", abstract: "Adds a remark to a session, for the whole of it or for one moment.",
        discussion: """
            The remark is stored in the session's annotations.jsonl. verify checks it, list finds it, and with --at it \
            becomes a marker in exports.
            Example: larmor sessions annotate sessions/first "electrode Cz touched" --at 2.5
            """)

    @Argument(help: "The session folder.")
    var session: String

    @Argument(help: "The remark.")
    var text: String

    @Option(help: "Seconds from the session's start.")
    var at: Double?

    @Option(help: "Seconds that it lasts, from --at on.")
    var duration: Double?

    @Option(help: "Another subject under which list finds the session; may be given more than once.")
    var subject: [String] = []

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var session: String
        var annotations: Int
    }

    func run() throws {
        try reportingFailures {
            try SessionAnnotations.add(
                SessionAnnotation(created: Date(), text: text, at: at, duration: duration, subjects: subject),
                to: session)
            let count = SessionAnnotations(folder: session).annotations.count
            if json { return try Console.json(Result(session: session, annotations: count)) }
            Console.result("annotated  \(session), \(count) annotation\(count == 1 ? "" : "s") now")
        }
    }
}
