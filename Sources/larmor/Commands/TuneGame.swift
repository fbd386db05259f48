import ArgumentParser
import Foundation
import Plots
import TeamLearning

struct TuneGame: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "game", abstract: "Agents in teams learn a game; compares team sizes.",
        discussion: """
            Each agent learns for itself, from the mean reward of its team (or what --credo says). Each kind of teams is learned with every \
            seed. The last quarter of the steps is measured: reward of an agent and step with its 95 % interval over seeds, equality (1 − Gini), \
            specialisation (0: all do the same, 1: everybody does one thing and all things are done equally), entropy of the policies, and how \
            well an agent's own action shows in its team's reward: signal-to-noise ratio and information. “random” are agents that do anything.
            Games: \(Self.games).
            A team file has [[team]] tables with name and agents = ["agent-0", …].
            Example: larmor tune game mini-cleanup --seeds 2
            Example: larmor tune game ipd --teams 5x5 --credo 0,0,1 --seeds 2
            Example: larmor tune game mini-cleanup --teams solo,3x8,all --seeds 2 --plot teams.svg
            """)

    private static let games = TeamGame.all.map { "\($0.name) (\($0.about))" }.joined(separator: "; ")

    @Argument(help: "The game.")
    var name: String

    @Option(
        help: "Teams x size as 3x8, solo, all or a team file (.toml); several with commas. Default: the game's own list.")
    var teams: String?

    @Option(help: "Agents, where --teams does not say it.")
    var agents: Int?

    @Option(help: "How agents learn: q, a table of values.")
    var learner = "q"

    @Option(help: "What rewards are learned from: weights of self, team and system.")
    var credo = "0,1,0"

    @Flag(help: "Learn from what the team's reward would have lacked had the agent been idle; --credo does nothing then.")
    var difference = false

    @Option(help: "Steps; the game's own number where none is given.")
    var steps: Int?

    @Option(help: "How many seeds.")
    var seeds = 8

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "Rate of learning, 0 to 1; the game's own where none is given.")
    var rate: Double?

    @Option(help: "Discount of later rewards, 0 to below 1; the game's own where none is given.")
    var discount: Double?

    @Option(help: "Threads; the numbers do not depend on them.")
    var threads = 2

    @Option(help: "A folder in which trainings are kept as they run; those that are there go on, to the same bytes.")
    var resume: String?

    @Option(help: "Draw reward by team size, and entropy, as .svg or .png.")
    var plot: String?

    @Option(help: "Draw the course of learning, as .svg or .png.")
    var plotCourse: String?

    @Flag(help: "Also the share of each action of each agent.")
    var roles = false

    @Flag(help: "Serve the game on standard input and output instead: one line of JSON for each request.")
    var serve = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard learner == "q" else { throw ValidationError("--learner is q; found “\(learner)”") }
        guard (1...1000).contains(seeds) else { throw ValidationError("--seeds must be 1 to 1000") }
        guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
        if let steps, !(4...1_000_000_000).contains(steps) { throw ValidationError("--steps must be 4 to 1,000,000,000") }
        if let agents, !(1...TeamPartition.mostAgents).contains(agents) {
            throw ValidationError("--agents must be 1 to \(TeamPartition.mostAgents)")
        }
        if let rate, !(rate > 0 && rate <= 1) { throw ValidationError("--rate must be above 0, up to 1") }
        if let discount, !(discount >= 0 && discount < 1) { throw ValidationError("--discount must be 0 to below 1") }
        if let plot { try PictureFile.check(plot, "--plot") }
        if let plotCourse { try PictureFile.check(plotCourse, "--plot-course") }
        if difference { try GivenOptions.refuse(["--credo"], "does nothing with --difference") }
        if serve {
            try GivenOptions.refuse(
                [
                    "--learner", "--credo", "--difference", "--steps", "--seeds", "--seed", "--rate", "--discount", "--threads",
                    "--resume", "--plot", "--plot-course", "--roles", "--json",
                ], "does nothing with --serve: the client decides")
            if teams?.contains(",") == true { throw ValidationError("--serve takes one kind of teams") }
        }
    }

    func run() throws {
        try reportingFailures {
            let game = try TeamGame(named: name)
            let asked = teams.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
            let partitions = try (asked ?? (serve ? ["solo"] : standard(game))).map {
                (label: $0, teams: try partition($0, game))
            }
            if serve { return try answerLines(game, partitions[0].teams) }
            var settings = game.standardTraining
            settings.credo = try Credo(credo)
            settings.signal = difference ? .difference : .credo
            if let steps { settings.steps = steps }
            if let rate { settings.learner.rate = rate }
            if let discount { settings.learner.discount = discount }
            ProcessProvenance.note(seed: seed)
            try PictureFile.prepare(plot)
            try PictureFile.prepare(plotCourse)
            StopRequest.install()
            let start = ContinuousClock.now
            var random = settings
            random.exploration = .constant(1)
            let numbers = (0..<seeds).map { seed &+ UInt64($0) }
            let study = TeamStudy(game, settings, seeds: numbers, threads: threads)
            let folder = try resume.map { try TrainingFolder($0) }
            var progress = ProgressLine(name)
            var outcomes: [TeamStudy.Outcome] = []
            for (index, (label, teams)) in partitions.enumerated() {
                progress.show(Double(index) / Double(partitions.count + 1), label)
                outcomes.append(try finished(study.outcome(label, teams, in: folder, note: { !StopRequest.isRequested })))
            }
            progress.show(Double(partitions.count) / Double(partitions.count + 1), "random")
            let baseline = try finished(
                TeamStudy(game, random, seeds: numbers, threads: threads).outcome(
                    "random", partitions[0].teams, in: folder, note: { !StopRequest.isRequested }))
            progress.done()
            let report = GameReport(
                game: name, learner: learner, settings: settings, seeds: seeds, outcomes: outcomes, baseline: baseline,
                actions: try game.rules(partitions[0].teams).actions,
                seconds: (ContinuousClock.now - start) / .seconds(1))
            if let plot {
                let picture = TeamPictures.bySize(outcomes, game: name, random: baseline.reward.mean)
                try PictureFile.write(picture.svg, to: plot)
            }
            if let plotCourse {
                let picture = TeamPictures.course(outcomes, game: name, steps: settings.steps)
                try PictureFile.write(picture.svg, to: plotCourse)
            }
            if json { try report.json() } else { report.show(roles: roles) }
        }
    }

    /// The game's own list, or where --agents says another number: all equal sizes that it can be divided into.
    private func standard(_ game: TeamGame) -> [String] {
        guard let agents, agents != game.standardAgents else { return game.standardTeams }
        return (1...agents).filter { agents % $0 == 0 }.map { "\(agents / $0)x\($0)" }
    }

    private func finished(_ outcome: TeamStudy.Outcome?) throws -> TeamStudy.Outcome {
        guard let outcome else { throw StopRequest.exitCode }
        return outcome
    }

    private func partition(_ text: String, _ game: TeamGame) throws -> TeamPartition {
        if text.hasSuffix(".toml") {
            ProcessProvenance.note(data: text)
            let names = (0..<(agents ?? game.standardAgents)).map { "agent-\($0)" }
            return try TeamPartition(contentsOf: text, agents: names)
        }
        return try TeamPartition(text, agents: agents, standard: game.standardAgents)
    }

    private func answerLines(_ game: TeamGame, _ teams: TeamPartition) throws {
        try game.serve(
            teams, next: { readLine() },
            write: { StandardStream.output.write(Array(($0 + "\n").utf8), patience: nil) })
    }
}
