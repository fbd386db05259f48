import Foundation
import MagneticFilm
import Pipeline
import Testing

struct FilmDescriptionTests {
    private static let start = "cells = [8, 6, 2]\ncell_nm = [5, 5, 3]\n"
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../rigs/films").standardizedFileURL

    private func film(_ text: String) throws -> ContinuumFilm {
        try FilmDescription(toml: Self.start + text, file: "f.toml").makeFilm()
    }

    private func message(_ text: String) -> String {
        do {
            _ = try film(text)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `the described keys are those that are read`() throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent("README.md"), encoding: .utf8)
        var described: Set<String> = []
        for line in text.split(separator: "\n") where line.hasPrefix("| `") && !line.contains(".toml") {
            let cell = line.dropFirst(2).prefix { $0 != "|" }
            described.formUnion(cell.split(separator: "`").map(String.init).filter { $0.contains { $0.isLetter } })
        }
        #expect(described == Set(FilmDescription.allKeys.values.joined()))
    }

    @Test(arguments: ["free-layer.toml", "bilayer.toml"])
    func `the ready descriptions are films`(name: String) throws {
        let film = try FilmDescription(contentsOf: Self.folder.appendingPathComponent(name).path).makeFilm(threads: 2)
        #expect(film.filledCells > 100 && film.warnings.isEmpty)
        #expect(film.mean.x > 0.9)
    }

    @Test func `a current switches the free layer, and without it the film stays`() throws {
        let path = Self.folder.appendingPathComponent("free-layer.toml").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for (density, final) in [("2e12", -1.0), ("0", 1.0)] {
            let changed = text.replacingOccurrences(of: "density_Apm2 = 2e12", with: "density_Apm2 = \(density)")
            let film = try FilmDescription(toml: changed, file: path).makeFilm()
            try film.advance(steps: 4000, timeStep_s: 2e-13)
            #expect(abs(film.mean.x - final) < 0.02)
        }
    }

    @Test func `regions, holes and layers lie where they are said to`() throws {
        let film = try film(
            """
            [[region]]
            material = "Py"
            [[region]]
            name = "top"
            material = "Co"
            damping = 0.5
            layer_nm = [3, 6]
            [[hole]]
            shape = "rectangle"
            from_nm = [0, 0]
            to_nm = [10, 10]
            """)
        #expect(film.filledCells == 96 - 8)
        let regions = film.regions
        #expect(regions.materials.map(\.name) == ["Py", "Co"] && regions.materials[1].damping == 0.5)
        for cell in 0..<96 {
            let (x, y, z) = (cell % 8, cell / 8 % 6, cell / 48)
            #expect(regions.cells[cell] == (x < 2 && y < 2 ? -1 : Int32(z)))
        }
    }

    @Test func `antiparallel coupling turns one of two layers`() throws {
        let film = try film(
            """
            [[region]]
            name = "a"
            material = "Py"
            damping = 1
            [[region]]
            name = "b"
            material = "Py"
            damping = 1
            layer_nm = [3, 6]
            [[boundary]]
            between = ["a", "b"]
            coupling_Jpm2 = -1e-3
            [initial]
            state = "random"
            """)
        #expect(film.relax().converged)
        #expect(film.mean.x.magnitude < 0.01 && film.mean.y.magnitude < 0.01)
        let lower = (0..<48).reduce(SIMD3<Double>.zero) { $0 + film.m[$1] } / 48
        #expect((lower * lower).sum() > 0.8)
    }

    @Test func `the same seed makes the same film, another one another film`() throws {
        func cells(_ seed: Int) throws -> ([Int32], [SIMD3<Double>]) {
            let film = try film(
                """
                seed = \(seed)
                [[region]]
                material = "Py"
                [defects]
                vacancies = 0.3
                grains_nm = 10
                [initial]
                state = "random"
                """)
            return (film.regions.cells, (0..<96).map { film.m[$0] })
        }
        let (first, again, other) = (try cells(1), try cells(1), try cells(2))
        #expect(first.0 == again.0 && first.1 == again.1)
        #expect(first.0 != other.0 && first.1 != other.1)
    }

    @Test(arguments: [
        ("[[region]]\nmaterail = \"Py\"", "f.toml:4: unknown key “materail”; did you mean “material”?"),
        ("", "f.toml: the film needs the key “[[region]]”"),
        ("[[region]]\nmaterial = \"Xy\"", "there is no such file"),
        ("[[region]]\nexchange_Jpm = 1e-11", "f.toml:3: the material needs the key “saturation_Apm”"),
        ("[[region]]\nmaterial = \"Py\"\nshape = \"disc\"", "f.toml:5: “shape” is “disc”, expected one of all, ellipse"),
        ("[[region]]\nmaterial = \"Py\"\nshape = \"ellipse\"\ncentre_nm = [1, 1]", "needs the key “radii_nm”"),
        ("[[region]]\nmaterial = \"Py\"\nradii_nm = [1, 1]", "no such key with the shape “all”"),
        (
            "[[region]]\nmaterial = \"Py\"\nshape = \"ellipse\"\ncentre_nm = [900, 1]\nradii_nm = [1, 1]",
            "the mask is empty"
        ),
        ("[[region]]\nmaterial = \"Py\"\n[[hole]]", "the mask is empty"),
        (
            "[[region]]\nmaterial = \"Py\"\n[[boundary]]\nbetween = [\"0\", \"top\"]\nexchange_factor = 1",
            "two of the regions 0"
        ),
        ("[[region]]\nmaterial = \"Py\"\ndamping = 2", "f.toml:3: “material” cannot be had: damping is 2.0"),
        ("[[region]]\nmaterial = \"Py\"\ncubic_axes = [[1, 0, 0], [2, 0, 0]]", "not parallel"),
        ("[[region]]\nmaterial = \"Py\"\nuniaxial_axis = [1, nan, 0]", "f.toml:5: “uniaxial_axis” must be 3 numbers"),
        ("[[region]]\nmaterial = \"Py\"\n[current_across]\ndensity_Apm2 = 1", "needs the key “direction”"),
        (
            "[[region]]\nmaterial = \"Py\"\n[current_across]\ndensity_Apm2 = 1\ndirection = [1, 0, 0]\nasymmetry = 0",
            "asymmetry is 0.0, expected 1 to 1000"
        ),
        ("[[region]]\nmaterial = \"Py\"\n[initial]\nstate = \"skyrmion\"", "“random” or “vortex”"),
        ("[[region]]\nmaterial = \"Py\"\n[initial]\nfile = \"none.ovf\"", "none.ovf: no such file"),
        ("temperature_K = -1\n[[region]]\nmaterial = \"Py\"", "f.toml:3: “temperature_K” is “-1.0”"),
        ("copies = [0.5, 0]\n[[region]]\nmaterial = \"Py\"", "whole numbers"),
    ])
    func `what cannot be is told with its line`(text: String, expected: String) {
        #expect(message(text).contains(expected), "\(message(text))")
    }

    @Test func `a mesh beyond all memory is refused`() {
        let text = "cells = [100000, 100000, 1]\ncell_nm = [1, 1, 1]\n[[region]]\nmaterial = \"Py\""
        #expect(throws: RigError.self) { try FilmDescription(toml: text, file: "f.toml") }
    }
}
