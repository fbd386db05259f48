import Foundation
import GRDB
import Origin
import Reservoirs
import Searches
import Settings
import Sweeps

extension FuzzTarget {
    /// Sweep files: read, or refused with a line that the file has. Reading one touches no file; all its points differ.
    public static let sweepFile = FuzzTarget(
        name: "sweep-file",
        check: { bytes throws(FuzzFinding) in
            let text = String(decoding: bytes, as: UTF8.self)
            let lines = text.utf8.count { $0 == 0x0A } + 1
            func read() throws(FuzzFinding) -> (SweepDescription?, SettingsError?) {
                var result: (SweepDescription?, SettingsError?) = (nil, nil)
                try touchingNothing { folder throws(FuzzFinding) in
                    do throws(SettingsError) {
                        result = (try SweepDescription(toml: text, file: folder + "/fuzz.toml"), nil)
                    } catch {
                        result = (nil, error)
                    }
                }
                return result
            }
            let (sweep, error) = try read()
            if let error {
                try require((0...lines).contains(error.line), "line \(error.line) of \(lines)")
                try require(error.description.utf8.count <= 4 * text.utf8.count + 4096, "an error longer than its file")
                try require(try read().1 == error, "the same file gives another error")
            }
            guard let sweep else { return }
            try require(!sweep.command.isEmpty && !sweep.parameters.isEmpty, "a sweep of nothing")
            let points = sweep.points
            try require((1...SweepDescription.mostPoints).contains(points.count), "\(points.count) points")
            try require(points.count == sweep.randomPoints ?? points.count, "\(points.count) random points")
            guard points.count <= 2000 else { return }
            try require(Set(points.map(\.identity)).count == points.count, "two equal points")
            try require(points.map(\.number) == Array(1...points.count), "numbers that do not count")
            try require(
                points.allSatisfy { $0.parameters.map(\.name) == sweep.parameters.map(\.name) }, "a point of other options")
        },
        seeds: {
            [
                sweepText,
                """
                command = ["reservoir", "task", "narma10"]
                [parameters]
                random = 9
                "--cells" = [25, 49]
                "--scale" = { from = 1e-3, to = 1e-1, scale = "log" }
                "--exact" = [true, false]
                [result]
                maximise = "test.median" # one
                """,
                "command=['a']\nparameters={'--x'={values=['','b c',-0.0,1e300]}}\n[slurm]\ncpus=2\ntime='1:00'\nmemory='4G'\n",
            ].map { Array($0.utf8) }
        })

    /// Stores of sweeps, damaged or with foreign content: read, or refused; the file stays as it is, and nothing stands beside it.
    ///
    /// The first byte chooses what the rest is: a file, bytes that are changed in a sound store, or texts for its columns.
    public static let sweepStore = FuzzTarget(
        name: "sweep-store",
        check: { bytes throws(FuzzFinding) in
            guard let store = StoreBytes(bytes, sound: soundSweep, columns: sweepColumns) else { return }
            try onStore(store) { path throws(FuzzFinding) in
                guard let store = try? SweepStore(path, readOnly: true) else { return }
                let counts = try? store.counts()
                let points = try? store.points()
                if let counts, let points { try require(counts.all <= points.count, "\(counts) of \(points.count) points") }
                _ = try? store.best(SweepObjective(path: "error", isMaximised: false))
                guard let table = try? SweepTable(store), let summary = try? store.summary() else { return }
                try require(table.ranking.count + table.failed.count <= table.points.count, "more points than there are")
                try require(!SweepPage(table, summary).html.isEmpty && !table.csv.isEmpty, "an empty page")
            }
            // Whoever goes on with it writes to it.
            store.write(scratch("sweep.sqlite"))
            defer { unlink(scratch("sweep.sqlite")) }
            guard let opened = try? SweepStore(scratch("sweep.sqlite")),
                let sweep = try? SweepDescription(toml: sweepText, file: "fuzz.toml")
            else { return }
            _ = try? opened.adopt(sweep, provenance: provenance, extend: true)
            try? opened.prepare(attempts: 2, retryFailed: true)
            _ = try? opened.counts()
        },
        seeds: { StoreBytes.seeds(soundSweep, sweepColumns) })

    /// Stores of searches, as ``sweepStore``.
    public static let searchStore = FuzzTarget(
        name: "search-store",
        check: { bytes throws(FuzzFinding) in
            guard let store = StoreBytes(bytes, sound: soundSearch, columns: searchColumns) else { return }
            try onStore(store) { path throws(FuzzFinding) in
                guard let store = try? SearchStore(path, readOnly: true), let table = try? SearchTable(store) else { return }
                try require(table.coverage.count == table.individuals.count, "individuals that were not counted")
                try require(!SearchPage([table]).html.isEmpty, "an empty page")
                for individual in table.individuals { _ = try? store.parameters(of: individual.number) }
                _ = try? table.summary.description.family(inputs: 1, store: path)
            }
            store.write(scratch("search.sqlite"))
            defer { unlink(scratch("search.sqlite")) }
            guard let opened = try? SearchStore(scratch("search.sqlite")) else { return }
            try? opened.adopt(searchSummary)
        },
        seeds: { StoreBytes.seeds(soundSearch, searchColumns) })
}

/// A store's file, made of an input.
private struct StoreBytes {
    private var bytes: [UInt8]
    /// What stands in columns, by "table.column", in place of what stood there.
    private var texts: [(column: String, text: String)] = []

    init?(_ input: UnsafeRawBufferPointer, sound: [UInt8], columns: [String]) {
        guard let form = input.first else { return nil }
        let rest = Array(input.dropFirst())
        switch form % 3 {
        case 0: bytes = rest
        case 1:
            bytes = sound
            for place in stride(from: 0, to: rest.count - 3, by: 4) {
                let at = Int(rest[place]) << 16 | Int(rest[place + 1]) << 8 | Int(rest[place + 2])
                bytes[at % bytes.count] = rest[place + 3]
            }
        default:
            bytes = sound
            // Each text begins with the number of its column.
            for part in rest.split(separator: 0).prefix(8) {
                let column = columns[Int(part[part.startIndex]) % columns.count]
                texts.append((column, String(decoding: part.dropFirst(), as: UTF8.self)))
            }
        }
    }

    /// Texts become numbers where they are numbers, as SQLite has it.
    func write(_ path: String) {
        FuzzTargets.write(bytes, path)
        guard !texts.isEmpty, let queue = try? DatabaseQueue(path: path) else { return }
        for (column, text) in texts {
            let names = column.split(separator: ".")
            // Of the first row, so that it differs from the others.
            try? queue.write {
                try $0.execute(sql: "UPDATE \(names[0]) SET \(names[1]) = ? WHERE rowid = 1", arguments: [text])
            }
        }
        try? queue.close()
    }

    static func seeds(_ sound: [UInt8], _ columns: [String]) -> [[UInt8]] {
        let texts = columns.indices.map { index in
            [2, UInt8(index)] + Array(["-1", "[]", "9e999", "-1e308", "1e18", "{}", ""][index % 7].utf8)
        }
        // Bytes of the header that say how large pages are, who writes and how, and of the first page's table of contents.
        let places = [16, 18, 19, 20, 24, 28, 36, 44, 52, 56, 60, 68, 100, 101, 103, 105, 108, 110]
        return [[0] + sound, [1]] + places.map { [1, 0, 0, UInt8($0), 2] } + texts
    }
}

/// Calls `body` with a file of a store, which stays as it is, alone in its folder.
private func onStore(_ store: StoreBytes, _ body: (String) throws(FuzzFinding) -> Void) throws(FuzzFinding) {
    let made = scratch("made.sqlite")
    store.write(made)
    let bytes = [UInt8](FileManager.default.contents(atPath: made) ?? Data())
    unlink(made)
    try inFolder([("fuzz.sqlite", bytes)]) { folder throws(FuzzFinding) in try body(folder + "/fuzz.sqlite") }
}

private let provenance = Provenance(version: "0.1.0", command: "larmor", processor: "fuzz")

private let sweepText = """
    name = "small"
    command = ["film", "loop", "--output", "{folder}/loop.csv"]
    [parameters]
    "--damping" = [0.1, 0.2]
    "--seed" = { from = 1, to = 2 }
    [result]
    minimise = "error"
    columns = ["parts.0", "name"]
    [slurm]
    points_per_task = 2
    """

private let sweepColumns =
    ["token", "name", "text", "text_sha256", "meaning", "provenance", "created"].map { "sweep." + $0 }
    + [
        "number", "identity", "parameters", "state", "attempts", "submission", "exit_code", "failure", "standard_error",
        "result",
        "value", "seconds", "host",
    ].map { "point." + $0 }

private let searchColumns =
    ["version", "method", "seed", "reservoir", "settings", "genes", "evaluations", "provenance"].map { "search." + $0 }
    + [
        "number", "generation", "parents", "genes", "parameters", "seed", "objective", "training", "lambda", "kernel_rank",
        "generalisation_rank", "memory_capacity", "novelty", "archived", "failure_type", "failure",
    ].map { "individual." + $0 }

/// Made once: a sweep of four points, one of them done and one failed.
private let soundSweep: [UInt8] = made("sweep") { path in
    let sweep = try SweepDescription(toml: sweepText, file: "fuzz.toml")
    try SweepStore.create(path, sweep, provenance: provenance, token: "01234567")
    let queue = try DatabaseQueue(path: path)
    try queue.write { database in
        try database.execute(
            sql: """
                UPDATE point SET state = 'done', attempts = 1, exit_code = 0, value = 0.5, seconds = 1, host = 'h',
                    result = '{"error":0.5,"parts":[1],"name":"n"}' WHERE number = 1;
                UPDATE point SET state = 'failed', attempts = 2, exit_code = 1, failure = 'f', standard_error = 's' WHERE number = 2;
                """)
    }
    try queue.close()
}

private let searchSummary: SearchStore.Summary = {
    var description = SearchDescription(.novelty, seed: 1, kind: .film, task: "narma10", hasBehaviour: true)
    description.take(.init(population: 4))
    (description.cells, description.films, description.material) = (25, 1, "Co")
    return SearchStore.Summary(
        description: description, reservoir: "films", genes: ["damping"], evaluations: 8, provenance: provenance)
}()

/// Made once: a search of two individuals, one of which failed.
private let soundSearch: [UInt8] = made("search") { path in
    try SearchStore.create(path, searchSummary)
    let queue = try DatabaseQueue(path: path)
    try queue.write { database in
        try database.execute(
            sql: """
                INSERT INTO individual VALUES
                    (1, 0, '[]', '[0.5]', '{"damping":0.1}', '1', 0.25, 0.2, 1e-6, 12, 3, 4.5, 2.5, 1, NULL, NULL),
                    (2, 1, '[1]', '[0.25]', '{"damping":0.2}', '1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 'FilmError', 'f');
                """)
    }
    try queue.close()
}

private func made(_ name: String, _ make: (String) throws -> Void) -> [UInt8] {
    let path = scratch("sound-\(name).sqlite")
    unlink(path)
    defer { unlink(path) }
    do { try make(path) } catch { fatalError("a sound store cannot be made: \(error)") }
    return [UInt8](FileManager.default.contents(atPath: path) ?? Data())
}
