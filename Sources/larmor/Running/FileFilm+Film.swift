import FilmFiles
import MagneticFilm
import Origin
import Reservoirs
import Searches

extension FileFilm {
    /// Makes the film anew each time that it is called, always the same one.
    /// - Throws: `SettingsError` of the file, `FilmError` for a drive that the film cannot have.
    func maker() throws -> @Sendable () throws -> ContactFilm<Double> {
        let described = try FilmDescription(contentsOf: file.path)
        let drive: ContactFilm<Double>.Drive
        switch self.drive {
        case .field:
            let direction = direction ?? [0, 0, 1]
            drive = .field(direction: SIMD3(direction[0], direction[1], direction[2]))
        case .current:
            guard let current = described.currentAcross else {
                throw FilmError(
                    .notPossible("\(file.path): a driving current needs [current_across], which says how it is polarised"))
            }
            drive = .current(current.parameters)
        }
        let film = self
        return {
            let made: ContinuumFilm<Double> = try described.makeFilm(threads: 1)
            return try ContactFilm(
                made, contacts: FilmContacts(made.regions, columns: film.columns, rows: film.rows), drive: drive,
                timeStep_s: film.stepFs * 1e-15, stepsPerInput: film.stepsPerInput, readings: film.readings)
        }
    }

    func family() throws -> ContactFilmFamily { try ContactFilmFamily(maker()) }

    /// Of the film file, and of the materials and the state that it names.
    /// - Throws: `SettingsError`.
    static func hash(_ path: String) throws -> String {
        let files = [path] + (try FilmDescription(contentsOf: path)).files
        return ContentHash.sha256(try files.map { try ContentHash.sha256(of: $0) }.joined().utf8)
    }
}
