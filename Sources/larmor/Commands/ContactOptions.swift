public import ArgumentParser
public import Searches

extension FileFilm.Drive: ExpressibleByArgument {}

/// A continuum film of a file, driven and read through contacts.
struct ContactOptions: ParsableArguments {
    @Option(help: "A film file of the continuum model (films/README.md): that film is taken.")
    var film: String?

    @Option(help: "Contacts along x and y at which it is driven and read: 4x4. (default: 4x4)")
    var contacts: String?

    @Option(help: "What drives it: a field, or a current as in the file's [current_across]. (default: field)")
    var drive: FileFilm.Drive?

    @Option(help: "Direction of the driving field: x,y,z. (default: 0,0,1)")
    var direction: Triple?

    @Option(help: "Readings of the contacts per input, evenly spread. (default: 1)")
    var readings: Int?

    @Option(help: "Femtoseconds per step of the film. (default: 100)")
    var stepFs: Double?

    @Option(help: "Steps for which an input is held. (default: 100)")
    var stepsPerInput: Int?

    /// Columns and rows.
    private func grid() throws -> (Int, Int) {
        let words = (contacts ?? "4x4").split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard words.count == 2, let columns = words[0], let rows = words[1], columns > 0, rows > 0 else {
            throw ValidationError("--contacts is columns and rows, as 4x4; found “\(contacts ?? "")”")
        }
        return (columns, rows)
    }

    func validate() throws {
        let given = [
            ("--contacts", contacts != nil), ("--drive", drive != nil), ("--direction", direction != nil),
            ("--readings", readings != nil), ("--step-fs", stepFs != nil), ("--steps-per-input", stepsPerInput != nil),
        ]
        if film == nil, let name = given.first(where: \.1)?.0 { throw ValidationError("\(name) goes with --film FILE") }
        if drive == .current, direction != nil {
            throw ValidationError("--direction is the field's; the current's is in the file's [current_across]")
        }
        if let stepFs, !(stepFs > 0 && stepFs <= 1e6) { throw ValidationError("--step-fs must be above 0, at most 1e6") }
        _ = try grid()
    }

    /// nil without a film file.
    func fileFilm() throws -> FileFilm? {
        guard let film else { return nil }
        let (columns, rows) = try grid()
        let drive = drive ?? .field
        let along = direction?.value ?? SIMD3(0, 0, 1)
        ProcessProvenance.note(data: film)
        return FileFilm(
            file: .init(path: film, sha256: try FileFilm.hash(film)), columns: columns, rows: rows, drive: drive,
            direction: drive == .field ? [along.x, along.y, along.z] : nil, readings: readings ?? 1, stepFs: stepFs ?? 100,
            stepsPerInput: stepsPerInput ?? 100)
    }
}
