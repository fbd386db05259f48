import Signals

/// A tournament of the microbial genetic algorithm: of two neighbours on a ring the loser takes genes of the winner and mutates.
///
/// - Source: I. Harvey, "The microbial genetic algorithm", ECAL 2009.
struct Tournament: Sendable {
    /// Chance of each gene of the loser to become the winner's.
    var recombination: Double
    /// Chance of each gene to mutate.
    var mutation: Double
    /// Share of the ring in which an opponent is looked for.
    var deme: Double

    /// - Parameters:
    ///   - count: members of the ring, two or more.
    ///   - genes: of a member.
    ///   - firstWins: whether the first of two members does.
    /// - Returns: the genes of the loser's offspring, and who won and lost.
    func offspring(
        among count: Int, genes: (Int) -> [Double], firstWins: (Int, Int) -> Bool, _ random: inout SplitMix64
    ) -> (genes: [Double], winner: Int, loser: Int) {
        let first = random.integer(below: count)
        let reach = min(count - 1, max(1, Int((deme * Double(count)).rounded())))
        let second = (first + 1 + random.integer(below: reach)) % count
        let (winner, loser) = firstWins(first, second) ? (first, second) : (second, first)
        var child = genes(loser)
        let best = genes(winner)
        for gene in child.indices where random.uniform() < recombination { child[gene] = best[gene] }
        mutate(&child, &random)
        return (child, winner, loser)
    }

    /// Moves genes by normal steps of a tenth of their range, drawn again until they lie inside; one at least.
    private func mutate(_ genes: inout [Double], _ random: inout SplitMix64) {
        guard !genes.isEmpty else { return }
        let sure = random.integer(below: genes.count)
        for gene in genes.indices where random.uniform() < mutation || gene == sure {
            var value = genes[gene]
            repeat { value = genes[gene] + 0.1 * random.normal() } while !(0...1).contains(value)
            genes[gene] = value
        }
    }
}
