/// A continuum film of a file, and how it is driven and read: what a stored search keeps of it.
public struct FileFilm: Codable, Sendable, Equatable {
    /// What the inputs are.
    public enum Drive: String, Codable, Sendable, CaseIterable {
        case field, current
    }

    /// The film file; its hash is also of the materials and the state that it names.
    public var file: SearchDescription.Source
    /// Contacts along x and y.
    public var columns: Int
    public var rows: Int
    public var drive: Drive
    /// Of the driving field: x, y, z; nil for a current.
    public var direction: [Double]?
    /// Of the contacts for each input.
    public var readings: Int
    public var stepFs: Double
    public var stepsPerInput: Int

    public init(
        file: SearchDescription.Source, columns: Int, rows: Int, drive: Drive, direction: [Double]?, readings: Int,
        stepFs: Double, stepsPerInput: Int
    ) {
        (self.file, self.columns, self.rows) = (file, columns, rows)
        (self.drive, self.direction, self.readings) = (drive, direction, readings)
        (self.stepFs, self.stepsPerInput) = (stepFs, stepsPerInput)
    }

    /// What is wrong with one that was read from a store; nil when a film can be made of it.
    var problem: String? {
        let ranges: [(String, Int)] = [
            ("columns of contacts", columns), ("rows of contacts", rows), ("readings", readings),
            ("steps per input", stepsPerInput),
        ]
        if let (name, value) = ranges.first(where: { !(1...1_000_000).contains($1) }) { return "\(name) are \(value)" }
        guard stepFs > 0, stepFs <= 1e6 else { return "a step of \(stepFs) fs" }
        guard drive == .current || direction?.count == 3 && direction?.allSatisfy(\.isFinite) == true else {
            return "a field without a direction"
        }
        return nil
    }

    /// What differs, in the words of the options.
    static func differences(_ one: FileFilm?, _ other: FileFilm?) -> [(String, Bool)] {
        [
            ("--film", one?.file.sha256 == other?.file.sha256),
            ("--contacts", one?.columns == other?.columns && one?.rows == other?.rows), ("--drive", one?.drive == other?.drive),
            ("--direction", one?.direction == other?.direction), ("--readings", one?.readings == other?.readings),
            ("--step-fs", one?.stepFs == other?.stepFs), ("--steps-per-input", one?.stepsPerInput == other?.stepsPerInput),
        ]
    }
}
