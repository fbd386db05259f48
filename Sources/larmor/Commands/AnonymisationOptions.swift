import ArgumentParser
import Sessions

/// What an export takes out of a recording before it is given away.
struct AnonymisationOptions: ParsableArguments {
    @Option(help: "Takes out who, when and where: this name stands for the subject, dates and sound are left out.")
    var anonymise: String?

    @Option(help: "With --anonymise: moves the date by these days instead of leaving it out; -36500, say.")
    var shiftDays: Int?

    @Flag(help: "With --anonymise: keeps the sound, which tells who speaks.")
    var keepAudio = false

    func validate() throws {
        if anonymise == nil, shiftDays != nil || keepAudio {
            throw ValidationError("--shift-days and --keep-audio need --anonymise NAME")
        }
        if let anonymise, anonymise.isEmpty { throw ValidationError("--anonymise needs a name to stand for the subject") }
        if let shiftDays, !(-1_000_000...1_000_000).contains(shiftDays) {
            throw ValidationError("--shift-days is at most 1000000 days")
        }
    }

    func applied(to recording: Recording) -> Recording {
        guard let anonymise else { return recording }
        return recording.anonymised(.init(pseudonym: anonymise, shiftDays: shiftDays, keepsAudio: keepAudio))
    }
}
