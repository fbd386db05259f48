import Foundation
public import MagneticFilm
import TOMLKit

extension ContinuumMaterial {
    /// Reads a material file: `saturation_Apm`, `exchange_Jpm` and `damping`, and where they are not nought `uniaxial_Jpm3`,
    /// `uniaxial_axis`, `cubic_Jpm3`, `interfacial_dmi_Jpm2`.
    /// - Throws: ``RigError`` with file and line.
    public init(contentsOf path: String) throws(RigError) {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
            let missing = !FileManager.default.fileExists(atPath: path)
            throw RigError(
                file: path, line: 0,
                reason: .unreadable(missing ? "there is no such file" : "it is not readable UTF-8 text"))
        }
        try self.init(toml: text, file: path)
    }

    /// - Parameter file: the name to use in messages.
    public init(toml text: String, file: String) throws(RigError) {
        let root: TOMLTable
        do {
            root = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw RigError(file: file, line: Int(error.source.begin.line), reason: .syntax(error.description))
        } catch {
            throw RigError(file: file, line: 0, reason: .syntax("\(error)"))
        }
        let table = RigTable(root, path: "", file: file, lines: TOMLLines(text))
        try table.allow([
            "name", "saturation_Apm", "exchange_Jpm", "uniaxial_Jpm3", "uniaxial_axis", "cubic_Jpm3", "interfacial_dmi_Jpm2",
            "damping", "source",
        ])
        func required(_ key: String) throws(RigError) -> Double {
            guard let value = try table.number(key) else {
                throw RigError(file: file, line: 0, reason: .missingKey(key, inTable: "the material"))
            }
            return value
        }
        var axis = SIMD3<Double>(0, 0, 1)
        if let setting = table.settings["uniaxial_axis"] {
            let numbers = setting.list?.compactMap(\.number) ?? []
            guard numbers.count == 3, setting.list?.count == 3 else {
                throw RigError(
                    file: file, line: table.line(of: "uniaxial_axis"),
                    reason: .wrongType(key: "uniaxial_axis", expected: "three numbers", found: setting.typeName))
            }
            axis = SIMD3(numbers[0], numbers[1], numbers[2])
        }
        self.init(
            name: try table.string("name") ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent,
            saturation_Apm: try required("saturation_Apm"), exchange_Jpm: try required("exchange_Jpm"),
            uniaxial_Jpm3: try table.number("uniaxial_Jpm3") ?? 0, uniaxialAxis: axis,
            cubic_Jpm3: try table.number("cubic_Jpm3") ?? 0,
            interfacialDMI_Jpm2: try table.number("interfacial_dmi_Jpm2") ?? 0, damping: try required("damping"),
            source: try table.string("source") ?? file)
        do {
            _ = try FilmRegions(mesh: FilmMesh(nx: 1, ny: 1, cellSize_m: SIMD3(repeating: 1e-9)), with: self)
        } catch {
            throw RigError(
                file: file, line: 0,
                reason: .invalidValue(key: "material", value: name, expected: "constants in range: \(error)"))
        }
    }
}
