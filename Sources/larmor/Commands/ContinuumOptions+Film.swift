import FilmFiles
import Foundation
import MagneticFilm
import Signals

/// What the options of a continuum run ask for, as the film's own types.
extension ContinuumOptions {
    /// The uniform field of the run.
    func drive() throws -> FieldDrive {
        var drive = FieldDrive(constant_T: fieldT?.value ?? .zero)
        if let field { drive.add(try FieldTable(file: field)) }
        if let pulseT {
            drive.add(
                try FieldPulse(
                    pulseForm, amplitude_T: pulseT.value, start_s: pulseStartPs * 1e-12, width_s: pulseWidthPs * 1e-12))
        }
        return drive
    }

    /// Which cells hold material; nil for all.
    func filled(_ mesh: FilmMesh, _ start: OVFFile?) -> [Bool]? {
        var filled = start?.filled
        if shape == .ellipse {
            let size = mesh.cellSize_m * SIMD3(Double(mesh.nx), Double(mesh.ny), 1)
            for i in 0..<mesh.cells {
                let d = (mesh.centre_m(i) / size - 0.5) * SIMD3(2, 2, 0)
                let inside = (d * d).sum() <= 1
                if filled == nil { filled = [Bool](repeating: true, count: mesh.cells) }
                if !inside { filled?[i] = false }
            }
        }
        return filled
    }

    /// All that a run's numbers depend on, by option, for a checkpoint.
    func settings<Scalar>(_ film: ContinuumFilm<Scalar>, _ described: FilmDescription?) throws -> [String: String] {
        var settings = [
            "--duration-ns": "\(durationNs)", "--sample-ps": "\(samplePs)", "--precision": precision.rawValue,
            "--field-t": "\(fieldT?.value ?? .zero)", "--relax": "\(relax)", "--relax-field-t": "\(relaxFieldT.value)",
            "--relax-torque": "\(relaxTorque)", "the film": Self.fingerprint(film, described),
        ]
        if let stepFs {
            settings["--step-fs"] = "\(stepFs)"
            settings["--integrator"] = integrator.rawValue
        } else {
            settings["--tolerance"] = "\(tolerance)"
        }
        if let pulseT {
            settings["--pulse-t"] = "\(pulseT.value), \(pulseForm.rawValue), \(pulseStartPs) ps, \(pulseWidthPs) ps"
        }
        if let temperature, temperature > 0 { settings["--temperature"] = "\(temperature) K, seed \(seed ?? 1)" }
        if let field {
            let bytes = FileManager.default.contents(atPath: field) ?? Data()
            settings["--field"] = "a table with the checksum \(CRC32C.checksum([UInt8](bytes)))"
        }
        return settings
    }

    /// A checksum of cells, materials, currents and the magnetisation at the start.
    private static func fingerprint<Scalar>(_ film: ContinuumFilm<Scalar>, _ described: FilmDescription?) -> String {
        var crc = CRC32C()
        let parts: [Any?] = [
            film.mesh, film.regions.materials, described?.damping, described?.includesDemagnetisation,
            described?.currentInPlane, described?.currentAcross, described?.temperature,
        ]
        for part in parts { crc.update("\(String(describing: part))\n".utf8) }
        film.regions.cells.withUnsafeBytes { crc.update($0) }
        for component in film.state.components { component.withUnsafeBytes { crc.update($0) } }
        return "one with the checksum \(crc.value)"
    }
}
