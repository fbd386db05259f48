import ArgumentParser
import Sessions

/// Where an export stands in a BIDS data set.
struct BIDSOptions: ParsableArguments {
    @Option(help: "bids: label of the subject (sub-); by default the pseudonym of --anonymise, the recording's subject, or 01.")
    var subject: String?

    @Option(help: "bids: label of the session (ses-); none by default.")
    var bidsSession: String?

    @Option(help: "bids: label of the task; “recording” by default.")
    var task: String?

    @Option(help: "bids: number of the run, from 1; none by default.")
    var run: Int?

    @Option(help: "bids: frequency of the mains, hertz.")
    var lineFrequency: Double?

    @Option(help: "bids: the reference electrode.")
    var reference: String?

    @Option(help: "bids: the ground electrode.")
    var ground: String?

    private var given: [String] {
        [
            ("--subject", subject != nil), ("--bids-session", bidsSession != nil), ("--task", task != nil),
            ("--run", run != nil),
            ("--line-frequency", lineFrequency != nil), ("--reference", reference != nil), ("--ground", ground != nil),
        ].filter(\.1).map(\.0)
    }

    /// - Parameter pseudonym: what stands for the subject of an anonymised recording; it names the files, too.
    /// - Throws: for options that another format would ignore, numbers that cannot be, and a subject beside another pseudonym.
    func naming(for format: SessionExport.Format, pseudonym: String? = nil) throws -> BIDSNaming {
        if format != .bids, let first = given.first { throw ValidationError("\(first) is for --format bids") }
        if let lineFrequency, !(lineFrequency >= 1 && lineFrequency <= 1000) {
            throw ValidationError("--line-frequency is from 1 to 1000 hertz")
        }
        var naming = BIDSNaming()
        (naming.subject, naming.session, naming.run) = (subject, bidsSession, run)
        if let task { naming.task = task }
        (naming.lineFrequency, naming.reference, naming.ground) = (lineFrequency, reference, ground)
        guard let pseudonym, format == .bids else { return naming }
        guard let label = BIDSNaming.label(of: pseudonym) else {
            throw ValidationError("--anonymise \(pseudonym): a BIDS data set names files by it; it needs a letter or a digit")
        }
        // Files by a name that is not to be known would tell it.
        guard subject == nil || subject == label else {
            throw ValidationError(
                "--subject is not what --anonymise says: files are called by the pseudonym, sub-\(label); leave --subject out")
        }
        naming.subject = label
        return naming
    }
}
