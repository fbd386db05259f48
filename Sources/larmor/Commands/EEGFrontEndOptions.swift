import ArgumentParser
import Recognition
import SignalFeatures

/// How EEG becomes features for a recogniser without sound.
struct EEGFrontEndOptions: ParsableArguments {
    enum FrontEnd: String, ExpressibleByArgument, CaseIterable { case krishna }

    @Option(help: "Read EEG and no sound, with these features: krishna.")
    var frontEnd: FrontEnd?

    @Option(help: "With --front-end: frequency of the mains in Hz, which notches take out; 0 for no notches (default: 50).")
    var line: Double?

    @Option(
        help: "With --front-end: what channels are measured against: none, average, or channels such as 9,10 (default: none).")
    var reference: String?

    @Option(help: "With --front-end: EOG and EMG channels such as 7,8, to be regressed out of the others.")
    var auxiliary: String?

    @Option(help: "With --front-end: components of the kernel PCA, 0 to go without it (default: 30).")
    var components: Int?

    /// Options of sound, which would do nothing here.
    private static let ofSound = ["--speech", "--eeg", "--preset", "--perturb", "--align-with", "--framewise", "--rate"]
    private static let own = ["--line", "--reference", "--auxiliary", "--components"]

    func check() throws {
        guard frontEnd != nil else { return try GivenOptions.refuse(Self.own, "needs --front-end") }
        try GivenOptions.refuse(Self.ofSound, "is of no use with --front-end: EEG alone is read")
        guard line.map({ $0 == 0 || (10...1000).contains($0) }) ?? true else {
            throw ValidationError("--line is 50, 60, or 0 for none")
        }
        guard (0...1024).contains(components ?? 0) else { throw ValidationError("--components is a number from 0 to 1024") }
        _ = try settings()
    }

    func settings() throws -> EEGCorpus.Settings {
        var settings = EEGCorpus.Settings()
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
