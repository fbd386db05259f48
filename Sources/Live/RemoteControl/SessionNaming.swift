/// What the next recording is called: what `filename` commands have said so far, as in LabRecorder's fields.
public struct SessionNaming: Sendable, Equatable {
    private var values: [FilenameField.Key: String] = [:]
    /// Why the last `filename` was refused: nothing is recorded under what was said before it.
    private var refusal: ControlRefusal?

    /// Runs are numbered from 1.
    static let runs = 1...9999
    /// Bytes of a field's value.
    static let longestValue = 1024
    /// What LabRecorder puts in where its usual template finds nothing.
    private static let usualValues: [FilenameField.Key: String] = [
        .participant: "P001", .session: "S001", .task: "Default", .modality: "eeg",
    ]

    public init() {}

    /// Whether a `filename` has said anything.
    public var isGiven: Bool { !values.isEmpty }
    /// For the session's manifest.
    public var participant: String? { values[.participant] }

    /// The root that was named; nil for none.
    public var root: String? { values[.root] }

    /// Takes the fields of a `filename` command. Those that it does not name stay as they are; an empty one is taken back.
    /// - Throws: ``ControlRefusal`` for a value that no name can have; then nothing is recorded until a `filename` is taken.
    public mutating func take(_ fields: [FilenameField]) throws(ControlRefusal) {
        var values = values
        do throws(ControlRefusal) {
            for field in fields {
                guard let key = field.key else { continue }
                guard !field.value.isEmpty else {
                    values[key] = nil
                    continue
                }
                values[key] = try Self.checked(key, field.value)
            }
            if let root = values[.root] { try SessionRoot.checkName(root) }
        } catch {
            refusal = error
            throw error
        }
        self.values = values
        refusal = nil
    }

    private static func checked(_ key: FilenameField.Key, _ value: String) throws(ControlRefusal) -> String {
        guard value.utf8.count <= longestValue else {
            throw ControlRefusal("the \(key.rawValue) has more than \(longestValue) bytes")
        }
        switch key {
        case .root, .template: return value
        case .run:
            guard let run = Int(value), runs.contains(run) else {
                throw ControlRefusal("the run is “\(value)”, expected a number from \(runs.lowerBound) to \(runs.upperBound)")
            }
            return "\(run)"
        case .task, .participant, .session, .acquisition, .modality:
            guard !value.contains(where: { $0 == "/" || $0 == "\\" }) else {
                throw ControlRefusal("the \(key.rawValue) is “\(value)”, expected a name without / and \\")
            }
            return key == .modality ? value.lowercased() : value
        }
    }

    /// Where the next recording goes.
    /// - Parameters:
    ///   - root: where no `filename` has named one.
    ///   - unnamed: the session's name where no `filename` has said anything.
    ///   - subject: the participant where no `filename` has named one.
    ///   - isTaken: whether there is something at a path already.
    /// - Throws: ``ControlRefusal`` for a template without a value for one of its places, or one that leads out of the root.
    public func place(
        root: String, unnamed: String, subject: String?, isTaken: (String) -> Bool
    ) throws(ControlRefusal) -> SessionPlace {
        if let refusal { throw ControlRefusal("the last filename was refused: \(refusal.reason)") }
        let root = values[.root] ?? root
        let isNamed = values.contains { $0.key != .root }
        let template = values[.template].map(SessionTemplate.init(text:)) ?? .usual
        let first = values[.run].flatMap(Int.init) ?? 1
        for run in first...max(first, Self.runs.upperBound) {
            let path: String
            if isNamed {
                path = try template.filled { key in
                    if key == .run { return Self.digits(run) }
                    if let value = values[key] { return value }
                    if key == .participant, let subject { return String(subject.map { "/\\".contains($0) ? "-" : $0 }) }
                    return values[.template] == nil ? Self.usualValues[key] : nil
                }
            } else {
                path = unnamed
            }
            var place = try SessionPlace(root: root, path: path, run: run)
            // Without a place for the run, the number of a later one is added.
            if run > first, !isNamed || !template.countsRuns { place.add("_run-" + Self.digits(run)) }
            guard !isTaken(place.folder), !(place.file.map(isTaken) ?? false) else { continue }
            if run > first { place.note = "that name was taken; nothing is overwritten, so this is run \(run)" }
            return place
        }
        throw ControlRefusal("every run up to \(Self.runs.upperBound) is there already")
    }

    private static func digits(_ run: Int) -> String {
        let text = "\(run)"
        return String(repeating: "0", count: max(0, 3 - text.count)) + text
    }
}
