import Foundation
import TeamLearning
import Testing

/// Games behind lines of JSON.
struct GameServerTests {
    private func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func `a served game describes itself, begins and steps`() throws {
        var server = GameServer(MiniCleanup(agents: 3))
        let about = try object(server.answer("{\"describe\": true}"))
        #expect(
            about["name"] as? String == "mini-cleanup" && about["agents"] as? [String] == ["agent-0", "agent-1", "agent-2"])
        #expect(about["observation"] as? [Int] == [11])
        let begun = try object(server.answer("{\"reset\": 5}"))
        #expect((begun["observations"] as? [[Double]])?.map { $0.reduce(0, +) } == [1, 1, 1])
        let step = try object(server.answer("{\"actions\": [0, 0, 1]}"))
        #expect(step["rewards"] as? [Double] == [1, 1, 0] && step["over"] as? Bool == false)
    }

    @Test(arguments: [
        "", "{}", "[]", "nonsense", "{\"actions\": [0, 0]}", "{\"actions\": [0, 0, 2]}", "{\"actions\": [0, 0, -1]}",
        "{\"actions\": \"all\"}", "{\"reset\": -1}", "{\"reset\": 1e99}", "{\"actions\": [0.5, 0, 0]}",
    ])
    func `a request that is not understood is answered by an error and changes nothing`(line: String) throws {
        var server = GameServer(MiniCleanup(agents: 3))
        _ = server.answer("{\"reset\": 5}")
        var untouched = server
        #expect(try object(server.answer(line))["error"] is String)
        #expect(server.answer("{\"actions\": [0, 1, 0]}") == untouched.answer("{\"actions\": [0, 1, 0]}"))
    }

    @Test func `a game that has not begun says so`() throws {
        var server = GameServer(MiniCleanup(agents: 1))
        #expect(try object(server.answer("{\"actions\": [0]}"))["error"] is String)
    }

    @Test(
        .enabled(if: Python.hasPettingZoo, "needs LARMOR_PYTHON with pettingzoo"),
        arguments: [["mini-cleanup"], ["cleanup", "3x2"], ["cleanup-small", "2x2"], ["ipd", "3x2"]])
    func `PettingZoo's tests of the parallel interface and of seeds pass`(words: [String]) throws {
        let (status, output) = try Python.run([Python.folder + "/larmor_parallel_env.py", Python.gameStand] + words)
        #expect(status == 0 && String(decoding: output, as: UTF8.self).contains("passed"))
    }
}
