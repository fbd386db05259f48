/// A field of vectors on a regular grid, as OOMMF, mumax and ubermag exchange it: OVF 2.0.
///
/// Source: M. J. Donahue, D. G. Porter, OOMMF user's guide, "Vector field file format (OVF)", version 2.0.
public struct OVFFile: Equatable, Sendable {
    public enum Representation: String, CaseIterable, Sendable {
        case text
        case binary4
        case binary8

        /// As the file names it.
        var name: String {
            switch self {
            case .text: "Text"
            case .binary4: "Binary 4"
            case .binary8: "Binary 8"
            }
        }
    }

    public var title: String
    public var mesh: FilmMesh
    /// Corner of the first cell, metre.
    public var origin_m: SIMD3<Double>
    /// One per cell, x fastest; zero for empty cells.
    public var values: [SIMD3<Double>]
    /// Of each component; "1" for unit vectors.
    public var unit: String
    /// Seconds, where the file says so.
    public var time_s: Double?

    /// - Precondition: one value per cell.
    public init(
        title: String, mesh: FilmMesh, origin_m: SIMD3<Double> = .zero, values: [SIMD3<Double>], unit: String = "1",
        time_s: Double? = nil
    ) {
        precondition(values.count == mesh.cells, "one vector per cell")
        (self.title, self.mesh, self.origin_m, self.values) = (title, mesh, origin_m, values)
        (self.unit, self.time_s) = (unit, time_s)
    }

    /// The state of a film.
    public init<Scalar>(_ film: ContinuumFilm<Scalar>) {
        self.init(title: "m", mesh: film.mesh, values: (0..<film.mesh.cells).map { film.m[$0] }, time_s: film.time_s)
    }

    /// A film at the time of a sample that is just reported.
    public init<Scalar>(_ film: ContinuumFilm<Scalar>, time_s: Double) {
        self.init(title: "m", mesh: film.mesh, values: film.magnetisation(at: time_s), time_s: time_s)
    }

    /// Which cells hold material: those whose vector is not zero.
    public var filled: [Bool] { values.map { $0 != .zero } }
}

extension ContinuumFilm {
    /// Takes the directions of a file's vectors as magnetisation.
    /// - Throws: ``OVFError`` when the file's grid or its empty cells are not the film's.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func setMagnetisation(_ file: OVFFile, name: String) throws(OVFError) {
        func words(_ mesh: FilmMesh) -> String { "\(mesh.nx) × \(mesh.ny) × \(mesh.nz) cells" }
        guard file.mesh.nx == mesh.nx, file.mesh.ny == mesh.ny, file.mesh.nz == mesh.nz else {
            throw OVFError(.otherMesh(expected: words(mesh), found: words(file.mesh)), file: name)
        }
        for axis in 0..<3 {
            let (a, b) = (mesh.cellSize_m[axis], file.mesh.cellSize_m[axis])
            guard abs(a - b) <= 1e-6 * a else {
                let axisName = ["x", "y", "z"][axis]
                throw OVFError(
                    .otherMesh(expected: "cells of \(a) m along \(axisName)", found: "\(b) m"), file: name)
            }
        }
        for i in 0..<mesh.cells where moment[i] > 0 && file.values[i] == .zero {
            throw OVFError(.otherMesh(expected: "material in cell \(i)", found: "a zero vector there"), file: name)
        }
        var cell = -1
        setMagnetisation { _ in
            cell += 1
            return file.values[cell]
        }
    }
}
