import Signals

/// The microbial genetic algorithm: the winner of a `Tournament` is the one with the smaller error.
///
/// - Source: I. Harvey, "The microbial genetic algorithm", ECAL 2009; numbers of ``Settings/study``: MaterialMan/Spinspired, MicrobialGA.m.
public struct MicrobialSearch: SearchStrategy {
    public struct Settings: Sendable, Equatable {
        public var population: Int
        /// Chance of each gene of the loser to become the winner's.
        public var recombination: Double
        /// Chance of each gene to mutate.
        public var mutation: Double
        /// Share of the ring in which an opponent is looked for.
        public var deme: Double

        public init(population: Int = 20, recombination: Double = 0.5, mutation: Double = 0.2, deme: Double = 0.2) {
            precondition(population >= 2, "a tournament needs two")
            (self.population, self.recombination, self.mutation, self.deme) = (population, recombination, mutation, deme)
        }

        /// Of the founding study's script.
        public static let study = Settings(population: 100, recombination: 0.5, mutation: 0.01, deme: 0.1)
    }

    private struct Member {
        /// Of its proposal.
        var number: Int
        var genes: [Double]
        var error: Double
    }

    private let settings: Settings
    private let genes: Int
    private var random: SplitMix64
    private var members: [Member] = []
    private var proposed = 0
    /// Proposals without an answer, and the places that they are to take.
    private var open: [(number: Int, genes: [Double], place: Int)] = []

    public init(genes: Int, _ settings: Settings = Settings(), seed: UInt64) {
        (self.genes, self.settings, random) = (genes, settings, SplitMix64(seed: seed))
    }

    public mutating func propose() -> SearchProposal {
        var proposal: SearchProposal
        let place: Int
        if proposed < settings.population || members.count < 2 {
            proposal = SearchProposal((0..<genes).map { _ in random.uniform() })
            place = proposed
        } else {
            (proposal, place) = tournament()
            proposal.generation = proposed - settings.population + 1
        }
        open.append((proposed, proposal.genes, place))
        proposed += 1
        return proposal
    }

    private mutating func tournament() -> (SearchProposal, place: Int) {
        var random = random
        let (child, winner, loser) = Tournament(
            recombination: settings.recombination, mutation: settings.mutation, deme: settings.deme
        ).offspring(
            among: members.count, genes: { members[$0].genes }, firstWins: { members[$0].error <= members[$1].error }, &random)
        self.random = random
        return (SearchProposal(child, parents: [members[winner].number, members[loser].number]), loser)
    }

    @discardableResult
    public mutating func learn(error: Double, behaviour: [Double]) -> SearchLesson {
        precondition(!open.isEmpty, "an answer without a proposal")
        let (number, genes, place) = open.removeFirst()
        let member = Member(number: number, genes: genes, error: error.isFinite ? error : .infinity)
        if place < members.count { members[place] = member } else { members.append(member) }
        return SearchLesson()
    }
}
