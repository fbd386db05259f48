import Glibc
import TeamLearning

// GameStand GAME TEAMS     serves a game on standard input and output (see GameServer)

let words = CommandLine.arguments.dropFirst()
do {
    guard let name = words.first else { exit(64) }
    let game = try TeamGame(named: name)
    let teams = words.dropFirst().first ?? "solo"
    let partition = try TeamPartition(teams, agents: nil, standard: game.standardAgents)
    try game.serve(
        partition, next: { readLine() },
        write: {
            print($0)
            fflush(nil)
        })
} catch {
    print(error)
    exit(1)
}
