import FilmFiles
import Foundation
import MagneticFilm
import Testing

struct FilmDescriptionTests {
    private static let films = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../films").standardizedFileURL.path
    private static let mesh = "[mesh]\ncells = [16, 8, 2]\ncell_nm = [4, 4, 3]\n"

    private func film(_ top: String = "", _ text: String = "", mesh: String = mesh) throws -> FilmDescription {
        try FilmDescription(toml: "material = \"Py\"\n" + top + mesh + text, file: "folder/film.toml")
    }

    private func message(_ top: String = "", _ text: String = "", mesh: String = mesh) -> String {
        do {
            _ = try film(top, text, mesh: mesh)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private struct Row {
        var key: String
        var example: String
        var isNeeded: Bool
    }

    /// The tables of the manual with their headings' code: "[shape]", "kind = …".
    private func manual() throws -> [(heading: [String], rows: [Row])] {
        let text = try String(contentsOfFile: Self.films + "/README.md", encoding: .utf8)
        var sections: [(heading: [String], rows: [Row])] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
            let code = stride(from: 1, to: parts.count, by: 2).map { parts[$0] }
            if line.hasPrefix("## ") { sections.append((code, [])) }
            guard line.hasPrefix("| `"), code.count >= 2, !sections.isEmpty else { continue }
            let isNeeded = line.hasSuffix("; needed |") || line.hasSuffix("| needed |")
            sections[sections.count - 1].rows.append(Row(key: code[0], example: code[1], isNeeded: isNeeded))
        }
        return sections
    }

    @Test func `every key of the manual is read with its example`() throws {
        var count = 0
        for (heading, rows) in try manual() {
            for row in rows {
                var text = "\(row.key) = \(row.example)\n"
                for other in rows where other.isNeeded && other.key != row.key { text += "\(other.key) = \(other.example)\n" }
                // What one key needs beside it.
                let partner = ["around_nm": "turned_deg = 30\n", "between": "factor = 1.0\n"]
                text += partner[row.key] ?? ""
                let section = heading.first ?? ""
                for line in heading.dropFirst() { text += line + "\n" }
                var top = "material = \"Py\"\n"
                switch section {
                case "": (top, text) = (text, Self.mesh)
                case "[mesh]": text = section + "\n" + text
                case "[material]":
                    top = ""
                    if row.key != "base" { text += "base = \"Co\"\n" }
                    text = Self.mesh + section + "\n" + text
                case "[[coupling]]":
                    let region = "[[region]]\nname = \"lower\"\nshape = { kind = \"layer\", from_nm = 0, to_nm = 3 }\n"
                    text = Self.mesh + region + section + "\n" + text
                default: text = Self.mesh + section + "\n" + text
                }
                do {
                    _ = try FilmDescription(toml: top + text, file: "film.toml")
                    count += 1
                } catch {
                    Issue.record("\(heading) \(row.key): \(error)")
                }
            }
        }
        #expect(count > 55)
    }

    @Test func `every key that is read stands in the manual`() throws {
        var documented: [String: Set<String>] = [:]
        for (heading, rows) in try manual() {
            let section = (heading.first ?? "").filter { $0 != "[" && $0 != "]" }
            documented[section, default: []].formUnion(rows.map(\.key))
        }
        documented["", default: []].formUnion(documented.keys.filter { !$0.isEmpty })
        documented["shape", default: []].insert("kind")
        #expect(documented.mapValues { $0.sorted() } == FilmDescription.allKeys.mapValues { Set($0).sorted() })
    }

    @Test func `the example has two coupled layers, a hole, vacancies and DMI, and becomes a film`() throws {
        let description = try FilmDescription(contentsOf: Self.films + "/bilayer.toml")
        let regions = description.regions
        #expect(regions.materials.map(\.name) == ["Py", "Co"])
        #expect(regions.materials[0].interfacialDMI_Jpm2 == 5e-4)
        // Two ellipses less the hole, less about one cell in fifty.
        let area = Double.pi * (16 * 8 - 2 * 2)
        #expect(abs(Double(regions.filledCells) - 2 * area * 0.98) < 40)
        let lower = (0..<512).filter { regions.cells[$0] >= 0 }
        #expect(lower.allSatisfy { regions.cells[$0] == 1 })
        let film = try description.makeFilm(threads: 1)
        #expect(lower.allSatisfy { film.m[$0].z == 1 })
        let upper = (512..<1024).filter { regions.cells[$0] == 0 }
        #expect(!upper.isEmpty && upper.allSatisfy { abs(film.m[$0].y / film.m[$0].x - 0.1) < 1e-6 })
        #expect(film.terms.contains { $0 is InterfacialDMITerm<Double> })
    }

    @Test func `the film in the README is read`() throws {
        let text = try String(contentsOfFile: Self.films + "/../README.md", encoding: .utf8)
        let block = try #require(text.components(separatedBy: "```toml\n").first { $0.contains("[[coupling]]") })
        let film = try FilmDescription(toml: block.components(separatedBy: "```")[0], file: "README.md")
        #expect(film.regions.materials.map(\.name) == ["Py", "Co"])
    }

    @Test func `currents, temperature and random starts reach the film`() throws {
        let description = try film(
            "damping = 0.3\ndemagnetisation = false\n",
            """
            [current_in_plane]
            density_Apm2 = [1e12, 0, 0]
            polarisation = 0.5
            nonadiabaticity = 0.1
            from_ps = 10
            [current_across]
            density_Apm2 = 2e11
            polarisation = 0.4
            direction = [0, 1, 0]
            [temperature]
            kelvin = 100
            [start]
            random_seed = 3
            """)
        let film = try description.makeFilm(threads: 1)
        #expect(film.demagnetising == nil)
        let plane = try #require(film.terms.compactMap { $0 as? ZhangLiTerm<Double> }.first)
        #expect(plane.velocity_mps(5e-12) == .zero && plane.nonAdiabaticity == 0.1)
        // u = −P J μB/(e Ms) = −0.5 · 1e12 · 5.788e-5 / 8e5 m/s.
        #expect(abs(plane.velocity_mps(2e-11).x + 36.18) < 0.01)
        let across = try #require(film.terms.compactMap { $0 as? SlonczewskiTerm<Double> }.first)
        #expect(across.current_Apm2(0) == 2e11 && abs(across.parameters.thickness_m - 6e-9) < 1e-18)
        #expect(film.terms.contains { $0 is ThermalTerm<Double> })
        // 256 directions, uniform on the sphere: each mean is nought within four deviations.
        let mean = film.mean
        #expect(max(abs(mean.x), abs(mean.y), abs(mean.z)) < 4 / (3.0 * 256).squareRoot())
        let again = try description.makeFilm(threads: 1)
        #expect((0..<256).allSatisfy { again.m[$0] == film.m[$0] })
    }

    @Test func `what is wrong is named with file, line and what to do`() throws {
        let cases: [(top: String, text: String, message: String)] = [
            ("", "[curent_across]\nx = 1\n", "folder/film.toml:5: unknown key “curent_across”; did you mean “current_across”?"),
            ("", "[shape]\nkind = \"elipse\"\n", "folder/film.toml:6: “kind” is “elipse”, expected one of"),
            ("", "[shape]\nkind = \"ellipse\"\ncentre_nm = [1, 2]\n", "needs the key “radii_nm”"),
            (
                "", "[shape]\nkind = \"ellipse\"\ncentre_nm = [1, nan]\nradii_nm = [1, 1]\n",
                "film.toml:7: “centre_nm” is “1.0, nan”, expected finite numbers"
            ),
            ("", "[shape]\nkind = \"ellipse\"\ncentre_nm = [1, 2]\nradii_nm = [1, -1]\n", "radius is"),
            ("", "[shape]\nkind = \"ellipse\"\ncentre_nm = [900, 2]\nradii_nm = [1, 1]\n", "the mask is empty"),
            ("", "[[region]]\nshape = { kind = \"all\", hole = 1 }\n", "film.toml:6: unknown key “hole”"),
            ("", "[[region]]\nmaterial = \"Cu\"\n", "film.toml:6: “material” is “Cu”, expected one of Co, Fe, Ni, Py,"),
            ("", "[[region]]\nmaterial = { base = \"Co\", damping = 2 }\n", "film.toml:6: “material” is “Co”"),
            ("", "[[region]]\nname = \"film\"\n", "film.toml:6: “name” is “film”"),
            ("", "[[region]]\n[[region]]\nname = \"region 1\"\n", "film.toml:7: “name”"),
            ("", "[[coupling]]\nbetween = [\"film\", \"top\"]\nfactor = 1\n", "film.toml:6: “between” is “top”"),
            ("", "[[coupling]]\nbetween = [\"film\"]\n", "two names of regions"),
            ("", "[[hole]]\nshape = { kind = \"all\" }\n", "the mask is empty"),
            ("", "[hole]\nshape = { kind = \"all\" }\n", "[[hole]]"),
            ("", "[vacancies]\nfraction = 1.5\n", "film.toml:6: “fraction” is “1.5”"),
            ("", "[grains]\nsize_nm = 0\n", "size of grains"),
            ("", "[temperature]\nkelvin = -1\n", "film.toml:6: “kelvin” is “-1.0”"),
            ("", "[temperature]\nkelvin = 1\nseed = -1\n", "film.toml:7: “seed”"),
            ("", "[start]\ndirection = [0, 0, 0]\n", "not the zero vector"),
            ("", "[start]\nrandom_seed = 1\nfile = \"a.ovf\"\n", "only one of"),
            ("", "[current_in_plane]\ndensity_Apm2 = 1e12\n", "a list of 3 finite numbers"),
            ("", "[current_across]\ndensity_Apm2 = 1\ndirection = [1, 0, 0]\n", "needs the key “polarisation”"),
            ("damping = 1.5\n", "", "film.toml:2: “damping” is “1.5”"), ("damping = \n", "", "not valid TOML"),
        ]
        for test in cases {
            let found = message(test.top, test.text)
            #expect(found.contains(test.message), "\(test.text): \(found)")
        }
        for (mesh, expected) in [
            ("[mesh]\ncells = [-4, 8]\ncell_nm = [4, 4, 3]\n", "film.toml:3: “cells”"),
            ("[mesh]\ncells = [4.5, 8]\ncell_nm = [4, 4, 3]\n", "whole numbers"),
            ("[mesh]\ncells = [1048576, 1048576, 1048576]\ncell_nm = [4, 4, 3]\n", "film.toml:3: “cells”"),
            ("[mesh]\ncells = [4, 8]\ncell_nm = [4, 0, 3]\n", "film.toml:4: “cell_nm”"),
            ("[mesh]\ncells = [4, 8]\ncell_nm = [4, 4, 3]\ncopies = [-1, 0]\n", "film.toml:5: “copies”"), ("", "mesh"),
        ] {
            let found = message(mesh: mesh)
            #expect(found.contains(expected), "\(mesh): \(found)")
        }
    }

    @Test func `a current in the plane needs one saturation`() throws {
        let description = try film(
            "",
            "[[region]]\nmaterial = \"Co\"\nshape = { kind = \"layer\", from_nm = 0, to_nm = 3 }\n"
                + "[current_in_plane]\ndensity_Apm2 = [1e12, 0, 0]\n")
        #expect(throws: FilmError.self) { try description.makeFilm(threads: 1) }
    }

    @Test func `a film too large for the memory is refused before it is made`() throws {
        let mesh = try FilmMesh(nx: 4096, ny: 4096, nz: 4, cellSize_m: SIMD3(repeating: 4e-9))
        let error = #expect(throws: FilmError.self) { try FilmMemory.check(mesh, available_bytes: 4e9) }
        #expect(error?.description.contains("4.0 GB are free") == true)
        try FilmMemory.check(FilmMesh(nx: 100, ny: 100, cellSize_m: SIMD3(repeating: 4e-9)), available_bytes: 1e8)
    }
}
