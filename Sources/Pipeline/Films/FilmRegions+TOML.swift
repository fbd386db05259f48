import Foundation
import MagneticFilm

/// Regions, holes, boundaries and defects of a ``FilmDescription``.
extension FilmRegions {
    static let regionKeys =
        ["name", "material", "only_filled"] + FilmShape.keys + ContinuumMaterial.constants
    static let boundaryKeys = ["between", "exchange_factor", "coupling_Jpm2"]
    static let defectKeys = ["vacancies", "grains_nm", "grain_exchange", "easy_axis", "anisotropy_spread"]

    init(_ root: RigTable, mesh: FilmMesh, seed: UInt64) throws(RigError) {
        let tables = root.tables("region")
        guard let first = tables.first else {
            throw RigError(file: root.file, line: 0, reason: .missingKey("[[region]]", inTable: "the film"))
        }
        var names: [String] = []
        let material = try Self.material(first, &names)
        let shape = try FilmShape(first)
        self = try first.within("shape") { () throws(FilmError) in
            try FilmRegions(mesh: mesh, filling: shape, with: material)
        }
        for table in tables.dropFirst() {
            let material = try Self.material(table, &names)
            let shape = try FilmShape(table)
            let onlyFilled = try table.boolean("only_filled") ?? false
            try table.within("shape") { () throws(FilmError) in
                _ = try fill(shape, with: material, onlyFilled: onlyFilled)
            }
        }
        for table in root.tables("hole") {
            try table.allow(FilmShape.keys)
            let shape = try FilmShape(table)
            try table.within("shape") { () throws(FilmError) in try remove(shape) }
        }
        for table in root.tables("boundary") { try setBoundary(table, names) }
        if let table = root.table("defects") { try addDefects(table, seed: seed) }
    }

    private static func material(_ table: RigTable, _ names: inout [String]) throws(RigError) -> ContinuumMaterial {
        try table.allow(regionKeys)
        names.append(try table.string("name") ?? "\(names.count)")
        guard let name = try table.string("material") else {
            return try ContinuumMaterial(table, named: names[names.count - 1], over: nil)
        }
        // A file's name is meant from the description's folder.
        let folder = URL(fileURLWithPath: table.file).deletingLastPathComponent()
        let base =
            if let known = ContinuumMaterial.known[name] {
                known
            } else {
                try ContinuumMaterial(contentsOf: URL(fileURLWithPath: name, relativeTo: folder).path)
            }
        return try ContinuumMaterial(table, named: base.name, over: base)
    }

    private mutating func setBoundary(_ table: RigTable, _ names: [String]) throws(RigError) {
        try table.allow(Self.boundaryKeys)
        let pair = table.settings["between"]?.list?.compactMap(\.string) ?? []
        guard pair.count == 2, let a = names.firstIndex(of: pair[0]), let b = names.firstIndex(of: pair[1]), a != b else {
            throw table.invalid(
                "between", pair.joined(separator: ", "), expected: "two of the regions \(names.joined(separator: ", "))")
        }
        let factor = try table.number("exchange_factor")
        let coupling = try table.number("coupling_Jpm2")
        switch (factor, coupling) {
        case (let factor?, nil): try set(.factor(factor), "exchange_factor")
        case (nil, let coupling?): try set(.surface(J_Jpm2: coupling), "coupling_Jpm2")
        default:
            throw RigError(
                file: table.file, line: table.line,
                reason: .missingKey("exchange_factor” or “coupling_Jpm2", inTable: table.path))
        }
        func set(_ boundary: Boundary, _ key: String) throws(RigError) {
            try table.within(key) { () throws(FilmError) in try self.setBoundary(a, b, boundary) }
        }
    }

    private mutating func addDefects(_ table: RigTable, seed: UInt64) throws(RigError) {
        try table.allow(Self.defectKeys)
        let axes = try table.string("easy_axis") ?? "as it is"
        guard ["as it is", "in plane", "any"].contains(axes) else {
            throw table.invalid("easy_axis", axes, expected: "“as it is”, “in plane” or “any”")
        }
        let spread = try table.number("anisotropy_spread") ?? 0
        guard (0...1).contains(spread) else { throw table.invalid("anisotropy_spread", "\(spread)", expected: "0 to 1") }
        if let size = try table.number("grains_nm") {
            let exchange = try table.number("grain_exchange") ?? 1
            try table.within("grains_nm") { () throws(FilmError) in
                _ = try addGrains(size_m: size * 1e-9, seed: seed, boundary: .factor(exchange)) { material, random in
                    var grain = material
                    grain.uniaxial_Jpm3 *= 1 + spread * (2 * random.z - 1)
                    let angle = 2 * .pi * random.x
                    let height = axes == "any" ? 2 * random.y - 1 : 0
                    let radius = (1 - height * height).squareRoot()
                    if axes != "as it is" { grain.uniaxialAxis = SIMD3(radius * cos(angle), radius * sin(angle), height) }
                    return grain
                }
            }
        }
        if let fraction = try table.number("vacancies") {
            try table.within("vacancies") { () throws(FilmError) in try addVacancies(fraction: fraction, seed: seed) }
        }
    }
}
