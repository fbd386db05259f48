import ArgumentParser

/// The options that stand on the command line, so that a mode can refuse those that would do nothing in it. A default cannot be told
/// from a given value by the parsed command.
enum GivenOptions {
    /// "--rows", "--json", …; a value never begins like that, because the parser would not take it.
    static let names: Set<String> = {
        let words = CommandLine.arguments.dropFirst().prefix { $0 != "--" }
        return Set(words.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) })
    }()

    static func isGiven(_ option: String) -> Bool { names.contains(option) }

    /// - Parameter reason: follows the option's name: "needs --pulse-t".
    /// - Throws: `ValidationError` for the first of these options that was given.
    static func refuse(_ options: [String], _ reason: String) throws {
        guard let option = options.first(where: isGiven) else { return }
        throw ValidationError("\(option) \(reason)")
    }
}
