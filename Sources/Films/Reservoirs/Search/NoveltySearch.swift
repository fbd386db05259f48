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

    private struct Member {
        /// Of its proposal.
        var number: Int
        var genes: [Double]
        /// nil for one that failed: it behaves like nobody, and is no example.
        var behaviour: [Double]?
    }

    private let settings: Settings
    private let genes: Int
    private var random: SplitMix64
    private var members: [Member] = []
    private var entries: [(number: Int, behaviour: [Double])] = []
    /// Behaviours that were new when they came.
    public var archive: [[Double]] { entries.map(\.behaviour) }
    public private(set) var threshold: Double
    private var proposed = 0
    private var answered = 0
    private var entered = 0
    private var open: [(number: Int, genes: [Double], place: Int)] = []

    public init(genes: Int, _ settings: Settings = Settings(), seed: UInt64) {
        (self.genes, self.settings, random) = (genes, settings, SplitMix64(seed: seed))
        threshold = settings.threshold
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
            among: members.count, genes: { members[$0].genes },
            firstWins: { novelty(members[$0]) >= novelty(members[$1]) }, &random)
        self.random = random
        return (SearchProposal(child, parents: [members[winner].number, members[loser].number]), loser)
    }

    /// Of one that failed less than that of any other.
    private func novelty(_ member: Member) -> Double {
        member.behaviour.map { novelty($0, of: member.number) } ?? -.infinity
    }

    /// Mean distance to the nearest behaviours that are known, itself apart; each individual counts once.
    private func novelty(_ behaviour: [Double], of number: Int) -> Double {
        var distances: [Double] = []
        let kept = Set(entries.map(\.number))
        for member in members where member.number != number && !kept.contains(member.number) {
            if let other = member.behaviour { distances.append(Self.distance(other, behaviour)) }
        }
        for entry in entries where entry.number != number { distances.append(Self.distance(entry.behaviour, behaviour)) }
        distances.sort()
        let nearest = distances.prefix(settings.neighbours)
        return nearest.isEmpty ? .infinity : nearest.reduce(0, +) / Double(nearest.count)
    }

    private static func distance(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    @discardableResult
    public mutating func learn(error: Double, behaviour: [Double]) -> SearchLesson {
        precondition(!open.isEmpty, "an answer without a proposal")
        let (number, genes, place) = open.removeFirst()
        answered += 1
        let isKnown = behaviour.allSatisfy(\.isFinite) && !behaviour.isEmpty
        let member = Member(number: number, genes: genes, behaviour: isKnown ? behaviour : nil)
        if place < members.count { members[place] = member } else { members.append(member) }
        var lesson = SearchLesson()
        if isKnown {
            let novelty = novelty(behaviour, of: number)
            lesson = SearchLesson(novelty: novelty.isFinite ? novelty : nil, isArchived: novelty > threshold)
        }
        if lesson.isArchived {
            entries.append((number, behaviour))
            entered += 1
        }
        if answered % settings.period == 0 {
            threshold *= entered == 0 ? 0.95 : entered > settings.period / 10 ? 1.1 : 1
            entered = 0
        }
        return lesson
    }
}
