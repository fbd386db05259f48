public import ArgumentParser
import Foundation
import Logging
import Outputs
import Replay
public import Sessions

struct SessionsExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a recording for other programs, one file per stream.",
        discussion: """
            Times of a session's samples are computed from its whole wire log, so the first ones are as exact as the rest.
            Second 0 of an export, which --from and --to count from too, is the recording's earliest stamp. Event log, annotations, \
            info, verify and replay count from the session's start, some milliseconds away. The export says how many, in its \
            result and in the files (csv, npy: time.json; xdf: session_start_s; BrainVision: comment; BIDS: _eeg.json). \
            EDF, BDF, BrainVision and BIDS place markers by the samples of their own file.
            Formats of uniform rate refuse missing frames, unless --gaps annotate writes zeros under an annotation or \
            --gaps discontinuous leaves them out (EDF+D, BDF+D, BrainVision).
            A BIDS data set grows: a second export to the same folder adds a recording.
            What devices told of themselves is no marker of the subject: it is written as “device/headset started 1” in EDF and BDF, \
            as markers of the type “device” in BrainVision, as the trial type “device” in BIDS, as the kind “device” in markers.csv, \
            and as a stream of its own in XDF.
            Types of channels are the first word of EDF and BDF labels (“EOG left”), a column of BIDS, a property in BrainVision.
            Example: larmor sessions export sessions/first --format bdf --output exported
            Example: larmor sessions export sessions/first --format brainvision --from 0.5 --to 1.5 --rate 100 --output part
            Example: larmor sessions export sessions/first --format edf --stream headset.accelerometer --rate 25 --output motion
            Example: larmor sessions export sessions/first --format bids --output dataset --subject 02 --task rest --run 1 \
            --anonymise 02
            """)

    @Argument(help: "A session folder, or a file of XDF, EDF, BDF, BrainVision, WAV or OpenBCI's text.")
    var session: String

    @Option(help: "edf, bdf, brainvision, xdf, wav, flac, bids, csv or npy.")
    var format: SessionExport.Format

    @Option(help: "The folder to write to.")
    var output: String

    @Option(help: "error, annotate or discontinuous (edf, bdf and brainvision).")
    var gaps: GapPolicy = .error

    /// Where the times of a session's samples come from.
    enum Stamps: String, CaseIterable, ExpressibleByArgument { case fitted, recorded }

    @Option(help: "fitted (to the whole wire log) or recorded (as in recording.xdf, computed while it was written).")
    var stamps: Stamps = .fitted

    @Option(help: "Only this stream; may be given more than once.")
    var stream: [String] = []

    @OptionGroup var bids: BIDSOptions
    @OptionGroup var anonymisation: AnonymisationOptions
    @Option(help: "Only from this second on, counted from the recording's second 0.")
    var from: Double?

    @Option(help: "Only up to this second, counted from the recording's second 0; it is not included.")
    var to: Double?

    @Option(help: "Only these channels, by their labels with commas between them, in this order; may be given more than once.")
    var channels: [String] = []

    @Option(
        help:
            "Hz to which streams are brought: regular ones by a band-limited interpolation, steady irregular ones by straight lines."
    )
    var rate: Double?

    @Flag(help: "Leave out what devices told of themselves (“headset started 1”).")
    var withoutDeviceEvents = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let from, let to, from >= to { throw ValidationError("--from \(from) is not before --to \(to)") }
        if let rate, !(rate >= 0.001 && rate <= 10_000_000) {
            throw ValidationError("--rate \(rate) is no rate for a file: expected 0.001 to 10000000 Hz")
        }
        _ = try bids.naming(for: format, pseudonym: anonymisation.anonymise)
        if [.wav, .flac].contains(format) {
            try GivenOptions.refuse(
                ["--without-device-events"], "is for formats with markers, which \(format.rawValue) has not")
        }
        if [.csv, .npy, .xdf].contains(format) {
            try GivenOptions.refuse(["--gaps"], "is for formats of uniform rate, which \(format.rawValue) is not")
        }
        if !SessionManifest.isThere(session) { try GivenOptions.refuse(["--stamps"], "is for sessions; \(session) is a file") }
    }

    /// The labels; one with a comma in it is given as it is.
    private func selection(_ recording: Recording) -> RecordingSelection {
        let known = Set(recording.tracks.flatMap(\.labels))
        let labels = channels.flatMap { text in
            known.contains(text) ? [text] : text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return RecordingSelection(from: from, to: to, channels: channels.isEmpty ? nil : labels, rate: rate)
    }

    private struct Result: Encodable {
        var files: [SessionExport.File]
        var skipped: [SessionExport.Skipped]
        /// What the times of the files count from.
        var time: ExportedTime?
        var remarks: [String]
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            try OutputPlace.checkFolder(output)
            var progress = ProgressLine("exporting")
            let clocks =
                stamps == .recorded
                ? nil
                : SessionClocks(session: session) { part in
                    progress.show(0.5 * part, "reading the wire logs")
                    return !StopRequest.isRequested
                }
            if StopRequest.isRequested { throw StopRequest.exitCode }
            var recording = try Recording(contentsOf: session, clocks: clocks?.clocks ?? [:])
            recording.remarks += clocks?.remarks ?? []
            if withoutDeviceEvents { recording = recording.withoutDeviceEvents }
            recording = anonymisation.applied(to: recording)
            recording = try recording.selecting(selection(recording), path: session)
            for remark in recording.remarks { log.warning("\(session): \(remark)") }
            let export = try SessionExport(
                recording, as: format, to: output, gaps: gaps, streams: stream.isEmpty ? nil : stream,
                bids: bids.naming(for: format, pseudonym: anonymisation.anonymise)
            ) { done, of in
                progress.show(0.5 + 0.5 * Double(done) / Double(of), "\(done) of \(of) streams")
                return !StopRequest.isRequested
            }
            progress.done()
            for file in export.files { for remark in file.remarks { log.warning("\(file.path): \(remark)") } }
            if json {
                try Console.json(
                    Result(files: export.files, skipped: export.skipped, time: export.time, remarks: recording.remarks))
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
                if let time = export.time {
                    let seconds = Console.number(time.zeroAfterSessionStartS, digits: 6)
                    Console.result(
                        "time     second 0 is \(seconds) s after the session's start" + (time.zeroUtc.map { ", \($0)" } ?? ""))
                }
            }
            if StopRequest.isRequested { throw StopRequest.exitCode }
        }
    }
}

extension SessionExport.Format: ExpressibleByArgument {}
extension GapPolicy: ExpressibleByArgument {}
