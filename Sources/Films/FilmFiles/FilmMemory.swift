import Foundation
public import MagneticFilm

/// Whether a film fits in this machine's memory, asked before the first byte is taken: the system grants more than it has and
/// then ends the program.
public enum FilmMemory {
    /// Bytes that a film with its integrator's stages needs, from the sizes of its arrays.
    ///
    /// Per cell a magnetisation, a field, and the stages of a step, some ten vectors; for the demagnetising field six tensor
    /// components in an octant of the padded grid, each made through copies, and the half-transformed magnetisation.
    public static func estimate_bytes(_ mesh: FilmMesh) -> Double {
        let cells = Double(mesh.cells)
        let margins = Double(2 * mesh.nx * mesh.ny)
        let vectors: Double = 240 * (cells + margins)
        let components: Double = mesh.nz == 1 ? 4 : 6
        let tensor: Double = 8 * cells * (components + 9)
        let transforms: Double = 96 * cells
        // Matrices of the cosine transforms, one axis squared each.
        var matrices = 0.0
        for count in [mesh.nx, mesh.ny, mesh.nz] { matrices += 48 * Double(count) * Double(count) }
        return vectors + tensor + transforms + matrices
    }

    /// Bytes that programs can still have, as the kernel says; nil where it does not.
    public static var available_bytes: Double? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        guard let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({ Double($0) }) else { return nil }
        return kilobytes * 1024
    }

    /// - Throws: `FilmError` when the film needs more than is there.
    public static func check(_ mesh: FilmMesh, available_bytes: Double? = FilmMemory.available_bytes) throws(FilmError) {
        guard let available_bytes else { return }
        let needed = estimate_bytes(mesh)
        guard needed <= available_bytes else {
            func gigabytes(_ bytes: Double) -> String { String(format: "%.1f", bytes / 1e9) }
            throw FilmError(
                .notPossible(
                    "a film of \(mesh.nx) × \(mesh.ny) × \(mesh.nz) cells needs about \(gigabytes(needed)) GB, and "
                        + "\(gigabytes(available_bytes)) GB are free; take larger cells or a smaller film"))
        }
    }
}
