import Foundation
public import MagneticFilm

extension ContinuumMaterial {
    /// A known material (Co, Ni, Fe, Py) or a material file.
    /// - Throws: ``RigError`` with file and line.
    public init(named name: String) throws(RigError) {
        if let known = Self.known[name] { self = known } else { try self.init(contentsOf: name) }
    }

    /// Reads a material file: `saturation_Apm`, `exchange_Jpm` and `damping`, and where they are not nought `uniaxial_Jpm3`,
    /// `uniaxial_axis`, `cubic_Jpm3`, `cubic_axes`, `interfacial_dmi_Jpm2`.
    /// - Throws: ``RigError`` with file and line.
    public init(contentsOf path: String) throws(RigError) {
        try self.init(RigTable(file: path))
    }

    /// - Parameter file: the name to use in messages.
    public init(toml text: String, file: String) throws(RigError) {
        try self.init(RigTable(text: text, file: file))
    }

    private init(_ table: RigTable) throws(RigError) {
        try table.allow(["name", "source"] + Self.constants)
        let name = URL(fileURLWithPath: table.file).deletingPathExtension().lastPathComponent
        try self.init(table, named: table.string("name") ?? name, over: nil)
        source = try table.string("source") ?? table.file
    }

    /// The keys that hold constants.
    static let constants = [
        "saturation_Apm", "exchange_Jpm", "uniaxial_Jpm3", "uniaxial_axis", "cubic_Jpm3", "cubic_axes",
        "interfacial_dmi_Jpm2", "damping",
    ]

    /// The constants that a table has; the others are those of `base`. Without one, three are required and the others nought.
    init(_ table: RigTable, named name: String, over base: ContinuumMaterial?) throws(RigError) {
        func number(_ key: String, _ value: Double?) throws(RigError) -> Double {
            if let value = try table.number(key) ?? value { return value }
            throw RigError(file: table.file, line: table.line, reason: .missingKey(key, inTable: "the material"))
        }
        self.init(
            name: name, saturation_Apm: try number("saturation_Apm", base?.saturation_Apm),
            exchange_Jpm: try number("exchange_Jpm", base?.exchange_Jpm),
            uniaxial_Jpm3: try number("uniaxial_Jpm3", base?.uniaxial_Jpm3 ?? 0),
            uniaxialAxis: try table.vector("uniaxial_axis") ?? base?.uniaxialAxis ?? SIMD3(0, 0, 1),
            cubic_Jpm3: try number("cubic_Jpm3", base?.cubic_Jpm3 ?? 0),
            cubicAxes: try table.vectors("cubic_axes") ?? base?.cubicAxes ?? [SIMD3(1, 0, 0), SIMD3(0, 1, 0)],
            interfacialDMI_Jpm2: try number("interfacial_dmi_Jpm2", base?.interfacialDMI_Jpm2 ?? 0),
            damping: try number("damping", base?.damping), source: base?.source ?? table.file)
        do {
            _ = try FilmRegions(mesh: FilmMesh(nx: 1, ny: 1, cellSize_m: SIMD3(repeating: 1e-9)), with: self)
        } catch {
            throw RigError(
                file: table.file, line: table.line, reason: .impossible(key: "material", cause: "\(error)"))
        }
    }
}
