import Foundation
import Testing

/// `larmor tune` as a user calls it.
struct TuneCommandTests {
    private struct Mean: Decodable, Equatable {
        struct Ends: Decodable, Equatable { var low: Double, high: Double }
        var mean: Double
        var interval_95: Ends

        // The decoder makes "interval95" of it.
        enum CodingKeys: String, CodingKey {
            case mean
            case interval_95 = "interval95"
        }
    }

    private struct Outcome: Decodable, Equatable {
        var teams: String
        var sizes: [Int]
        var reward: Mean
        var equality: Double?
        var policyEntropy: Mean
        var roles: [[Double]]
        var more: [String: Mean]
    }

    private struct Result: Decodable {
        var game: String
        var teams: String
        var learner: String
        var seeds: Int
        var reward: Mean
        var equality: Double?
        var roles: [[Double]]
        var actions: [String]
        var outcomes: [Outcome]
        var baselines: [String: Mean]
    }

    @Test func `a game compares teams, beside agents that do anything`() throws {
        let found = try Larmor.run(
            "tune", "game", "mini-cleanup", "--teams", "solo,3x8,all", "--seeds", "2", "--json"
        ).json(Result.self)
        #expect(found.game == "mini-cleanup" && found.learner == "q" && found.seeds == 2 && found.teams == "3x8")
        #expect(found.outcomes.map(\.teams) == ["solo", "3x8", "all"] && found.outcomes.map(\.sizes.count) == [24, 3, 1])
        #expect(found.actions == ["harvest", "clean"] && found.roles.count == 24 && found.equality != nil)
        #expect(found.reward == found.outcomes[1].reward && found.reward.interval_95.low < found.reward.mean)
        #expect((found.baselines["random"]?.mean ?? 1) < found.reward.mean)
    }

    @Test func `the numbers depend on the seed and on nothing else`() throws {
        func outcomes(_ more: String...) throws -> [Outcome] {
            try RunningLarmor(
                ["tune", "game", "ipd", "--teams", "3x2", "--steps", "500", "--seeds", "3", "--json"] + more
            ).wait().json(Result.self).outcomes
        }
        let once = try outcomes("--threads", "1")
        #expect(try outcomes("--threads", "3") == once)
        #expect(try outcomes("--seed", "2") != once)
        #expect(once[0].more.keys.sorted() == ["cooperate_between", "cooperate_within"])
    }

    @Test func `a table, pictures and a team file`() throws {
        let folder = try temporaryFolder("tune")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "[[team]]\nname = \"odd\"\nagents = [\"agent-0\", \"agent-2\"]\n[[team]]\nagents = [\"agent-1\"]\n".write(
            toFile: folder + "/teams.toml", atomically: true, encoding: .utf8)
        let found = try Larmor.run(
            "tune", "game", "mini-cleanup", "--agents", "3", "--teams", "teams.toml,all", "--steps", "400", "--seeds", "2",
            "--roles",
            "--plot", "sizes.svg", "--plot-course", "course.svg", in: folder)
        #expect(found.status == 0, "\(found.messages)")
        for word in ["teams.toml", "random", "equality", "best:", "odd", "agent-2", "harvest"] {
            #expect(found.output.contains(word), "\(word)")
        }
        for name in ["sizes.svg", "course.svg"] {
            #expect(try String(contentsOfFile: folder + "/" + name, encoding: .utf8).contains("<svg"))
        }
        try "[[team]]\nagents = [\"agent-0\", \"agent-2\"]\n".write(
            toFile: folder + "/teams.toml", atomically: true, encoding: .utf8)
        let refused = try Larmor.run(
            "tune", "game", "mini-cleanup", "--agents", "3", "--teams", "teams.toml", in: folder)
        #expect(refused.status == 65 && refused.messages.contains("agent-1"))
    }

    @Test(arguments: [
        (["tune", "game", "chess"], 64, "mini-cleanup"), (["tune", "game", "ipd", "--teams", "3x"], 64, "3x2"),
        (["tune", "game", "ipd", "--teams", "1x1"], 64, "at least 2"),
        (["tune", "game", "ipd", "--credo", "1,1,1"], 64, "sum of 1"),
        (["tune", "game", "cleanup", "--teams", "11x1"], 64, "10 agents"),
        (["tune", "game", "ipd", "--teams", "device"], 64, "no device"),
        (["tune", "game", "ipd", "--teams", "no.toml"], 66, "no such file"),
        (["tune", "game", "ipd", "--learner", "dqn"], 64, "--learner"),
        (["tune", "game", "ipd", "--plot", "x.txt"], 64, ".svg"),
        (["tune", "game", "ipd", "--steps", "0"], 64, "--steps"), (["tune", "game", "ipd", "--agents", "0"], 64, "--agents"),
        (["tune", "game", "ipd", "--rate", "nan"], 64, "--rate"),
        (["tune", "game", "ipd", "--discount", "1"], 64, "--discount"),
    ])
    func `what cannot be is refused with a conventional code`(words: [String], code: Int, text: String) throws {
        let found = try RunningLarmor(words).wait()
        #expect(Int(found.status) == code && found.messages.contains(text), "\(found.messages)")
    }

    @Test func `a game is served line by line`() throws {
        let input = Pipe()
        let running = try RunningLarmor(
            ["tune", "game", "mini-cleanup", "--agents", "2", "--teams", "all", "--serve"], input: input)
        input.fileHandleForWriting.write(Data("{\"reset\": 1}\n{\"actions\": [0, 1]}\nnonsense\n".utf8))
        try input.fileHandleForWriting.close()
        let lines = running.wait().output.split(separator: "\n")
        #expect(lines.count == 3 && lines.last?.contains("error") == true)
        #expect(lines.dropFirst().first?.contains("\"rewards\":[1,0]") == true)
    }
}
