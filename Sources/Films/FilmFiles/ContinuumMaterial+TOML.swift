import Foundation
public import MagneticFilm
public import Settings

extension ContinuumMaterial {
    /// Keys of a material, in a file of its own or in a film file.
    static let tomlKeys = [
        "name", "base", "saturation_Apm", "exchange_Jpm", "uniaxial_Jpm3", "uniaxial_axis", "cubic_Jpm3", "cubic_axes",
        "interfacial_dmi_Jpm2", "damping", "source",
    ]

    /// The names that commands and files know.
    public static let names = (known.keys + ["permalloy"]).sorted()

    /// A known material, or the one in a file.
    /// - Parameters:
    ///   - text: "Co", "Fe", "Ni", "Py" or "permalloy", or the path of a material file.
    ///   - folder: where a path that does not begin with a slash begins; nil for the current folder.
    /// - Throws: ``SettingsError`` with file and line.
    public init(named text: String, folder: String? = nil) throws(SettingsError) {
        if let known = Self.known[text == "permalloy" ? "Py" : text] {
            self = known
        } else {
            let isRelative = folder != nil && !text.hasPrefix("/")
            try self.init(contentsOf: isRelative ? "\(folder ?? "")/\(text)" : text)
        }
    }

    /// Reads a material file: `saturation_Apm`, `exchange_Jpm` and `damping`, and where they are not nought `uniaxial_Jpm3`,
    /// `uniaxial_axis`, `cubic_Jpm3`, `cubic_axes`, `interfacial_dmi_Jpm2`; or `base`, a known name, and what differs from it.
    /// - Throws: ``SettingsError`` with file and line.
    public init(contentsOf path: String) throws(SettingsError) {
        do {
            try self.init(toml: SettingsTable.text(of: path), file: path)
        } catch {
            guard case .missingFile = error.reason else { throw error }
            let names = Self.names.joined(separator: ", ")
            throw SettingsError(
                file: path, line: 0, reason: .missingFile(remedy: "a material is one of \(names), or a TOML file"))
        }
    }

    /// - Parameter file: the name to use in messages.
    public init(toml text: String, file: String) throws(SettingsError) {
        let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        try self.init(try SettingsTable(toml: text, file: file), name: name)
    }

    /// - Parameter name: where the table has none.
    init(_ table: SettingsTable, name: String) throws(SettingsError) {
        try table.allow(Self.tomlKeys)
        var base: ContinuumMaterial?
        if let name = try table.string("base") {
            guard let known = Self.known[name == "permalloy" ? "Py" : name] else {
                throw table.invalid("base", name, expected: "one of " + Self.names.joined(separator: ", "))
            }
            base = known
        }
        func number(_ key: String, _ fallback: Double?) throws(SettingsError) -> Double {
            if let value = try table.number(key) ?? fallback { return value }
            throw SettingsError(file: table.file, line: table.line, reason: .missingKey(key, inTable: "the material"))
        }
        var axis = base?.uniaxialAxis ?? SIMD3(0, 0, 1)
        if let setting = table.settings["uniaxial_axis"] {
            let numbers = setting.list?.compactMap(\.number) ?? []
            guard numbers.count == 3, setting.list?.count == 3 else {
                throw SettingsError(
                    file: table.file, line: table.line(of: "uniaxial_axis"),
                    reason: .wrongType(key: "uniaxial_axis", expected: "three numbers", found: setting.typeName))
            }
            axis = SIMD3(numbers[0], numbers[1], numbers[2])
        }
        var crystal = base?.cubicAxes ?? [SIMD3(1, 0, 0), SIMD3(0, 1, 0)]
        if let setting = table.settings["cubic_axes"] {
            let axes = (setting.list ?? []).map { ($0.list ?? []).compactMap(\.number) }
            guard axes.count == 2, axes.allSatisfy({ $0.count == 3 }) else {
                throw table.wrongType("cubic_axes", expected: "two axes of three numbers, such as [[1, 0, 0], [0, 1, 0]]")
            }
            crystal = axes.map { SIMD3($0[0], $0[1], $0[2]) }
        }
        self.init(
            name: try table.string("name") ?? base?.name ?? name,
            saturation_Apm: try number("saturation_Apm", base?.saturation_Apm),
            exchange_Jpm: try number("exchange_Jpm", base?.exchange_Jpm),
            uniaxial_Jpm3: try number("uniaxial_Jpm3", base?.uniaxial_Jpm3 ?? 0), uniaxialAxis: axis,
            cubic_Jpm3: try number("cubic_Jpm3", base?.cubic_Jpm3 ?? 0), cubicAxes: crystal,
            interfacialDMI_Jpm2: try number("interfacial_dmi_Jpm2", base?.interfacialDMI_Jpm2 ?? 0),
            damping: try number("damping", base?.damping), source: try table.string("source") ?? base?.source ?? table.file)
        do {
            _ = try FilmRegions(mesh: FilmMesh(nx: 1, ny: 1, cellSize_m: SIMD3(repeating: 1e-9)), with: self)
        } catch {
            throw SettingsError(
                file: table.file, line: table.line,
                reason: .invalidValue(key: "material", value: self.name, expected: "constants in range: \(error)"))
        }
    }
}
