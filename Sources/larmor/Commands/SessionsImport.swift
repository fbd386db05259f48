import Logging
import ArgumentParser
import Outputs
import Sessions

struct SessionsImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Makes a session of a recording that another program made.",
        discussion: """
            The original is kept in the session's folder source/. Markers, other texts and what devices told of themselves are counted \
            each by itself.
            Example: larmor sessions import night.edf --output sessions/night
            """)

    @Argument(help: "A file of XDF (or .xdfz), EDF, BDF, BrainVision (.vhdr), WAV or OpenBCI's text.")
    var file: String

    @Option(help: "The session folder to make.")
    var output: String

    @Option(help: "The subject; by default as the file names it.")
    var subject: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var session: String
        var streams: [SessionVerification.Stream]
        var markers: Int
        var texts: Int
        var deviceEvents: Int
        var remarks: [String]
    }

    func run() throws {
        try reportingFailures {
            try OutputPlace.checkFolder(OutputPlace.folder(above: output))
            let remarks = try SessionImport(file, to: output, subject: subject, version: LarmorVersion.text).remarks
            for remark in remarks { log.warning("\(file): \(remark)") }
            let found = try SessionVerification(folder: output)
            if json {
                return try Console.json(
                    Result(
                        session: output, streams: found.streams, markers: found.markers, texts: found.texts,
                        deviceEvents: found.deviceEvents, remarks: remarks))
            }
            for stream in found.streams {
                Console.result("stream   \(stream.name): \(Console.count(stream.samples, "sample"))")
            }
            Console.result("markers  \(found.markers)")
            if found.texts > 0 { Console.result("texts    \(found.texts)") }
            if found.deviceEvents > 0 { Console.result("device events  \(found.deviceEvents)") }
            Console.result("session  \(output)")
        }
    }
}
