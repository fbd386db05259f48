import Signals

/// The microbial genetic algorithm: of two neighbours on a ring the loser takes genes of the winner and mutates.
///
/// A mutated gene moves by a normal step of a tenth of its range, drawn again until it lies inside.
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
        let count = members.count
        let first = random.integer(below: count)
        let reach = min(count - 1, max(1, Int((settings.deme * Double(count)).rounded())))
        let second = (first + 1 + random.integer(below: reach)) % count
        let firstWins = members[first].error <= members[second].error
        let (winner, loser) = firstWins ? (first, second) : (second, first)
        var child = members[loser].genes
        for gene in child.indices where random.uniform() < settings.recombination { child[gene] = members[winner].genes[gene] }
        child.mutate(chance: settings.mutation, &random)
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

extension [Double] {
    /// Moves genes by normal steps of a tenth of their range; one at least.
    mutating func mutate(chance: Double, _ random: inout SplitMix64) {
        guard !isEmpty else { return }
        let sure = random.integer(below: count)
        for gene in indices where random.uniform() < chance || gene == sure {
            var value = self[gene]
            repeat { value = self[gene] + 0.1 * random.normal() } while !(0...1).contains(value)
            self[gene] = value
        }
    }
}
