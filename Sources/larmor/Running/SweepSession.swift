import Foundation
import Origin
import Outputs
import Sweeps

/// A sweep file with its store: checked, made or opened.
struct SweepSession {
    let sweep: SweepDescription
    let place: SweepPlace
    let store: SweepStore
    /// Nobody else runs the sweep, until it is released.
    let lock: SweepLock

    /// - Parameters:
    ///   - file: the sweep file.
    ///   - output: folder of the store; nil for the file's.
    ///   - extend: take points that were added to the file.
    init(file: String, output: String?, extend: Bool) throws {
        sweep = try SweepDescription(contentsOf: file)
        let command = try OwnCommands.known().check(sweep)
        place = SweepPlace(file: file, output: output)
        try OutputPlace.checkOutputFolder(OutputPlace.folder(above: place.store), files: [])
        let provenance = Self.provenance(sweep, command)
        func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
        // What is there is looked at before anything is made beside it.
        if isThere(place.store) {
            try SweepStore.check(place.store)
        } else if !Self.isEmpty(place.points) {
            throw SweepError(path: place.store, reason: .leftovers(place.points))
        }
        lock = try SweepLock(place)
        if !isThere(place.store) { try SweepStore.create(place.store, sweep, provenance: provenance) }
        store = try SweepStore(place.store)
        let added = try store.adopt(sweep, provenance: provenance, extend: extend)
        if added > 0 { Console.note("\(place.store): \(Console.count(added, "point")) added") }
    }

    /// With the hashes of what the points read, as far as the sweep file names it.
    private static func provenance(_ sweep: SweepDescription, _ command: [String]) -> Provenance {
        if sweep.randomPoints != nil { ProcessProvenance.note(seed: sweep.seed) }
        for path in sweep.inputs(after: command.count) { ProcessProvenance.note(data: path) }
        var provenance = ProcessProvenance.now
        provenance.seed = sweep.seed
        return provenance
    }

    private static func isEmpty(_ folder: String) -> Bool {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).isEmpty
    }
}
