import Foundation

/// The lines of an `input` or material file: `key:word = value !unit # comment`, blanks without meaning.
struct VAMPIREKeys {
    struct Entry {
        var line: Int
        /// "sim:time-step", "material[1]:damping-constant".
        var key: String
        var value: String
        var unit: String
    }

    let file: String
    let entries: [Entry]

    /// - Throws: ``VAMPIREError``.
    init(file: String) throws(VAMPIREError) {
        try self.init(text: Self.text(file), file: file)
    }

    init(text: String, file: String) throws(VAMPIREError) {
        self.file = file
        var entries: [Entry] = []
        // Unicode scalars, because CR LF is one character of Swift.
        for (index, raw) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = String(String.UnicodeScalarView(raw.filter { $0 != " " && $0 != "\t" && $0 != "\r" }))
            let content = line.prefix { $0 != "#" }
            if content.isEmpty { continue }
            let parts = content.split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false)
            let sides = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(sides[0])
            guard key.contains(":"), !key.hasPrefix(":"), !key.hasSuffix(":") else {
                throw VAMPIREError(.syntax(found: String(content.prefix(80))), file: file, line: index + 1)
            }
            entries.append(
                Entry(
                    line: index + 1, key: key, value: sides.count > 1 ? String(sides[1]) : "",
                    unit: parts.count > 1 ? String(parts[1]) : ""))
        }
        self.entries = entries
    }

    static func text(_ file: String) throws(VAMPIREError) -> String {
        guard let data = FileManager.default.contents(atPath: file) else { throw VAMPIREError(.noSuchFile, file: file) }
        // Comments may be in any encoding; what counts is ASCII.
        guard !data.contains(0) else { throw VAMPIREError(.notText, file: file) }
        return String(decoding: data, as: UTF8.self)
    }

    /// The last entry of a key, as the program takes it.
    func last(_ key: String) -> Entry? { entries.last { $0.key == key } }

    func required(_ key: String, example: String) throws(VAMPIREError) -> Entry {
        guard let entry = last(key) else { throw VAMPIREError(.missingKey(key, example: example), file: file) }
        return entry
    }

    /// A number in the unit of the first of `units`.
    func number(
        _ entry: Entry, units: [(name: String, factor: Double)] = [], range: ClosedRange<Double>
    ) throws(VAMPIREError) -> Double {
        guard var value = Double(entry.value), value.isFinite else {
            throw VAMPIREError(.value(key: entry.key, expected: "a number", found: entry.value), file: file, line: entry.line)
        }
        if !entry.unit.isEmpty {
            guard let unit = units.first(where: { $0.name == entry.unit }) else {
                throw VAMPIREError(
                    .unit(key: entry.key, expected: units.map { $0.name }, found: entry.unit), file: file, line: entry.line)
            }
            value *= unit.factor
        }
        guard range.contains(value) else {
            let unit = units.first.map { " " + $0.name } ?? ""
            throw VAMPIREError(
                .value(
                    key: entry.key, expected: "from \(range.lowerBound) to \(range.upperBound)\(unit)",
                    found: entry.unit.isEmpty ? entry.value : "\(entry.value) !\(entry.unit)"), file: file, line: entry.line)
        }
        return value
    }

    func integer(_ entry: Entry, range: ClosedRange<Int>) throws(VAMPIREError) -> Int {
        guard let value = Int(entry.value), range.contains(value) else {
            throw VAMPIREError(
                .value(
                    key: entry.key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
                    found: entry.value), file: file, line: entry.line)
        }
        return value
    }

    /// A direction, normalised.
    func direction(_ entry: Entry) throws(VAMPIREError) -> SIMD3<Double> {
        let parts = entry.value.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        let vector = parts.count == 3 ? SIMD3(parts[0] ?? .nan, parts[1] ?? .nan, parts[2] ?? .nan) : SIMD3(repeating: .nan)
        let length = (vector * vector).sum().squareRoot()
        guard length.isFinite, length > 1e-9 else {
            throw VAMPIREError(
                .value(key: entry.key, expected: "a direction x,y,z", found: entry.value), file: file, line: entry.line)
        }
        return vector / length
    }

    /// Refuses any value of a key but these.
    func only(_ key: String, _ values: [String], default value: String?) throws(VAMPIREError) {
        guard let entry = last(key) else {
            guard let value, values.contains(value) else {
                throw VAMPIREError(.missingKey(key, example: "\(key) = \(values[0])"), file: file)
            }
            return
        }
        guard values.contains(entry.value) else {
            throw VAMPIREError(
                .unsupported(key: key, found: entry.value, supported: values.joined(separator: " or ")), file: file,
                line: entry.line)
        }
    }

    /// Units of length in ångström, of time in second, of field in tesla, of energy in joule, of moment in J/T, with the
    /// program's factors.
    static let lengths = [
        ("A", 1.0), ("nm", 1e1), ("um", 1e4), ("mm", 1e7), ("cm", 1e8), ("m", 1e10), ("pm", 1e-3),
    ].map { (name: $0.0, factor: $0.1) }
    static let times = [
        ("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9), ("ps", 1e-12), ("fs", 1e-15), ("as", 1e-18), ("zs", 1e-21),
    ].map { (name: $0.0, factor: $0.1) }
    static let fields = [("T", 1.0), ("mT", 1e-3), ("uT", 1e-6), ("Oe", 1e-4), ("kOe", 1e-1)].map {
        (name: $0.0, factor: $0.1)
    }
    static let energies = [
        ("J", 1.0), ("eV", 1.602176487e-19), ("meV", 1.602176487e-22), ("erg", 1e-7), ("Ryd", 2.17987208e-18),
        ("mRyd", 2.17987208e-21), ("Ht", 4.35974417e-18), ("zJ", 1e-21),
    ].map { (name: $0.0, factor: $0.1) }
    static let moments = [
        ("muB", StudyConstants.bohrMagneton), ("J/T", 1.0), ("Amm", 1.0), ("erg/G", 1e-3), ("abAcmcm", 1e-3),
        ("eV/T", 1.602176487e-19), ("erg/Oe", 1e-3),
    ].map { (name: $0.0, factor: $0.1) }
    static let anisotropies = [("J/atom", 1.0)].map { (name: $0.0, factor: $0.1) }
}
