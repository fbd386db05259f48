public import Foundation
import Outputs

extension OVFFile {
    /// The first number of binary data, which tells a reader the byte order and the size.
    static let check4: Float = 1_234_567
    static let check8 = 123_456_789_012_345.0

    /// The bytes of the file; binary numbers are little-endian.
    public func encoded(_ representation: Representation = .binary8) -> Data {
        let size = mesh.cellSize_m * SIMD3(Double(mesh.nx), Double(mesh.ny), Double(mesh.nz))
        var header = ["# OOMMF OVF 2.0", "# Segment count: 1", "# Begin: Segment", "# Begin: Header", "# Title: \(title)"]
        if let time_s { header.append("# Desc: Total simulation time: \(time_s) s") }
        header += ["# meshtype: rectangular", "# meshunit: m"]
        for (axis, name) in ["x", "y", "z"].enumerated() {
            header.append("# \(name)base: \(origin_m[axis] + mesh.cellSize_m[axis] / 2)")
            header.append("# \(name)stepsize: \(mesh.cellSize_m[axis])")
            header.append("# \(name)nodes: \([mesh.nx, mesh.ny, mesh.nz][axis])")
            header.append("# \(name)min: \(origin_m[axis])")
            header.append("# \(name)max: \(origin_m[axis] + size[axis])")
        }
        header += [
            "# valuedim: 3", "# valuelabels: \(title)_x \(title)_y \(title)_z", "# valueunits: \(unit) \(unit) \(unit)",
            "# End: Header", "# Begin: Data \(representation.name)",
        ]
        var data = Data((header.joined(separator: "\n") + "\n").utf8)
        switch representation {
        case .text:
            var text = ""
            for value in values { text += "\(value.x) \(value.y) \(value.z)\n" }
            data.append(Data(text.utf8))
        case .binary4: data.append(Self.bytes([Self.check4.bitPattern] + numbers.map { Float($0).bitPattern }))
        case .binary8: data.append(Self.bytes([Self.check8.bitPattern] + numbers.map(\.bitPattern)))
        }
        if representation != .text { data.append(0x0A) }
        data.append(Data("# End: Data \(representation.name)\n# End: Segment\n".utf8))
        return data
    }

    /// - Throws: ``OVFError`` when the file cannot be written.
    public func write(to file: String, _ representation: Representation = .binary8) throws(OVFError) {
        do throws(OutputError) {
            try OutputFile.write([UInt8](encoded(representation)), to: file)
        } catch {
            throw OVFError(.notWritten(error.cause), file: file)
        }
    }

    private var numbers: [Double] { values.flatMap { [$0.x, $0.y, $0.z] } }

    private static func bytes<Number: FixedWidthInteger>(_ numbers: [Number]) -> Data {
        numbers.map(\.littleEndian).withUnsafeBytes { Data($0) }
    }
}
