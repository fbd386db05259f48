import MagneticFilm
public import Reservoirs
import StudyFiles

/// What the individuals of a stored search and their numbers follow from. How many they are and on how many threads they are computed is
/// no part of it.
public struct SearchDescription: Codable, Sendable, Equatable {
    /// The kind of reservoir that is searched in.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case film, esn, nvar
        /// A device of a rig.
        case rig
        /// A continuum film of a file.
        case file
    }

    /// A file that the search reads.
    public struct Source: Codable, Sendable, Equatable {
        /// As it was given.
        public var path: String
        /// Of what counts in it.
        public var sha256: String

        public init(path: String, sha256: String) { (self.path, self.sha256) = (path, sha256) }
    }

    public var method: SearchMethod
    public var seed: UInt64
    /// Proposed before the first of them is answered.
    public var batch = 2
    /// nil where the method has none.
    public var population: Int?
    /// Of a search for novelty.
    public var neighbours: Int?
    /// Of a search for novelty, at first.
    public var threshold: Double?

    public var kind: Kind
    /// Of films.
    public var cells: Int?
    public var films: Int?
    /// Its name.
    public var material: String?
    /// Of networks.
    public var nodes: Int?
    public var rig: Source?
    /// The rig's device.
    public var device: String?
    /// The film of a file.
    public var fileFilm: FileFilm?
    /// Input maps of films and devices; nil for free ones.
    public var input: SearchedInput?
    public var features = StateFeatures()
    /// Readouts by a triangular factor of the states; nil for the sums of their products.
    public var isExact: Bool?

    /// The name of the task whose error is the objective; nil for none.
    public var task: String?
    /// Steps of the task; nil for its own number.
    public var length: Int?
    public var series: Source?
    /// Whether ranks and memory are measured.
    public var hasBehaviour: Bool

    public init(_ method: SearchMethod, seed: UInt64, kind: Kind, task: String?, hasBehaviour: Bool) {
        (self.method, self.seed, self.kind, self.task) = (method, seed, kind, task)
        self.hasBehaviour = hasBehaviour
    }

    /// Takes the numbers of a strategy that the method has a use for.
    public mutating func take(_ sizes: SearchMethod.Sizes) {
        population = [.microbial, .novelty].contains(method) ? sizes.population : nil
        (neighbours, threshold) = method == .novelty ? (sizes.neighbours, sizes.threshold) : (nil, nil)
    }

    /// The strategy at its beginning.
    func strategy(genes: Int) -> any SearchStrategy {
        var sizes = SearchMethod.Sizes(population: population ?? 2)
        sizes.neighbours = neighbours ?? sizes.neighbours
        sizes.threshold = threshold ?? sizes.threshold
        return method.strategy(genes: genes, sizes, seed: seed)
    }

    /// What is wrong with a description that was read from a file; nil when a search can be made of it.
    var problem: String? {
        let ranges: [(String, Int, ClosedRange<Int>)] = [
            ("batch", batch, 1...1024), ("population", population ?? 2, 2...10_000), ("neighbours", neighbours ?? 1, 1...1000),
            ("virtual nodes", features.virtualNodes, 1...64), ("films", films ?? 1, 1...64), ("nodes", nodes ?? 1, 1...10_000),
            ("length", length ?? 1, 1...10_000_000),
        ]
        if let (name, value, range) = ranges.first(where: { !$2.contains($1) }) {
            return "\(name) is \(value), expected \(range.lowerBound) to \(range.upperBound)"
        }
        if let problem = fileFilm?.problem { return problem }
        guard features.delays.allSatisfy({ (1...1000).contains($0) }) else { return "delays are 1 to 1000 steps" }
        guard (threshold ?? 0) >= 0, features.leak > 0, features.leak <= 1 else { return "a threshold or leak out of range" }
        return nil
    }

    /// What differs, in the words of the options.
    public func differences(_ other: SearchDescription) -> [String] {
        let all: [(String, Bool)] = [
            ("--by", method == other.method), ("--seed", seed == other.seed), ("--batch", batch == other.batch),
            ("--population", population == other.population), ("--neighbours", neighbours == other.neighbours),
            ("--threshold", threshold == other.threshold), ("--kind", kind == other.kind), ("--cells", cells == other.cells),
            ("--films", films == other.films), ("--material", material == other.material), ("--nodes", nodes == other.nodes),
            ("--rig", rig?.sha256 == other.rig?.sha256), ("--device", device == other.device),
            ("--input", input == other.input),
            ("--exact", isExact == other.isExact),
            ("--squares", features.hasSquares == other.features.hasSquares),
            ("--delays", features.delays == other.features.delays),
            ("--virtual-nodes", features.virtualNodes == other.features.virtualNodes), ("--task", task == other.task),
            ("--length", length == other.length), ("--series", series?.sha256 == other.series?.sha256),
            ("--behaviour", hasBehaviour == other.hasBehaviour),
        ]
        return (all + FileFilm.differences(fileFilm, other.fileFilm)).filter { !$0.1 }.map(\.0)
    }

    /// The reservoirs that are searched in; nil for a rig's device and for the film of a file, which whoever opens them has.
    /// - Parameters:
    ///   - inputs: of the task.
    ///   - store: for messages.
    /// - Throws: `FilmError`; ``SearchError`` for a description that no command has written.
    public func family(inputs: Int, store: String) throws -> (any ReservoirFamily)? {
        switch kind {
        case .film:
            guard let cells, let films, let material = material.flatMap({ FilmMaterial.known[$0] }) else {
                throw SearchError(path: store, reason: .store(.damaged("the film is not known")))
            }
            var family = try FilmFamily(cells: cells, films: films, material: material)
            family.input = input ?? .free
            return family
        case .esn, .nvar:
            guard let nodes, (1...100_000).contains(nodes) else {
                throw SearchError(path: store, reason: .store(.damaged("the number of nodes is not known")))
            }
            return kind == .esn ? EchoStateFamily(nodes: nodes) : NextGenerationFamily(nodes: nodes, inputs: inputs)
        case .rig, .file: return nil
        }
    }
}
