import Glibc
import Signals

/// Looks for individuals that behave like no other so far: a microbial search whose winner is the more novel one.
///
/// Novelty is the mean distance to the nearest `neighbours` among the population and an archive, in the space of behaviours. Whoever is
/// more novel than a threshold enters the archive; the threshold falls where nobody enters, and rises where many do.
///
/// - Source: M. Dale et al., "A substrate-independent framework to characterize reservoir computers", Proc. R. Soc. A 475 (2019) 20180723
///   (CHARC: kernel rank, generalisation rank, memory capacity); J. Lehman, K. O. Stanley, Evol. Comput. 19 (2011) 189.
public struct NoveltySearch: SearchStrategy {
    public struct Settings: Sendable, Equatable {
        public var population: Int
        public var neighbours: Int
        public var recombination = 0.5
        public var mutation = 0.1
        public var deme = 0.2
        /// Novelty from which an individual enters the archive, at first.
        public var threshold: Double
        /// Individuals after which the threshold is looked at.
        public var period: Int

        public init(population: Int = 20, neighbours: Int = 10, threshold: Double = 3, period: Int = 100) {
            precondition(population >= 2 && neighbours >= 1 && period >= 1, "a population, neighbours and a period")
            (self.population, self.neighbours) = (population, neighbours)
            (self.threshold, self.period) = (threshold, period)
        }
    }

    private struct Member { var genes: [Double], behaviour: [Double] }

    private let settings: Settings
    private let genes: Int
    private var random: SplitMix64
    private var members: [Member] = []
    /// Behaviours that were new when they came.
    public private(set) var archive: [[Double]] = []
    public private(set) var threshold: Double
    private var proposed = 0
    private var answered = 0
    private var entered = 0
    private var open: [(genes: [Double], place: Int)] = []

    public init(genes: Int, _ settings: Settings = Settings(), seed: UInt64) {
        (self.genes, self.settings, random) = (genes, settings, SplitMix64(seed: seed))
        threshold = settings.threshold
    }

    public mutating func propose() -> [Double] {
        let child: [Double]
        let place: Int
        if proposed < settings.population || members.count < 2 {
            child = (0..<genes).map { _ in random.uniform() }
            place = proposed
        } else {
            let first = random.integer(below: members.count)
            let reach = min(members.count - 1, max(1, Int((settings.deme * Double(members.count)).rounded())))
            let second = (first + 1 + random.integer(below: reach)) % members.count
            let firstWins = novelty(members[first].behaviour) >= novelty(members[second].behaviour)
            let (winner, loser) = firstWins ? (first, second) : (second, first)
            var genes = members[loser].genes
            for gene in genes.indices where random.uniform() < settings.recombination {
                genes[gene] = members[winner].genes[gene]
            }
            genes.mutate(chance: settings.mutation, &random)
            (child, place) = (genes, loser)
        }
        proposed += 1
        open.append((child, place))
        return child
    }

    /// Mean distance to the nearest behaviours that are known, itself apart.
    private func novelty(_ behaviour: [Double]) -> Double {
        var distances = (members.map(\.behaviour) + archive).map { Self.distance($0, behaviour) }
        distances.sort()
        // Its own distance, 0, comes first.
        let nearest = distances.dropFirst().prefix(settings.neighbours)
        return nearest.isEmpty ? .infinity : nearest.reduce(0, +) / Double(nearest.count)
    }

    private static func distance(_ a: [Double], _ b: [Double]) -> Double {
        guard a.count == b.count, !a.isEmpty else { return 0 }
        return zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    public mutating func learn(error: Double, behaviour: [Double]) {
        precondition(!open.isEmpty, "an answer without a proposal")
        let (genes, place) = open.removeFirst()
        answered += 1
        let isKnown = behaviour.allSatisfy(\.isFinite) && !behaviour.isEmpty
        // One that failed behaves like nobody, and is no example.
        let member = Member(genes: genes, behaviour: isKnown ? behaviour : members.first?.behaviour ?? [])
        if place < members.count { members[place] = member } else { members.append(member) }
        if isKnown, novelty(behaviour) > threshold {
            archive.append(behaviour)
            entered += 1
        }
        guard answered % settings.period == 0 else { return }
        threshold *= entered == 0 ? 0.95 : entered > settings.period / 10 ? 1.1 : 1
        entered = 0
    }

    /// How many cells of a grid over the space of behaviours were reached.
    /// - Parameter size: edge of a cell; the study's is 10.
    public static func coverage(_ behaviours: [[Double]], size: Double = 10) -> Int {
        Set(behaviours.filter { $0.allSatisfy(\.isFinite) }.map { $0.map { floor($0 / size) } }).count
    }
}
