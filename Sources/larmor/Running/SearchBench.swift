import Origin
import Reservoirs
import Searches
import StudyFiles

/// The reservoirs of a search, with the rig's device where it is one.
struct SearchBench {
    let individuals: IndividualBench
    private let rig: TaskBench?

    /// - Parameters:
    ///   - series: the numbers of the task's file; empty without one.
    ///   - store: for messages.
    init(_ description: SearchDescription, series: [Double], store: String) throws {
        let rig = try description.rig.map {
            try TaskBench($0.path, device: description.device, input: description.input ?? .free)
        }
        self.rig = rig
        do {
            individuals = try IndividualBench(description, series: series, store: store) { inputs in
                if let rig { return rig.family }
                if let film = description.fileFilm { return try film.family() }
                guard let family = try description.family(inputs: inputs, store: store) else {
                    throw SearchError(path: store, reason: .store(.damaged("neither a rig nor a film file is known")))
                }
                return family
            }
        } catch {
            rig?.stop()
            throw error
        }
    }

    /// Of a search that is stored; its files are read again.
    /// - Throws: ``SearchError`` for a file that has changed.
    init(stored summary: SearchStore.Summary, store: String) throws {
        let description = summary.description
        var numbers: [Double] = []
        if let series = description.series {
            numbers = try NumberSeries(file: series.path).values
            guard Self.hash(numbers) == series.sha256 else {
                throw SearchError(path: store, reason: .dataChanged(series.path))
            }
        }
        if let rig = description.rig, try ContentHash.sha256(of: rig.path) != rig.sha256 {
            throw SearchError(path: store, reason: .dataChanged(rig.path))
        }
        if let film = description.fileFilm, try FileFilm.hash(film.file.path) != film.file.sha256 {
            throw SearchError(path: store, reason: .dataChanged(film.file.path))
        }
        try self.init(description, series: numbers, store: store)
    }

    func stop() { rig?.stop() }

    func summary(_ description: SearchDescription, evaluations: Int) -> SearchStore.Summary {
        SearchStore.Summary(
            description: description, reservoir: individuals.family.description,
            genes: individuals.family.genes.map(\.name), evaluations: evaluations, provenance: ProcessProvenance.now)
    }

    /// Of the numbers of a file, however they are written in it.
    static func hash(_ numbers: [Double]) -> String {
        ContentHash.sha256(
            numbers.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
    }
}
