import ArgumentParser
import Recognition
import SignalFeatures

/// How EEG becomes features for a recogniser without sound.
struct EEGFrontEndOptions: ParsableArguments {
    enum FrontEnd: String, ExpressibleByArgument, CaseIterable { case krishna, envelope }

    @Option(
        help:
            "Read the EEG of the corpus' sessions and no sound, with these features: krishna, or envelope (how loud the sound was, as a linear decoder reads it)."
    )
    var frontEnd: FrontEnd?

    @Flag(help: "With --front-end: read the sound, too.")
    var withSound = false

    @Option(help: "With --front-end: frequency of the mains in Hz, which notches take out; 0 for no notches (default: 50).")
    var line: Double?

    @Option(
        help: "With --front-end: what channels are measured against: none, average, or channels such as 9,10 (default: none).")
    var reference: String?

    @Option(help: "With --front-end: EOG and EMG channels such as 7,8, to be regressed out of the others.")
    var auxiliary: String?

    @Option(help: "With --front-end krishna: components of the kernel PCA, 0 to go without it (default: 30).")
    var components: Int?

    @Flag(help: "With --front-end: an input layer of its own for each session, which takes up what differs from day to day.")
    var sessionLayer = false

    @Flag(help: "With --front-end: as many strings of each session in every epoch.")
    var balanceSessions = false

    /// Options of sound, which would do nothing here.
    private static let ofSound = [
        "--speech", "--eeg", "--preset", "--perturb", "--align-with", "--framewise", "--rate", "--babble",
    ]
    private static let ofSoundAlone = ["--speech", "--eeg", "--align-with"]
    private static let own = [
        "--with-sound", "--session-layer", "--balance-sessions", "--line", "--reference", "--auxiliary", "--components",
    ]

    var readsEEGAlone: Bool { frontEnd != nil && !withSound }

    func check() throws {
        guard frontEnd != nil else { return try GivenOptions.refuse(Self.own, "needs --front-end") }
        if withSound, sessionLayer { throw ValidationError("--session-layer is for EEG alone, without --with-sound") }
        if withSound {
            try GivenOptions.refuse(Self.ofSoundAlone, "is of no use with --front-end: EEG stands in a corpus")
        } else {
            try GivenOptions.refuse(Self.ofSound, "is of no use with --front-end: EEG alone is read (or give --with-sound)")
        }
        if frontEnd != .krishna { try GivenOptions.refuse(["--components"], "needs --front-end krishna") }
        guard line.map({ $0 == 0 || (10...1000).contains($0) }) ?? true else {
            throw ValidationError("--line is 50, 60, or 0 for none")
        }
        guard (0...1024).contains(components ?? 0) else { throw ValidationError("--components is a number from 0 to 1024") }
        _ = try settings()
    }

    func settings() throws -> EEGCorpus.Settings {
        var settings = EEGCorpus.Settings()
        settings.preset = frontEnd == .envelope ? .envelope : .krishna
        if let line { settings.line = line == 0 ? nil : line }
        switch reference {
        case nil, "none": break
        case "average": settings.reference = .average
        case let list?: settings.reference = .channels(try Self.channels(list, "--reference"))
        }
        if let auxiliary { settings.auxiliary = try Self.channels(auxiliary, "--auxiliary").sorted() }
        if let components { settings.components = components }
        return settings
    }

    /// Counted from 1 on the command line, from 0 inside.
    private static func channels(_ text: String, _ option: String) throws -> [Int] {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.allSatisfy({ ($0 ?? 0) >= 1 }), Set(numbers).count == numbers.count else {
            throw ValidationError("\(option) is a list of channels, counted from 1, such as 7,8; found “\(text)”")
        }
        return numbers.compactMap { $0.map { $0 - 1 } }
    }
}
