import Foundation
import MagneticFilm
public import Settings

extension FilmDescription {
    /// The keys of each table, as `films/README.md` lists them; "" is the top of the file.
    static let keys: [String: [String]] = [
        "": [
            "name", "material", "damping", "demagnetisation", "mesh", "shape", "region", "hole", "coupling", "vacancies",
            "grains", "current_in_plane", "current_across", "temperature", "start",
        ],
        "mesh": ["cells", "cell_nm", "copies"],
        "region": ["name", "material", "shape", "only_filled", "direction"],
        "hole": ["shape"],
        "coupling": ["between", "factor", "surface_Jpm2"],
        "vacancies": ["fraction", "seed"],
        "grains": ["size_nm", "seed", "exchange_factor", "easy_axis", "uniaxial_spread"],
        "current_in_plane": ["density_Apm2", "polarisation", "nonadiabaticity", "from_ps", "to_ps"],
        "current_across": [
            "density_Apm2", "polarisation", "direction", "asymmetry", "field_like", "thickness_nm", "from_ps", "to_ps",
        ],
        "temperature": ["kelvin", "seed"],
        "start": ["direction", "random_seed", "file"],
    ]

    /// The name of the region that everything is before `[[region]]`s are laid over it.
    static let baseRegion = "film"

    /// Reads and checks a film file. Paths in it begin at its folder.
    /// - Throws: ``SettingsError`` with file and line.
    public init(contentsOf path: String) throws(SettingsError) {
        try self.init(toml: SettingsTable.text(of: path), file: path)
    }

    /// - Parameter file: the name to use in messages, and whose folder paths begin at.
    public init(toml text: String, file: String) throws(SettingsError) {
        let root = try SettingsTable(toml: text, file: file)
        try root.allow(Self.keys[""] ?? [])
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        self.file = file
        name = try root.string("name") ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        damping = try root.number("damping", in: 0...1)
        includesDemagnetisation = try root.boolean("demagnetisation") ?? true
        guard let table = try root.section("mesh") else { throw root.missing("mesh") }
        let mesh = try Self.mesh(table)
        let layout = try FilmLayout(root, mesh: mesh, folder: folder)
        (regions, regionStarts, materialFiles) = (layout.regions, layout.starts, layout.files)
        currentInPlane = try root.section("current_in_plane").map(Self.currentInPlane)
        currentAcross = try root.section("current_across").map { table throws(SettingsError) in
            try Self.currentAcross(table, mesh)
        }
        temperature = try root.section("temperature").map(Self.temperature)
        start =
            try root.section("start").map { table throws(SettingsError) in try Self.start(table, folder: folder) }
            ?? .direction(SIMD3(1, 0, 0))
    }

    private static func mesh(_ table: SettingsTable) throws(SettingsError) -> FilmMesh {
        try table.allow(keys["mesh"] ?? [])
        func whole(_ key: String, _ counts: ClosedRange<Int>, _ expected: String) throws(SettingsError) -> [Int]? {
            guard table.settings[key] != nil || table.isTable(key) else { return nil }
            let list = table.settings[key]?.list ?? []
            let numbers = list.compactMap(\.integer)
            guard numbers.count == list.count, counts.contains(numbers.count) else {
                throw table.wrongType(key, expected: expected)
            }
            return numbers
        }
        guard let cells = try whole("cells", 2...3, "two or three whole numbers: along x, y, and layers") else {
            throw table.missing("cells")
        }
        let edges = try table.requiredNumbers("cell_nm", count: 3)
        let copies = try whole("copies", 2...2, "two whole numbers: copies on either side along x, y") ?? [0, 0]
        do {
            let mesh = try FilmMesh(
                nx: cells[0], ny: cells[1], nz: cells.count == 3 ? cells[2] : 1,
                cellSize_m: SIMD3(edges[0], edges[1], edges[2]) * 1e-9, copies: SIMD2(copies[0], copies[1]))
            // Regions are laid out cell by cell, so it is asked before.
            try FilmMemory.check(mesh)
            return mesh
        } catch {
            let key =
                switch error.reason {
                case .outOfRange(FilmMesh.Field.cellSize.rawValue, _, _): "cell_nm"
                case .outOfRange(FilmMesh.Field.copies.rawValue, _, _): "copies"
                default: "cells"
                }
            let value = key == "cell_nm" ? "\(edges)" : key == "copies" ? "\(copies)" : "\(cells)"
            throw table.invalid(key, value, expected: "a grid that a film can have: \(error)")
        }
    }

    private static func interval(_ table: SettingsTable) throws(SettingsError) -> Interval {
        let from = try table.finite("from_ps") ?? 0
        let to = try table.finite("to_ps")
        if let to, to <= from { throw table.invalid("to_ps", "\(to)", expected: "a time after from_ps, \(from)") }
        return Interval(from_s: from * 1e-12, to_s: to.map { $0 * 1e-12 } ?? .infinity)
    }

    /// Far above what any metal survives.
    private static let largestDensity_Apm2 = 1e18

    private static func currentInPlane(_ table: SettingsTable) throws(SettingsError) -> CurrentInPlane {
        try table.allow(keys["current_in_plane"] ?? [])
        guard let density = try table.vector("density_Apm2") else { throw table.missing("density_Apm2") }
        guard max(density.max(), -density.min()) <= largestDensity_Apm2 else {
            throw table.invalid("density_Apm2", "\(density)", expected: "at most \(largestDensity_Apm2) A/m²")
        }
        return CurrentInPlane(
            density_Apm2: density, polarisation: try table.number("polarisation", in: -1...1) ?? 1,
            nonAdiabaticity: try table.number("nonadiabaticity", in: -10...10) ?? 0, interval: try interval(table))
    }

    private static func currentAcross(_ table: SettingsTable, _ mesh: FilmMesh) throws(SettingsError) -> CurrentAcross {
        try table.allow(keys["current_across"] ?? [])
        guard let direction = try table.direction("direction") else { throw table.missing("direction") }
        guard let polarisation = try table.number("polarisation", in: -1...1) else { throw table.missing("polarisation") }
        let thickness = try table.number("thickness_nm", in: 0.01...1e6).map { $0 * 1e-9 }
        let parameters = SlonczewskiParameters(
            polarisation: polarisation, direction: direction, asymmetry: try table.number("asymmetry", in: 1...1000) ?? 1,
            fieldLike: try table.number("field_like", in: -10...10) ?? 0,
            thickness_m: thickness ?? Double(mesh.nz) * mesh.cellSize_m.z)
        let range = -largestDensity_Apm2...largestDensity_Apm2
        guard let density = try table.number("density_Apm2", in: range) else { throw table.missing("density_Apm2") }
        return CurrentAcross(
            density_Apm2: density, parameters: parameters, interval: try interval(table))
    }

    private static func temperature(_ table: SettingsTable) throws(SettingsError) -> Temperature {
        try table.allow(keys["temperature"] ?? [])
        guard let kelvin = try table.number("kelvin", in: 0...1e5) else { throw table.missing("kelvin") }
        return Temperature(kelvin: kelvin, seed: try table.seed("seed") ?? 1)
    }

    private static func start(_ table: SettingsTable, folder: String) throws(SettingsError) -> Start {
        let known = keys["start"] ?? []
        try table.allow(known)
        let given = known.filter { table.settings[$0] != nil || table.isTable($0) }
        guard given.count == 1 else {
            if given.count > 1 {
                let expected = "only one of direction, random_seed and file"
                throw table.invalid(given[1], "given beside \(given[0])", expected: expected)
            }
            throw table.missing("direction” or “random_seed” or “file")
        }
        if let direction = try table.direction("direction") { return .direction(direction) }
        if let seed = try table.seed("random_seed") { return .random(seed: seed) }
        let path = try table.required("file")
        return .file(path.hasPrefix("/") ? path : "\(folder)/\(path)")
    }
}
