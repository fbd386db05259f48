import Foundation
import Sweeps
import Testing

/// A sweep file is compared with the program's own commands before its first point.
struct KnownCommandsTests {
    private static let dump = """
        {"command": {"commandName": "larmor", "subcommands": [
            {"commandName": "film", "subcommands": [{"commandName": "loop", "arguments": [
                {"kind": "option", "names": [{"kind": "long", "name": "output"}]},
                {"kind": "option", "names": [{"kind": "long", "name": "damping"}]},
                {"kind": "option", "names": [{"kind": "long", "name": "seed"}]},
                {"kind": "flag", "names": [{"kind": "long", "name": "relax"}]},
                {"kind": "flag", "names": [{"kind": "long", "name": "json"}]},
                {"kind": "flag", "names": [{"kind": "long", "name": "help"}, {"kind": "short", "name": "h"}]}]}]},
            {"commandName": "sweep", "arguments": [{"kind": "flag", "names": [{"kind": "long", "name": "json"}]}]},
            {"commandName": "quiet", "arguments": []}]}}
        """

    private func fault(_ command: String, _ parameters: String = "\"--damping\" = [1]") throws -> String {
        let sweep = try SmallSweep.sweep("command = \(command)\n[parameters]\n\(parameters)", file: "s.toml")
        do {
            return try KnownCommands(dump: Data(Self.dump.utf8)).check(sweep).joined(separator: " ")
        } catch {
            return "\(error)"
        }
    }

    @Test func `a right sweep's command is known by its words`() throws {
        #expect(try fault("[\"film\", \"loop\", \"--seed\", \"3\", \"--output\", \"{folder}/a\"]") == "film loop")
        #expect(try fault("[\"film\", \"loop\"]", "\"--relax\" = [true, false]") == "film loop")
    }

    @Test func `what is no command or no option is told with the nearest one and its line`() throws {
        #expect(
            try fault("[\"flim\", \"loop\"]").contains(
                "s.toml:1: “command” is “flim”, expected a command of larmor; did you mean “film”?"))
        #expect(try fault("[\"ls\"]").contains("expected a command of larmor, one of film, sweep, quiet"))
        #expect(try fault("[\"film\"]").contains("expected a command of “film”, one of loop"))
        #expect(try fault("[\"film\", \"lop\"]").contains("did you mean “loop”?"))
        #expect(try fault("[\"quiet\"]").contains("a command that takes --json"))
        #expect(try fault("[\"sweep\", \"run\", \"s.toml\"]").contains("another command than a sweep itself"))
        #expect(
            try fault("[\"film\", \"loop\", \"--sed\", \"3\"]").contains(
                "“--sed”, expected an option of “film loop”; did you mean “--seed”?"))
        #expect(
            try fault("[\"film\", \"loop\"]", "\"--dampng\" = [1]").contains(
                "s.toml:3: unknown key “--dampng”; did you mean “--damping”?"))
    }

    @Test func `options that the sweep gives itself, that stand twice or are of another kind are refused`() throws {
        #expect(try fault("[\"film\", \"loop\"]", "\"--json\" = [true]").contains("the sweep gives this one itself"))
        #expect(try fault("[\"film\", \"loop\", \"--help\"]").contains("the sweep gives its own"))
        #expect(try fault("[\"film\", \"loop\", \"--damping=3\"]").contains("leave one of them out"))
        #expect(try fault("[\"film\", \"loop\"]", "\"--relax\" = [1]").contains("it is a flag of “film loop”"))
        #expect(try fault("[\"film\", \"loop\"]", "\"--damping\" = [true]").contains("it takes a value"))
    }

    @Test func `points that would all write one file are refused`() throws {
        let remedy = "a place of each point's own: --output {folder}/a.csv"
        #expect(try fault("[\"film\", \"loop\", \"--output\", \"x/a.csv\"]").contains(remedy))
        #expect(try fault("[\"film\", \"loop\", \"--output=x/a.csv\"]").contains(remedy))
        #expect(try fault("[\"film\", \"loop\", \"--output\", \"/dev/null\"]") == "film loop")
    }
}
