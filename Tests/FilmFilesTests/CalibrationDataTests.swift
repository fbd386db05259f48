import FilmFiles
import Foundation
import MagneticFilm
import Protocols
import Settings
import TOMLKit
import Testing

/// The numbers in calibration-data are those that the program uses.
struct CalibrationDataTests {
    private func table(_ name: String) throws -> TOMLTable {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../calibration-data/\(name)")
        return try TOMLTable(string: String(contentsOf: file, encoding: .utf8))
    }

    @Test func `the Cyton's file and the codec agree on every scale`() throws {
        let eeg = try #require(table("cyton.toml")["eeg"]?.table)
        let reference = try #require(eeg["reference_V"]?.double)
        let bits = try #require(eeg["bits"]?.int)
        let gains = try #require(eeg["gains"]?.array).compactMap(\.int)
        #expect(gains == CytonScale.gains)
        for gain in gains {
            let expected = reference / Double(gain) / Double(1 << (bits - 1) - 1)
            #expect(abs(CytonScale.voltsPerCount(gain: gain) - expected) < 1e-18)
        }
        let accelerometer = try #require(table("cyton.toml")["accelerometer"]?.table)
        #expect(try #require(accelerometer["gravity_per_count"]?.double) == CytonScale.gravityPerCount)
    }

    @Test func `the materials' file and the film agree on every constant`() throws {
        let materials = try #require(table("film-materials.toml")["material"]?.array).compactMap(\.table)
        #expect(Set(materials.compactMap { $0["name"]?.string }) == Set(FilmMaterial.known.keys))
        for entry in materials {
            let name = try #require(entry["name"]?.string)
            let known = try #require(FilmMaterial.known[name])
            #expect(entry["moment_muB"]?.double == known.moment_muB)
            #expect(entry["anisotropy_J"]?.double == known.anisotropy_J)
            #expect(entry["exchange_J"]?.double == known.exchange_J)
            #expect(entry["lattice_constant_m"]?.double == known.latticeConstant_m)
        }
    }

    @Test func `the continuum materials' file and the film agree on every constant`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../calibration-data/continuum-materials.toml")
        let text = try String(contentsOf: file, encoding: .utf8)
        // Each table is a material file.
        let parts = text.components(separatedBy: "[[material]]").dropFirst()
        var names: Set<String> = []
        for part in parts {
            var material = try ContinuumMaterial(toml: part, file: "continuum-materials.toml")
            let known = try #require(ContinuumMaterial.known[material.name])
            names.insert(material.name)
            material.source = known.source
            #expect(material == known)
        }
        #expect(names == Set(ContinuumMaterial.known.keys))
    }

    @Test func `a material file with a wrong key or number says which`() {
        func message(_ text: String) -> String {
            do {
                _ = try ContinuumMaterial(toml: text, file: "m.toml")
                return ""
            } catch {
                return error.description
            }
        }
        let good = "saturation_Apm = 1e6\nexchange_Jpm = 1e-11\ndamping = 0.1\n"
        #expect(message(good).isEmpty)
        #expect(message(good + "uniaxal_Jpm3 = 1.0").contains("uniaxial_Jpm3"))
        #expect(message("saturation_Apm = 1e6\ndamping = 0.1").contains("exchange_Jpm"))
        #expect(message(good.replacing("0.1", with: "2.5")).contains("m.toml"))
        #expect(message(good + "uniaxial_axis = [0, 0]").contains("three numbers"))
        #expect(message("saturation_Apm = ").contains("m.toml:1"))
    }
}
