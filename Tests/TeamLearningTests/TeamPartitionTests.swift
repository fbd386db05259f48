import Failures
import Foundation
import Settings
import TeamLearning
import Testing

/// Who shares rewards with whom, as a text or a file says it.
struct TeamPartitionTests {
    private let scratch = Scratch()

    @Test func `texts say teams by size and by label`() throws {
        func read(_ text: String, _ agents: Int? = nil) throws(TeamLearningError) -> TeamPartition {
            try TeamPartition(
                text, agents: agents, standard: 4, devices: ["a", "b", "a", "b"], kinds: ["bias", "bias", "gain", "gain"])
        }
        #expect(try read("2x3").teamOfAgent == [0, 0, 0, 1, 1, 1])
        #expect(try read("2x3").text == "2x3")
        #expect(try read("solo").teamOfAgent == [0, 1, 2, 3])
        #expect(try read("all").members == [[0, 1, 2, 3]])
        #expect(try read("device").members == [[0, 2], [1, 3]])
        #expect(try read("device").names == ["a", "b"])
        #expect(try read("kind").members == [[0, 1], [2, 3]])
        #expect(TeamPartition(teams: [5, 2, 5]).teamOfAgent == [0, 1, 0])
        #expect(TeamPartition(teams: [5, 2, 5]).text == "2+1")
        for text in ["", "x", "3", "3x", "x3", "0x2", "-1x2", "2x2x2", "3×2", "9999x9999", "everyone"] {
            #expect(throws: TeamLearningError(.notTeams(text))) { try read(text) }
        }
        #expect(throws: TeamLearningError(.otherCount("2x3", agents: 6, expected: 4))) { try read("2x3", 4) }
        #expect(throws: TeamLearningError(.noLabels("device"))) { try TeamPartition("device", agents: 4, standard: 4) }
    }

    private func file(_ text: String) throws -> TeamPartition {
        try text.write(toFile: scratch("teams.toml"), atomically: true, encoding: .utf8)
        return try TeamPartition(contentsOf: scratch("teams.toml"), agents: ["agent-0", "agent-1", "agent-2"])
    }

    @Test func `a file says teams by names`() throws {
        let found = try file(
            """
            [[team]]
            name = "right"
            agents = ["agent-2", "agent-0"]
            [[team]]
            agents = ["agent-1"]
            """)
        #expect(found.teamOfAgent == [0, 1, 0] && found.names == ["right", "team-1"])
    }

    @Test(arguments: [
        ("[[team]]\nagents = [\"agent-0\", \"agent-1\"]", "agent-2"),
        ("[[team]]\nagents = [\"agent-0\", \"agent-1\", \"agent-3\"]", "agent-3"),
        ("[[team]]\nagents = [\"agent-0\", \"agent-1\", \"agent-2\", \"agent-1\"]", "one team only"),
        ("[[team]]\nagents = []", "at least one"), ("[[team]]\nagent = []", "did you mean “agents”"),
        ("[[team]]\nagents = \"agent-0\"", "a list"), ("[[team]]\nagents = [1]", "names"), ("team = 3", "[[team]]"),
        ("", "agent-0"), ("[[team]]\nname = \"a\"\nagents = [\"agent-0\"]\n[[team]]\nname = \"a\"\nagents = []", "already"),
    ])
    func `a file that forgets an agent, or names one wrongly, is refused with its place`(text: String, words: String) throws {
        let error = #expect(throws: SettingsError.self) { try file(text) }
        let message = error?.description ?? ""
        #expect(message.contains("teams.toml") && message.contains(words), "\(message)")
    }

    @Test func `credo weights are parts of one`() throws {
        #expect(try Credo("0.2,0.8,0") == Credo(own: 0.2, team: 0.8, system: 0))
        for text in ["", "1", "1,1,0", "-1,2,0", "a,b,c", "nan,0,1", "0.5,0.5,0,0", "inf,0,0"] {
            #expect(throws: TeamLearningError.self) { try Credo(text) }
        }
    }

    @Test func `a game's name is known, or the known ones are told`() throws {
        for (name, _, _) in TeamGame.all { #expect(throws: Never.self) { try TeamGame(named: name) } }
        let error = #expect(throws: TeamLearningError.self) { try TeamGame(named: "chess") }
        #expect(error?.kind == .usage && error?.description.contains("mini-cleanup") == true)
        #expect(throws: TeamLearningError(.tooManyAgents("cleanup", most: 10))) { try Cleanup(.study, .solo(11)) }
    }
}
