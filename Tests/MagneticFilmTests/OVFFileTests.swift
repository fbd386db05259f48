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
        #expect(message("# OOMMF: rectangular mesh v0.99\n").contains("OVF 1.0"))
        #expect(message(good.replacing("meshunit: m\n", with: "meshunit: parsec\n")).contains("a meshunit of m"))
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

    @Test func `comments behind values, other units of length and a missing base are read`() throws {
        let file = try file()
        let good = String(decoding: file.encoded(.text), as: UTF8.self)
        func read(_ text: String) throws -> OVFFile { try OVFFile(Array(text.utf8), file: "x.ovf") }
        let whole = try read(good)
        #expect(try read(good.replacing("xnodes: 4", with: "xnodes: 4 ## number of nodes")) == whole)
        var scaled = good.replacing("meshunit: m\n", with: "meshunit: nm\n")
        for axis in ["x", "y", "z"] {
            for key in ["base", "stepsize", "min", "max"] {
                scaled = scaled.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                    guard line.hasPrefix("# \(axis)\(key): "), let value = Double(line.split(separator: " ")[2]) else {
                        return String(line)
                    }
                    return "# \(axis)\(key): \(value * 1e9)"
                }.joined(separator: "\n")
            }
        }
        let inNanometres = try read(scaled)
        #expect(inNanometres.values == whole.values)
        for axis in 0..<3 {
            #expect(abs(inNanometres.mesh.cellSize_m[axis] - whole.mesh.cellSize_m[axis]) < 1e-18)
            #expect(abs(inNanometres.origin_m[axis] - whole.origin_m[axis]) < 1e-18)
        }
        let lines = good.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("# xbase") }
        #expect(abs(try read(lines.joined(separator: "\n")).origin_m.x - whole.origin_m.x) < 1e-18)
    }

    @Test func `OVF 1_0 is read: big-endian, with a factor`() throws {
        // After OOMMF's user's guide, "The OVF 1.0 format".
        func header(_ data: String) -> String {
            """
            # OOMMF: rectangular mesh v1.0
            # Segment count: 1
            # Begin: Segment
            # Begin: Header
            # Title: m ## by hand
            # meshtype: rectangular
            # meshunit: nm
            # xbase: 2.5
            # ybase: 2.5
            # zbase: 1.5
            # xstepsize: 5
            # ystepsize: 5
            # zstepsize: 3
            # xnodes: 2
            # ynodes: 1
            # znodes: 1
            # valueunit: A/m
            # valuemultiplier: 1000
            # End: Header
            # Begin: Data \(data)

            """
        }
        let text = header("Text") + "1 0 0.5\n0 -2 0\n# End: Data Text\n# End: Segment\n"
        var binary = Array(header("Binary 4").utf8)
        for value in [1_234_567, 1, 0, 0.5, 0, -2, 0] as [Float] {
            withUnsafeBytes(of: value.bitPattern.bigEndian) { binary += Array($0) }
        }
        binary += Array("\n# End: Data Binary 4\n# End: Segment\n".utf8)
        for bytes in [Array(text.utf8), binary] {
            let file = try OVFFile(bytes, file: "old.ovf")
            #expect(file.values == [SIMD3(1000, 0, 500), SIMD3(0, -2000, 0)] && file.unit == "A/m" && file.title == "m")
            #expect(file.mesh.nx == 2 && abs(file.mesh.cellSize_m.x - 5e-9) < 1e-20 && abs(file.origin_m.z) < 1e-20)
        }
    }

    @Test(arguments: [1e300, 2024 * Double.leastNonzeroMagnitude, 1e200, 1e-200]) func `the length of a vector does not matter`(
        size: Double
    ) throws {
        var file = try file()
        let directions = file.values
        file.values = directions.map { $0 * size }
        let film = try ContinuumFilm<Double>(mesh: file.mesh, material: .permalloy, filled: file.filled)
        try film.setMagnetisation(file, name: "a.ovf")
        for cell in directions.indices where file.values[cell] != .zero {
            let d = film.m[cell] - directions[cell] / (directions[cell] * directions[cell]).sum().squareRoot()
            #expect((d * d).sum().squareRoot() < (size < 1e-300 ? 1e-3 : 1e-14))
        }
    }
}
