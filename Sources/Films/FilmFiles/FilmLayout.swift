import Foundation
import MagneticFilm
import Settings

/// What lies where in a film, from a film file: the base material, the regions over it, holes, couplings and defects.
struct FilmLayout {
    private(set) var regions: FilmRegions
    /// Directions at the start of cells whose region has one of its own.
    private(set) var starts: [Int: SIMD3<Double>] = [:]
    /// Material files.
    private(set) var files: [String] = []
    private let folder: String
    private var numbers: [String: Int] = [FilmDescription.baseRegion: 0]
    private let base: ContinuumMaterial

    /// - Throws: ``SettingsError`` with file and line.
    init(_ root: SettingsTable, mesh: FilmMesh, folder: String) throws(SettingsError) {
        self.folder = folder
        guard let material = try Self.material(root, folder) else { throw root.missing("material") }
        base = material
        files += [Self.materialFile(root, folder)].compactMap(\.self)
        let outline = try root.section("shape")
        let shape = if let outline { try FilmShape(outline) } else { FilmShape.all }
        do {
            regions = try FilmRegions(mesh: mesh, filling: shape, with: material)
        } catch {
            throw Self.error(outline ?? root, "shape", error)
        }
        for table in try root.sections("region") { try add(table) }
        for table in try root.sections("coupling") { try couple(table) }
        for table in try root.sections("hole") {
            try table.allow(FilmDescription.keys["hole"] ?? [])
            guard let shape = try table.section("shape") else { throw table.missing("shape") }
            let hole = try FilmShape(shape)
            do {
                try regions.remove(hole)
            } catch {
                throw Self.error(table, "shape", error)
            }
        }
        if let table = try root.section("vacancies") { try addVacancies(table) }
        if let table = try root.section("grains") { try addGrains(table) }
        starts = starts.filter { regions.cells[$0.key] >= 0 }
    }

    /// A name, a path or a table under `material`.
    private static func material(_ table: SettingsTable, _ folder: String) throws(SettingsError) -> ContinuumMaterial? {
        if let inner = table.table("material") { return try ContinuumMaterial(inner, name: "material") }
        guard let name = try table.string("material") else { return nil }
        let isKnown = ContinuumMaterial.names.contains(name)
        let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
        guard isKnown || name.contains(".") || name.contains("/") || FileManager.default.fileExists(atPath: path) else {
            throw table.invalid(
                "material", name,
                expected: "one of \(ContinuumMaterial.names.joined(separator: ", ")), a material file, or a table")
        }
        return try ContinuumMaterial(named: name, folder: folder)
    }

    /// The path under `material`; nil for a name or a table.
    private static func materialFile(_ table: SettingsTable, _ folder: String) -> String? {
        guard let name = table.settings["material"]?.string, !ContinuumMaterial.names.contains(name) else { return nil }
        return name.hasPrefix("/") ? name : "\(folder)/\(name)"
    }

    private mutating func add(_ table: SettingsTable) throws(SettingsError) {
        try table.allow(FilmDescription.keys["region"] ?? [])
        let name = try table.string("name") ?? "region \(regions.materials.count)"
        guard numbers[name] == nil else {
            throw table.invalid("name", name, expected: "a name that no other region has; the film's own is “film”")
        }
        let material = try Self.material(table, folder) ?? base
        files += [Self.materialFile(table, folder)].compactMap(\.self)
        let shape = if let inner = try table.section("shape") { try FilmShape(inner) } else { FilmShape.all }
        do {
            numbers[name] = try regions.fill(shape, with: material, onlyFilled: try table.boolean("only_filled") ?? false)
        } catch let error as SettingsError {
            throw error
        } catch let error as FilmError {
            throw Self.error(table, "shape", error)
        } catch {
            throw table.invalid("shape", name, expected: "\(error)")
        }
        let region = Int32(numbers[name] ?? 0)
        let direction = try table.direction("direction")
        for cell in regions.cells.indices where regions.cells[cell] == region { starts[cell] = direction }
    }

    private mutating func couple(_ table: SettingsTable) throws(SettingsError) {
        try table.allow(FilmDescription.keys["coupling"] ?? [])
        guard let setting = table.settings["between"] else { throw table.missing("between") }
        let names = (setting.list ?? []).compactMap(\.string)
        guard names.count == 2, names[0] != names[1] else {
            throw table.wrongType("between", expected: "a list of two names of regions")
        }
        var pair: [Int] = []
        for name in names {
            guard let number = numbers[name] else {
                let known = numbers.sorted { $0.value < $1.value }.map(\.key).joined(separator: ", ")
                throw table.invalid("between", name, expected: "names of regions: \(known)")
            }
            pair.append(number)
        }
        let (factor, surface) = (try table.finite("factor"), try table.finite("surface_Jpm2"))
        guard (factor == nil) != (surface == nil) else {
            if factor == nil { throw table.missing("factor” or “surface_Jpm2") }
            throw table.invalid("surface_Jpm2", "given beside factor", expected: "only one of them")
        }
        do {
            try regions.setBoundary(pair[0], pair[1], factor.map { .factor($0) } ?? .surface(J_Jpm2: surface ?? 0))
        } catch {
            throw Self.error(table, "between", error)
        }
    }

    private mutating func addVacancies(_ table: SettingsTable) throws(SettingsError) {
        try table.allow(FilmDescription.keys["vacancies"] ?? [])
        let fraction = try table.requiredFinite("fraction")
        let seed = try table.seed("seed") ?? 1
        do {
            try regions.addVacancies(fraction: fraction, seed: seed)
        } catch {
            throw Self.error(table, "fraction", error)
        }
    }

    private enum EasyAxis: String, CaseIterable { case keep, plane, any }

    private mutating func addGrains(_ table: SettingsTable) throws(SettingsError) {
        try table.allow(FilmDescription.keys["grains"] ?? [])
        let size = try table.requiredFinite("size_nm")
        let word = try table.string("easy_axis") ?? EasyAxis.keep.rawValue
        guard let axis = EasyAxis(rawValue: word) else {
            throw table.invalid(
                "easy_axis", word, expected: "one of " + EasyAxis.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let spread = try table.number("uniaxial_spread", in: 0...1) ?? 0
        let factor = try table.finite("exchange_factor") ?? 1
        let seed = try table.seed("seed") ?? 1
        do {
            try regions.addGrains(size_m: size * 1e-9, seed: seed, boundary: .factor(factor)) { material, random in
                var grain = material
                let angle = 2 * Double.pi * random.x
                switch axis {
                case .keep: break
                case .plane: grain.uniaxialAxis = SIMD3(cos(angle), sin(angle), 0)
                case .any:
                    // Equal areas of the sphere lie between equal heights.
                    let height = 2 * random.y - 1
                    let radius = (1 - height * height).squareRoot()
                    grain.uniaxialAxis = SIMD3(radius * cos(angle), radius * sin(angle), height)
                }
                grain.uniaxial_Jpm3 *= 1 + spread * (2 * random.z - 1)
                return grain
            }
        } catch {
            throw Self.error(table, "size_nm", error)
        }
    }

    private static func error(_ table: SettingsTable, _ key: String, _ error: FilmError) -> SettingsError {
        let value = table.settings[key].map { "\($0.number ?? 0)" } ?? "…"
        return table.invalid(key, value, expected: "what a film can have: \(error)")
    }
}
