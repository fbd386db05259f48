import MagneticFilm
import Settings

extension FilmShape {
    /// Keys of a shape by its kind, without those that every kind has.
    static let kinds: [String: [String]] = [
        "all": [], "ellipse": ["centre_nm", "radii_nm"], "rectangle": ["from_nm", "to_nm"], "polygon": ["corners_nm"],
        "layer": ["from_nm", "to_nm"],
    ]
    /// What can be done with a shape, in this order.
    static let modifiers = ["period_nm", "turned_deg", "around_nm", "within", "with", "without"]

    /// Reads the table `shape`.
    init(_ table: SettingsTable) throws(SettingsError) {
        let kind = try table.required("kind")
        guard let keys = Self.kinds[kind] else {
            throw table.invalid("kind", kind, expected: "one of " + Self.kinds.keys.sorted().joined(separator: ", "))
        }
        try table.allow(["kind"] + keys + Self.modifiers)
        do {
            self = try Self.plain(kind, table)
            if let period = try table.numbers("period_nm", count: 2) {
                self = try repeated(period_m: SIMD2(period[0], period[1]) * 1e-9)
            }
            if let degrees = try table.finite("turned_deg") {
                let centre = try table.numbers("around_nm", count: 2) ?? [0, 0]
                self = try turned(by_rad: degrees * .pi / 180, around_m: SIMD2(centre[0], centre[1]) * 1e-9)
            } else if table.settings["around_nm"] != nil {
                throw SettingsError(
                    file: table.file, line: table.line(of: "around_nm"),
                    reason: .missingKey("turned_deg", inTable: table.path))
            }
        } catch let error as SettingsError {
            throw error
        } catch {
            throw table.invalid("kind", kind, expected: "a shape that can be: \(error)")
        }
        for other in try table.someTables("within") { self = intersection(try FilmShape(other)) }
        for other in try table.someTables("with") { self = union(try FilmShape(other)) }
        for other in try table.someTables("without") { self = subtracting(try FilmShape(other)) }
    }

    private static func plain(_ kind: String, _ table: SettingsTable) throws -> FilmShape {
        func pair(_ key: String) throws -> SIMD2<Double> {
            let numbers = try table.requiredNumbers(key, count: 2)
            return SIMD2(numbers[0], numbers[1]) * 1e-9
        }
        switch kind {
        case "ellipse": return try .ellipse(centre_m: pair("centre_nm"), radii_m: pair("radii_nm"))
        case "rectangle": return try .rectangle(from_m: pair("from_nm"), to_m: pair("to_nm"))
        case "layer":
            let edges = (try table.requiredFinite("from_nm"), try table.requiredFinite("to_nm"))
            return try .layer(from_m: edges.0 * 1e-9, to_m: edges.1 * 1e-9)
        case "polygon":
            let expected = "a list of corners, three or more pairs of numbers such as [0, 0]"
            guard let setting = table.settings["corners_nm"] else {
                throw SettingsError(file: table.file, line: table.line, reason: .missingKey("corners_nm", inTable: table.path))
            }
            var corners: [SIMD2<Double>] = []
            for corner in setting.list ?? [] {
                let numbers = (corner.list ?? []).compactMap(\.number)
                guard numbers.count == 2, corner.list?.count == 2, numbers.allSatisfy(\.isFinite) else {
                    throw table.wrongType("corners_nm", expected: expected)
                }
                corners.append(SIMD2(numbers[0], numbers[1]) * 1e-9)
            }
            guard corners.count >= 3 else { throw table.wrongType("corners_nm", expected: expected) }
            return try .polygon(corners)
        default: return .all
        }
    }
}
