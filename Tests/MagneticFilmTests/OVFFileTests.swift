import Foundation
import MagneticFilm
import Testing

@Suite struct OVFFileTests {
    private func file() throws -> OVFFile {
        let mesh = try FilmMesh(nx: 4, ny: 3, nz: 2, cellSize_m: SIMD3(2.5e-9, 2e-9, 3e-9))
        var values = (0..<mesh.cells).map { SIMD3(cos(Double($0)), sin(Double($0)), 0.1 * Double($0)) }
        values[5] = .zero
        return OVFFile(title: "m", mesh: mesh, origin_m: SIMD3(1e-9, 0, -3e-9), values: values, time_s: 2.5e-10)
    }

    @Test(arguments: OVFFile.Representation.allCases)
    func `what was written is read`(representation: OVFFile.Representation) throws {
        let file = try file()
        let read = try OVFFile([UInt8](file.encoded(representation)), file: "a.ovf")
        #expect(read.title == "m" && read.time_s == 2.5e-10 && read.mesh.nx == 4 && read.filled == file.filled)
        let tolerance = representation == .binary4 ? 2e-7 : 0
        for (a, b) in zip(read.values, file.values) {
            let d = a - b
            #expect((d * d).sum().squareRoot() <= tolerance)
        }
        for axis in 0..<3 {
            #expect(abs(read.origin_m[axis] - file.origin_m[axis]) < 1e-20)
            #expect(read.mesh.cellSize_m[axis] == file.mesh.cellSize_m[axis])
        }
    }

    @Test(arguments: OVFFile.Representation.allCases)
    func `a file cut anywhere is an error or the whole file`(representation: OVFFile.Representation) throws {
        let bytes = [UInt8](try file().encoded(representation))
        let ending = Array("# End: Data".utf8)
        let end = try #require(bytes.indices.last { bytes[$0...].starts(with: ending) }) + ending.count
        for length in 0..<bytes.count {
            do {
                _ = try OVFFile(Array(bytes.prefix(length)), file: "cut.ovf")
                #expect(length >= end)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test(arguments: OVFFile.Representation.allCases)
    func `flipped bits never trap`(representation: OVFFile.Representation) throws {
        let bytes = [UInt8](try file().encoded(representation))
        var refused = 0
        for bit in 0..<8 * bytes.count {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            do {
                _ = try OVFFile(damaged, file: "damaged.ovf")
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100)
    }

    @Test func `errors name the line or what is missing`() throws {
        func message(_ text: String) -> String {
            do {
                _ = try OVFFile(Array(text.utf8), file: "x.ovf")
                return ""
            } catch {
                return error.description
            }
        }
        let good = String(decoding: try file().encoded(.text), as: UTF8.self)
        #expect(message("").contains("x.ovf:1: expected"))
        #expect(message("# OOMMF: rectangular mesh v1.0\n").contains("avf2ovf"))
        #expect(message(good.replacing("xnodes: 4", with: "xnodes: 1048576")).contains("bytes of data"))
        #expect(message(good.replacing("xnodes: 4", with: "xnodes: -4")).contains("xnodes from 1"))
        #expect(message(good.replacing("valuedim: 3", with: "valuedim: 1")).contains("three components"))
        #expect(message(good.replacing("1.0 0.0 0.0\n", with: "1.0 nan 0.0\n")).contains("cell 0 is not finite"))
        #expect(message(good.replacing("Begin: Data Text", with: "Begin: Data Binary 8")).contains("check value"))
    }

    @Test func `a film takes the state of a file that fits and refuses others`() throws {
        let file = try file()
        let film = try ContinuumFilm<Double>(mesh: file.mesh, material: .permalloy, filled: file.filled)
        try film.setMagnetisation(file, name: "a.ovf")
        let length = (file.values[3] * file.values[3]).sum().squareRoot()
        let d = film.m[3] - file.values[3] / length
        #expect((d * d).sum() < 1e-28)
        let other = try ContinuumFilm<Double>(
            mesh: FilmMesh(nx: 4, ny: 3, cellSize_m: file.mesh.cellSize_m), material: .permalloy)
        #expect(throws: OVFError.self) { try other.setMagnetisation(file, name: "a.ovf") }
        let full = try ContinuumFilm<Double>(mesh: file.mesh, material: .permalloy)
        #expect(throws: OVFError(.otherMesh(expected: "material in cell 5", found: "a zero vector there"), file: "a.ovf")) {
            try full.setMagnetisation(file, name: "a.ovf")
        }
    }
}
