package import Foundation
package import Settings

/// The commands and options of this program, as its parser tells them, so that a sweep file's faults are found before its first point.
package struct KnownCommands: Sendable {
    private struct Tool: Decodable { var command: Node }
    private struct Node: Decodable {
        var commandName: String
        var subcommands: [Node]?
        var arguments: [Argument]?
    }
    private struct Argument: Decodable {
        struct Name: Decodable { var kind: String, name: String }
        var kind: String
        var names: [Name]?
    }

    private let root: Node

    /// - Parameter dump: what `larmor --experimental-dump-help` prints.
    package init(dump: Data) throws { root = try JSONDecoder().decode(Tool.self, from: dump).command }

    /// Options that the sweep gives itself, or that print something else than a result.
    private static let reserved = ["--json", "--help", "--version", "--log-level"]
    /// Options whose file or folder would be written by every point.
    private static let outputs = ["--output", "--plot", "--checkpoint", "--snapshots", "--record", "--link", "--html", "--csv"]

    /// - Returns: the words of the command alone: ["film", "loop"].
    /// - Throws: `SettingsError` at the command's or the parameter's line.
    @discardableResult
    package func check(_ sweep: SweepDescription) throws(SettingsError) -> [String] {
        func fault(_ value: String, _ expected: String) -> SettingsError {
            SettingsError(
                file: sweep.file, line: sweep.lines["command"] ?? 0,
                reason: .invalidValue(key: "command", value: value, expected: expected))
        }
        let (node, words) = try leaf(sweep.command, fault)
        let name = words.joined(separator: " ")
        if words.first == "sweep" { throw fault(name, "another command than a sweep itself") }
        var options: [String: Argument] = [:]
        for argument in node.arguments ?? [] {
            for option in argument.names ?? [] where option.kind == "long" { options["--" + option.name] = argument }
        }
        guard options["--json"] != nil else { throw fault(name, "a command that takes --json") }
        let known = options.keys.filter { !Self.reserved.contains($0) }.sorted()
        for word in sweep.command.dropFirst(words.count) where word.hasPrefix("--") {
            let option = String(word.prefix { $0 != "=" })
            if Self.reserved.contains(option) { throw fault(option, "no such option: the sweep gives its own") }
            guard options[option] == nil else { continue }
            throw fault(
                option, "an option of “\(name)”" + (nearestName(to: option, in: known).map { "; did you mean “\($0)”?" } ?? ""))
        }
        for parameter in sweep.parameters { try check(parameter, sweep, options, known, name) }
        try checkOutputs(sweep, fault)
        return words
    }

    /// The command with its words.
    private func leaf(
        _ command: [String], _ fault: (String, String) -> SettingsError
    ) throws(SettingsError) -> (Node, [String]) {
        var (node, words) = (root, [String]())
        while let children = node.subcommands?.filter({ $0.commandName != "help" }), !children.isEmpty {
            let names = children.map(\.commandName)
            let given = command.count > words.count ? command[words.count] : nil
            guard let given, let child = children.first(where: { $0.commandName == given }) else {
                let place = words.isEmpty ? "a command of larmor" : "a command of “\(words.joined(separator: " "))”"
                let nearest = given.flatMap { nearestName(to: $0, in: names) }.map { "; did you mean “\($0)”?" }
                throw fault(
                    (words + [given].compactMap(\.self)).joined(separator: " "),
                    place + (nearest ?? ", one of \(names.joined(separator: ", "))"))
            }
            (node, words) = (child, words + [given])
        }
        return (node, words)
    }

    private func check(
        _ parameter: SweepParameter, _ sweep: SweepDescription, _ options: [String: Argument], _ known: [String], _ name: String
    ) throws(SettingsError) {
        func fault(_ reason: SettingsError.Reason) -> SettingsError {
            SettingsError(file: sweep.file, line: sweep.lines[parameter.name] ?? 0, reason: reason)
        }
        func invalid(_ expected: String) -> SettingsError {
            fault(.invalidValue(key: "parameters", value: parameter.name, expected: expected))
        }
        if Self.reserved.contains(parameter.name) { throw invalid("another option: the sweep gives this one itself") }
        guard let option = options[parameter.name] else { throw fault(.unknownKey(parameter.name, known: known)) }
        if sweep.command.contains(where: { $0.prefix { $0 != "=" } == parameter.name }) {
            throw invalid("an option that the command does not give already; leave one of them out")
        }
        let isFlag = option.kind == "flag"
        let flags: Int? =
            if case .list(let values) = parameter.values { values.count { if case .boolean = $0 { true } else { false } } } else
            { 0 }
        guard isFlag ? flags == parameter.count : flags == 0 else {
            throw fault(
                .invalidValue(
                    key: parameter.name, value: "its values",
                    expected: isFlag ? "true, false or both: it is a flag of “\(name)”" : "numbers or texts: it takes a value"))
        }
    }

    /// Points run at the same time: each must write to a place of its own.
    private func checkOutputs(_ sweep: SweepDescription, _ fault: (String, String) -> SettingsError) throws(SettingsError) {
        for (index, word) in sweep.command.enumerated() {
            let option = String(word.prefix { $0 != "=" })
            guard Self.outputs.contains(option), !sweep.parameters.contains(where: { $0.name == option }) else { continue }
            let next = index + 1 < sweep.command.count ? sweep.command[index + 1] : ""
            let value = word.contains("=") ? String(word.drop { $0 != "=" }.dropFirst()) : next
            guard !value.contains("{folder}"), !value.contains("{point}"), !value.hasPrefix("/dev/"), !value.isEmpty else {
                continue
            }
            throw fault(
                "\(option) \(value)",
                "a place of each point's own: \(option) {folder}/\(value.split(separator: "/").last ?? "")")
        }
    }
}
