import TeamLearning
import Testing

/// Rules of Cleanup, on maps made for them.
struct CleanupTests {
    @Test func `the study's map has the parts that are published`() {
        let map = CleanupMap.study
        func count(_ kind: Character) -> Int { map.lines.joined().count { $0 == kind } }
        #expect(map.rows == 25 && map.columns == 18)
        #expect(count("P") == 10 && count("S") == 12 && count("B") == 103)
        #expect(map.lines[1] == "@RRRRRR     BBBBB@" && map.lines[8] == "@HHHHHHSSSSSSBBBB@")
        #expect(map.lines[13] == "@HHHHHH P   BBBBB@" && map.lines[23] == "@HHHH       BBBBB@")
    }

    @Test(arguments: [
        [], ["@@@", "@P@"], ["@@@", "@P ", "@@@"], ["@@@", "@X@", "@@@"], ["@@@", "@ @", "@@@"], ["@@@", "@P@", "@@"],
    ])
    func `a map that cannot be played on is refused`(lines: [String]) {
        #expect(throws: TeamLearningError.self) { try CleanupMap(lines) }
    }

    /// One agent in a corridor: what it does, and what is where.
    private func corridor(_ line: String, _ agents: Int = 1) throws -> Cleanup {
        let wall = String(repeating: "@", count: line.count)
        var game = try Cleanup(CleanupMap([wall, line, wall]), .solo(agents))
        // Until all face right.
        for seed in 0..<10_000 {
            game.reset(seed: UInt64(seed))
            if game.facing.allSatisfy({ $0 == 1 }), zip(game.places, game.places.dropFirst()).allSatisfy({ $0 < $1 }) { break }
        }
        #expect(game.facing.allSatisfy { $0 == 1 })
        return game
    }

    private func text(_ game: Cleanup) -> String {
        String(decoding: game.world[game.map.columns..<2 * game.map.columns], as: UTF8.self)
    }

    @Test func `the cleaning beam turns the first waste in its way into river, as far as five cells`() throws {
        var near = try corridor("@P  HHRRRRRRRRRRRRRRRRRRRR@")
        near.play([8])
        // New waste may have come somewhere; the first waste is gone, the second is not.
        #expect(near.cleaned == [1] && text(near).hasPrefix("@   RH"))
        near.play([8])
        #expect(near.cleaned == [2])
        var far = try corridor("@P     HRRRRRRRRRRRRRRRRRRR@")
        far.play([8])
        #expect(far.cleaned == [0])
    }

    @Test func `fire costs the shooter 1 and the first one hit 50`() throws {
        var game = try corridor("@P P P @", 3)
        game.play([7, 4, 4])
        #expect((0..<3).map { game.reward(at: $0) } == [-1, -50, 0])
        game.play([7, 7, 4])
        #expect((0..<3).map { game.reward(at: $0) } == [-1, -51, -50])
    }

    @Test func `nobody walks through walls or through others`() throws {
        var game = try corridor("@PP @", 2)
        let start = game.places
        // Facing right, up is ahead: the first one cannot pass the second unless that moves on.
        game.play([2, 4])
        #expect(game.places == start)
        game.play([2, 2])
        #expect(game.places == start.map { $0 + 1 })
        game.play([2, 2])
        #expect(game.places == start.map { $0 + 1 }, "a wall ahead of the second one")
        game.play([2, 3])
        #expect(game.places == start.map { $0 + 1 }, "two that would change places")
    }

    @Test func `nothing grows where two fifths of the river or more are waste`() throws {
        var game = try Cleanup(CleanupMap(["@@@@@@@@", "@HHRRRP@", "@BBBBBB@", "@@@@@@@@"]), .solo(1))
        game.reset(seed: 1)
        for _ in 0..<500 { game.play([4]) }
        #expect(game.wasteDensity == 0.4 && !game.world.contains(UInt8(ascii: "A")))
    }

    @Test func `in a clean river an apple comes to each cell with probability one in twenty`() throws {
        // No river at all: its density is 0.
        var game = try Cleanup(CleanupMap(["@@@@@@@@", "@BBBBBB@", "@BBBBBP@", "@@@@@@@@"]), .solo(1))
        var (came, could) = (0, 0)
        for seed in 0..<300 {
            game.reset(seed: UInt64(seed))
            for _ in 0..<10 {
                could += 11 - game.world.count { $0 == UInt8(ascii: "A") }
                let before = game.world.count { $0 == UInt8(ascii: "A") }
                game.play([4])
                came += game.world.count { $0 == UInt8(ascii: "A") } - before
            }
        }
        #expect(abs(Double(came) / Double(could) - 0.05) < 0.005)
    }

    @Test func `agents turn and a step of an episode ends it`() throws {
        var game = try Cleanup(.small, .solo(2), horizon: 3)
        game.reset(seed: 4)
        let facing = game.facing
        game.play([5, 6])
        #expect(game.facing == [(facing[0] + 1) % 4, (facing[1] + 3) % 4])
        game.play([6, 5])
        #expect(game.facing == facing && !game.isOver)
        game.play([4, 4])
        #expect(game.isOver)
    }

    @Test func `random games keep their rules`() throws {
        for seed in 0..<4 {
            var game = try Cleanup(.study, .equal(teams: 2, size: 3))
            game.reset(seed: UInt64(seed))
            var generator = SystemlessNumbers(state: UInt64(seed) + 1)
            for _ in 0..<1000 {
                game.play((0..<6).map { _ in Int(generator.next() % 9) })
                #expect(Set(game.places).count == 6)
                #expect(game.places.allSatisfy { game.world[$0] != UInt8(ascii: "@") })
                #expect((0..<6).allSatisfy { (0..<game.rules.tableStates).contains(game.state(at: $0)) })
            }
            #expect(zip(game.world, game.map.cells).allSatisfy { ($0 == UInt8(ascii: "@")) == ($1 == UInt8(ascii: "@")) })
            #expect(game.isOver)
        }
    }
}

/// Xorshift: none of the games' own random numbers.
private struct SystemlessNumbers {
    var state: UInt64
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state >> 8
    }
}
