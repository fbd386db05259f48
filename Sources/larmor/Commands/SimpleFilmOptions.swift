import ArgumentParser
import Foundation
import MagneticFilm
import Pipeline

/// A flat film of one material in one layer of cells; by default muMAG's standard problem 1.
struct SimpleFilmOptions: ParsableArguments {
    enum Outline: String, ExpressibleByArgument, CaseIterable { case rectangle, ellipse }

    @Option(help: "Edge along x, nanometre. Default: 1000.")
    var lengthNm: Double?

    @Option(help: "Edge along y, nanometre. Default: 2000.")
    var widthNm: Double?

    @Option(help: "Thickness, nanometre. Default: 20.")
    var thicknessNm: Double?

    @Option(help: "Edge of a cell in the plane, nanometre. Default: 20.")
    var cellNm: Double?

    @Option(help: "Outline: \(Outline.allCases.map(\.rawValue).joined(separator: ", ")).")
    var shape: Outline?

    @Option(help: "Material: Co, Ni, Fe, Py or a TOML file. Default: that of the three options below.")
    var material: String?

    @Option(help: "Saturation magnetisation, A/m. Default: 8e5.")
    var saturation: Double?

    @Option(help: "Exchange stiffness, J/m. Default: 1.3e-11.")
    var exchange: Double?

    @Option(help: "Uniaxial anisotropy, J/m³. Default: 500, along y.")
    var anisotropy: Double?

    @Option(help: "Its axis: x, y, z.")
    var easyAxis: FilmLoop.Axis?

    @Option(help: "Grains of this diameter, nanometre, each with its own direction of the easy axis in the plane.")
    var grainsNm: Double?

    @Option(help: "Seed of the grains. Default: 1.")
    var seed: UInt64?

    /// The first option that was given.
    var given: String? {
        let all: [(String, Bool)] = [
            ("length-nm", lengthNm != nil), ("width-nm", widthNm != nil), ("thickness-nm", thicknessNm != nil),
            ("cell-nm", cellNm != nil), ("shape", shape != nil), ("material", material != nil),
            ("saturation", saturation != nil), ("exchange", exchange != nil), ("anisotropy", anisotropy != nil),
            ("easy-axis", easyAxis != nil), ("grains-nm", grainsNm != nil), ("seed", seed != nil),
        ]
        return all.first(where: \.1)?.0
    }

    /// Edges in nanometre.
    private var length: Double { lengthNm ?? 1000 }
    private var width: Double { widthNm ?? 2000 }
    private var cell: Double { cellNm ?? 20 }

    func validate() throws {
        for (name, value) in [("length-nm", length), ("width-nm", width), ("cell-nm", cell)] {
            guard value.isFinite, value > 0 else { throw ValidationError("--\(name) must be above 0") }
        }
        for (name, value) in [("length-nm", length), ("width-nm", width)] {
            let count = value / cell
            guard count > 0.5, count < 1e5, abs(count - count.rounded()) < 1e-6 * count else {
                throw ValidationError("--\(name) is not a whole number of cells of \(cell) nm")
            }
        }
        guard material == nil || (saturation == nil && exchange == nil) else {
            throw ValidationError("--material has the saturation and the exchange: leave --saturation and --exchange out")
        }
    }

    func makeFilm(threads: Int) throws -> ContinuumFilm {
        let mesh = try FilmMesh(
            nx: Int((length / cell).rounded()), ny: Int((width / cell).rounded()),
            cellSize_m: SIMD3(cell, cell, thicknessNm ?? 20) * 1e-9)
        let size = SIMD2(length, width) * 1e-9
        let outline: FilmShape = shape == .ellipse ? try .ellipse(centre_m: size / 2, radii_m: size / 2) : .all
        var regions = try FilmRegions(mesh: mesh, filling: outline, with: chosenMaterial())
        if let grainsNm {
            try regions.addGrains(size_m: grainsNm * 1e-9, seed: seed ?? 1) { material, random in
                var grain = material
                grain.uniaxialAxis = SIMD3(cos(2 * .pi * random.x), sin(2 * .pi * random.x), 0)
                return grain
            }
        }
        return try ContinuumFilm(regions, threads: threads)
    }

    private func chosenMaterial() throws -> ContinuumMaterial {
        guard let material else {
            return ContinuumMaterial(
                name: "film", saturation_Apm: saturation ?? 8e5, exchange_Jpm: exchange ?? 1.3e-11,
                uniaxial_Jpm3: anisotropy ?? 5e2, uniaxialAxis: (easyAxis ?? .y).vector, damping: 0.5,
                source: "command line")
        }
        var result = try ContinuumMaterial(named: material)
        if let anisotropy { result.uniaxial_Jpm3 = anisotropy }
        if let easyAxis { result.uniaxialAxis = easyAxis.vector }
        return result
    }
}
