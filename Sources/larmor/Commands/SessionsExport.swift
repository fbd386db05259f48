public import ArgumentParser
import Logging
public import Sessions

struct SessionsExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a recording for other programs, one file per stream.",
        discussion: """
            Missing frames are refused by formats of uniform rate unless --gaps annotate fills them with zeros under an
            annotation. Example: larmor sessions export sessions/first --format bdf --output exported
            """)

    @Argument(help: "A session folder, or a file of XDF, EDF, BDF or BrainVision.")
    var session: String

    @Option(help: "edf, bdf, brainvision, wav, flac, bids, csv or npy.")
    var format: SessionExport.Format

    @Option(help: "The folder to write to.")
    var output: String

    @Option(help: "error or annotate.")
    var gaps: GapPolicy = .error

    @Option(help: "Only this stream; may be given more than once.")
    var stream: [String] = []

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var files: [SessionExport.File]
        var skipped: [SessionExport.Skipped]
        var remarks: [String]
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let recording = try Recording(contentsOf: session)
            for remark in recording.remarks { log.warning("\(session): \(remark)") }
            var progress = ProgressLine("exporting")
            let export = try SessionExport(
                recording, as: format, to: output, gaps: gaps, streams: stream.isEmpty ? nil : stream
            ) { done, of in
                progress.show(Double(done) / Double(of), "\(done) of \(of) streams")
                return !StopRequest.isRequested
            }
            progress.done()
            if json {
                try Console.json(Result(files: export.files, skipped: export.skipped, remarks: recording.remarks))
            } else {
                var table = TextTable("file", "stream", "rate Hz", "measured Hz", "frames", "filled")
                for file in export.files {
                    table.add(
                        file.path, file.stream, Console.number(file.rateHz, digits: 2),
                        file.measuredRateHz.map { Console.number($0, digits: 4) } ?? "–", "\(file.frames)",
                        "\(file.filledFrames)")
                }
                Console.result(table.text)
                for skipped in export.skipped { Console.result("skipped  \(skipped.stream): \(skipped.reason)") }
            }
            if StopRequest.isRequested { throw StopRequest.exitCode }
        }
    }
}

extension SessionExport.Format: ExpressibleByArgument {}
extension GapPolicy: ExpressibleByArgument {}
