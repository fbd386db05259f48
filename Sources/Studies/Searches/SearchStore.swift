import GRDB
public import Origin
import Reservoirs
import StudyFiles

/// A search and its individuals, in one SQLite file. One process writes to it: the one that runs the search.
public final class SearchStore: Sendable {
    public let path: String
    private let database: DatabaseQueue

    /// What the store says of the whole search.
    public struct Summary: Sendable, Equatable {
        public var description: SearchDescription
        /// What is searched in, in words.
        public var reservoir: String
        /// Names of the genes.
        public var genes: [String]
        /// That were asked for.
        public var evaluations: Int
        /// Of the run that began it.
        public var provenance: Provenance

        public init(
            description: SearchDescription, reservoir: String, genes: [String], evaluations: Int, provenance: Provenance
        ) {
            (self.description, self.reservoir, self.genes) = (description, reservoir, genes)
            (self.evaluations, self.provenance) = (evaluations, provenance)
        }
    }

    /// Looks whether a file is a store of this form, without touching it.
    /// - Throws: ``SearchError``.
    public static func check(_ path: String) throws(SearchError) {
        do { try StoreFile.checkHeader(path, SearchSchema.form) } catch { throw SearchError(path: path, error) }
    }

    /// Makes a store without individuals, whole or not at all.
    /// - Parameters:
    ///   - path: of the new file.
    ///   - summary: what it says of the search.
    ///   - lock: that holds the file's name.
    /// - Throws: ``SearchError``.
    public static func create(_ path: String, _ summary: Summary, lock: SearchLock? = nil) throws(SearchError) {
        do {
            try StoreFile.create(path, SearchSchema.form, lock: lock?.lock) { database in
                try SearchSchema.create(database)
                let description = summary.description
                try database.execute(
                    sql: """
                        INSERT INTO search (id, version, method, seed, reservoir, settings, genes, evaluations, provenance)
                        VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        summary.provenance.version, description.method.rawValue, "\(description.seed)", summary.reservoir,
                        try StoreFile.json(description), try StoreFile.json(summary.genes), summary.evaluations,
                        try StoreFile.json(summary.provenance),
                    ])
            }
        } catch {
            throw SearchError(path: path, error)
        }
    }

    /// Opens a store that is there.
    /// - Throws: ``SearchError``; a file that is no store, or another version's, stays as it is.
    public init(_ path: String, readOnly: Bool = false) throws(SearchError) {
        self.path = path
        do { database = try StoreFile.open(path, SearchSchema.form, readOnly: readOnly) } catch {
            throw SearchError(path: path, error)
        }
    }

    public func summary() throws(SearchError) -> Summary { try read { try Self.summary($0) } }

    private static func summary(_ database: Database) throws -> Summary {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM search") else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the search is missing")
        }
        let description: SearchDescription = try StoreFile.value(row.checked("settings"))
        if let problem = description.problem { throw StoreFault.damaged(problem) }
        return Summary(
            description: description, reservoir: try row.checked("reservoir"),
            genes: try StoreFile.value(row.checked("genes")), evaluations: try row.checked("evaluations"),
            provenance: try StoreFile.value(row.checked("provenance")))
    }

    /// Checks that the store is of the search that is asked for, and takes the number of evaluations: not fewer than are there.
    /// - Throws: ``SearchError``; then nothing has changed.
    public func adopt(_ wanted: Summary) throws(SearchError) {
        let path = path
        try write { database in
            let stored = try Self.summary(database)
            let (found, own) = (stored.provenance.version, wanted.provenance.version)
            guard found == own else { throw SearchError(path: path, reason: .otherVersion(found, own: own)) }
            let differences = stored.description.differences(wanted.description)
            guard differences.isEmpty else { throw SearchError(path: path, reason: .changed(differences)) }
            // A search that was killed may have left a hole.
            let there = try Int.fetchOne(database, sql: "SELECT max(number) FROM individual") ?? 0
            guard wanted.evaluations >= there else {
                throw SearchError(path: path, reason: .tooMany(there, asked: wanted.evaluations))
            }
            try database.execute(sql: "UPDATE search SET evaluations = ?", arguments: [wanted.evaluations])
        }
    }

    // MARK: Individuals

    /// All that are there, by number.
    public func individuals() throws(SearchError) -> [SearchIndividual] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM individual ORDER BY number").map(Self.individual)
        }
    }

    /// What the genes of one stand for, by their names; empty for one that is not there.
    public func parameters(of number: Int) throws(SearchError) -> [String: Double] {
        try read { database in
            let text = try String.fetchOne(
                database, sql: "SELECT parameters FROM individual WHERE number = ?", arguments: [number])
            return try text.map { try StoreFile.value($0) } ?? [:]
        }
    }

    /// Keeps one that has ended.
    /// - Parameter parameters: what its genes stand for.
    func insert(_ individual: SearchIndividual, parameters: [String: Double]) throws(SearchError) {
        try write { database in
            let result = individual.result
            try database.execute(
                sql: """
                    INSERT INTO individual (number, generation, parents, genes, parameters, seed, objective, training, lambda, kernel_rank,
                        generalisation_rank, memory_capacity, failure_type, failure)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    individual.number, individual.generation, try StoreFile.json(individual.parents),
                    try StoreFile.json(individual.genes), try StoreFile.json(parameters), "\(individual.seed)",
                    result.objective, result.training, result.lambda, result.behaviour?.kernelRank,
                    result.behaviour?.generalisationRank, result.behaviour?.memoryCapacity, result.failureType,
                    result.failure,
                ])
        }
    }

    /// Keeps what the search has learned from individuals.
    func learn(_ lessons: [(number: Int, lesson: SearchLesson)]) throws(SearchError) {
        guard !lessons.isEmpty else { return }
        try write { database in
            for (number, lesson) in lessons {
                try database.execute(
                    sql: "UPDATE individual SET novelty = ?, archived = ? WHERE number = ?",
                    arguments: [lesson.novelty, lesson.isArchived, number])
            }
        }
    }

    private static func individual(_ row: Row) throws -> SearchIndividual {
        var result = IndividualResult()
        result.objective = try row.checkedIfThere("objective")
        (result.training, result.lambda) = (try row.checkedIfThere("training"), try row.checkedIfThere("lambda"))
        if let kernel: Int = try row.checkedIfThere("kernel_rank"),
            let generalisation: Int = try row.checkedIfThere("generalisation_rank"),
            let memory: Double = try row.checkedIfThere("memory_capacity")
        {
            result.behaviour = ReservoirBehaviour(
                kernelRank: kernel, generalisationRank: generalisation, memoryCapacity: memory)
        }
        (result.failureType, result.failure) = (try row.checkedIfThere("failure_type"), try row.checkedIfThere("failure"))
        let archived: Bool? = try row.checkedIfThere("archived")
        let seed: String = try row.checked("seed")
        guard let seed = UInt64(seed) else { throw StoreFault.damaged("“seed” is \(seed)") }
        return SearchIndividual(
            number: try row.checked("number"), generation: try row.checked("generation"),
            parents: try StoreFile.value(row.checked("parents")), genes: try StoreFile.value(row.checked("genes")), seed: seed,
            result: result,
            lesson: try archived.map { SearchLesson(novelty: try row.checkedIfThere("novelty"), isArchived: $0) })
    }

    private func read<T>(_ body: (Database) throws -> T) throws(SearchError) -> T {
        do { return try database.read(body) } catch { throw SearchError(path: path, error) }
    }

    private func write<T>(_ body: (Database) throws -> T) throws(SearchError) -> T {
        do { return try database.write(body) } catch { throw SearchError(path: path, error) }
    }
}

/// Keeps a second process from running the same search; ends with its process, however that ends.
public final class SearchLock: Sendable {
    let lock: StoreLock
    /// Whether the store was there.
    public var isFound: Bool { lock.isFound }

    /// - Parameter path: of the store, which need not be there yet.
    /// - Throws: ``SearchError``.
    public init(_ path: String) throws(SearchError) {
        do { lock = try StoreLock(path) } catch { throw SearchError(path: path, error) }
    }
}
