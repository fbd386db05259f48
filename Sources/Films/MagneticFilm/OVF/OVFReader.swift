import Foundation

extension OVFFile {
    /// Reads a file with one segment of three components per cell. Any bytes give a file or an error, never a trap.
    /// - Throws: ``OVFError`` with the line or the missing bytes.
    public init(file: String) throws(OVFError) {
        guard let data = FileManager.default.contents(atPath: file) else { throw OVFError(.noSuchFile, file: file) }
        try self.init([UInt8](data), file: file)
    }

    /// The same from bytes; `file` names them in errors.
    public init(_ bytes: [UInt8], file: String) throws(OVFError) {
        var reader = OVFReader(bytes, file: file)
        self = try reader.read()
    }
}

/// Walks through the lines of the header and then the data.
private struct OVFReader {
    private let bytes: [UInt8]
    private let file: String
    private var place = 0
    private var line = 0
    private var header: [String: String] = [:]
    private var time_s: Double?
    /// OVF 1.0: numbers are big-endian and have a common factor.
    private var isFirstVersion = false
    /// Metres of the header's unit of length.
    private var unit_m = 1.0

    init(_ bytes: [UInt8], file: String) { (self.bytes, self.file) = (bytes, file) }

    mutating func read() throws(OVFError) -> OVFFile {
        let first = try nextLine("“# OOMMF OVF 2.0”").lowercased()
        isFirstVersion = first.contains("v1.0") || first.contains("ovf 1.0")
        guard first.hasPrefix("# oommf"), isFirstVersion || first.contains("ovf 2.0") || first.contains("v2.0") else {
            throw error("“# OOMMF OVF 2.0” or OVF 1.0's “# OOMMF: rectangular mesh v1.0”", first)
        }
        let representation = try readHeader()
        let mesh = try mesh()
        let cells = mesh.cells
        let factor = isFirstVersion && header["valuemultiplier"] != nil ? try number("valuemultiplier") : 1
        let numbers: [Double]
        switch representation {
        case .text: numbers = try text(cells)
        case .binary4: numbers = try binary(cells, size: 4)
        case .binary8: numbers = try binary(cells, size: 8)
        }
        try readEnd()
        var values: [SIMD3<Double>] = []
        values.reserveCapacity(cells)
        for cell in 0..<cells {
            let value = factor * SIMD3(numbers[3 * cell], numbers[3 * cell + 1], numbers[3 * cell + 2])
            guard value.x.isFinite, value.y.isFinite, value.z.isFinite else {
                throw OVFError(.notFinite(cell: cell), file: file)
            }
            values.append(value)
        }
        var origin = SIMD3<Double>.zero
        for (axis, name) in ["x", "y", "z"].enumerated() {
            // Without the first cell's centre the corner counts, without both the grid begins at nought.
            if header[name + "base"] != nil {
                origin[axis] = try number(name + "base") * unit_m - mesh.cellSize_m[axis] / 2
            } else if header[name + "min"] != nil {
                origin[axis] = try number(name + "min") * unit_m
            }
        }
        let unit = (header["valueunits"] ?? header["valueunit"])?.split(separator: " ").first.map(String.init) ?? "1"
        return OVFFile(
            title: header["title"] ?? "", mesh: mesh, origin_m: origin, values: values, unit: unit, time_s: time_s)
    }

    /// Everything up to the line that begins the data.
    private mutating func readHeader() throws(OVFError) -> OVFFile.Representation {
        while true {
            let text = try nextLine("a line of the header")
            guard text.hasPrefix("#") else {
                if text.allSatisfy(\.isWhitespace) { continue }
                throw error("a line that begins with #", text)
            }
            // What follows ## is a comment.
            let line = text.range(of: "##").map { text[..<$0.lowerBound] } ?? text[...]
            guard let colon = line.firstIndex(of: ":") else { continue }
            let key = line[line.index(after: line.startIndex)..<colon].lowercased().filter { !$0.isWhitespace }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            if key == "begin" {
                let what = value.lowercased().split(separator: " ").joined(separator: " ")
                guard what.hasPrefix("data") else { continue }
                guard let known = OVFFile.Representation.allCases.first(where: { "data " + $0.name.lowercased() == what })
                else {
                    throw error("data in Text, Binary 4 or Binary 8", value)
                }
                return known
            }
            if key == "desc", let range = value.range(of: "simulation time:", options: .caseInsensitive) {
                time_s = value[range.upperBound...].split(separator: " ").first.flatMap { Double($0) }
            } else {
                header[key] = value
            }
        }
    }

    /// The line that ends the data: without it the last number may be cut.
    private mutating func readEnd() throws(OVFError) {
        var text = ""
        repeat { text = try nextLine("“# End: Data”") } while text.allSatisfy(\.isWhitespace)
        guard text.lowercased().split(separator: " ").joined(separator: " ").hasPrefix("# end: data") else {
            throw error("“# End: Data”", text)
        }
    }

    private static let units_m = [
        "m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "µm": 1e-6, "μm": 1e-6, "nm": 1e-9, "pm": 1e-12,
    ]

    private mutating func mesh() throws(OVFError) -> FilmMesh {
        guard header["meshtype"]?.lowercased() ?? "rectangular" == "rectangular" else {
            throw error("a rectangular mesh", header["meshtype"] ?? "")
        }
        if let dimension = header["valuedim"], Int(dimension) != 3 { throw error("three components (valuedim)", dimension) }
        if let count = header["segmentcount"], Int(count) != 1 { throw error("one segment", count) }
        let unit = header["meshunit"] ?? "m"
        guard let length = Self.units_m[unit] else { throw error("a meshunit of m, cm, mm, um, nm or pm", unit) }
        unit_m = length
        var (nodes, size) = ([0, 0, 0], SIMD3<Double>.zero)
        for (axis, name) in ["x", "y", "z"].enumerated() {
            let text = header[name + "nodes"] ?? "none"
            guard let count = Int(text), (1...1 << 20).contains(count) else {
                throw error("\(name)nodes from 1 to 1048576", text)
            }
            nodes[axis] = count
            size[axis] = try number(name + "stepsize") * unit_m
        }
        do {
            return try FilmMesh(nx: nodes[0], ny: nodes[1], nz: nodes[2], cellSize_m: size)
        } catch {
            throw self.error("a grid that a film can have", "\(error)")
        }
    }

    private func number(_ key: String) throws(OVFError) -> Double {
        guard let text = header[key], let value = Double(text), value.isFinite else {
            throw error("a number for \(key)", header[key] ?? "none")
        }
        return value
    }

    private mutating func text(_ cells: Int) throws(OVFError) -> [Double] {
        // A number and a blank take two bytes at least.
        try expect(2 * 3 * cells - 1)
        var numbers: [Double] = []
        numbers.reserveCapacity(3 * cells)
        while numbers.count < 3 * cells {
            let text = try nextLine("\(3 * cells) numbers")
            if text.hasPrefix("#") {
                throw OVFError(.data(expected: "\(3 * cells) numbers", found: "\(numbers.count)"), file: file)
            }
            for word in text.split(whereSeparator: \.isWhitespace) {
                guard let value = Double(word) else { throw error("numbers", "“\(word.prefix(40))”") }
                numbers.append(value)
            }
        }
        guard numbers.count == 3 * cells else { throw error("\(3 * cells) numbers in all", "more") }
        return numbers
    }

    private mutating func binary(_ cells: Int, size: Int) throws(OVFError) -> [Double] {
        try expect(size * (3 * cells + 1))
        func ordered<Word: FixedWidthInteger>(_ word: Word) -> Word {
            isFirstVersion ? Word(bigEndian: word) : Word(littleEndian: word)
        }
        func value(_ index: Int) -> Double {
            bytes.withUnsafeBytes { raw in
                let offset = place + index * size
                return size == 8
                    ? Double(bitPattern: ordered(raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                    : Double(Float(bitPattern: ordered(raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))))
            }
        }
        let check = size == 8 ? OVFFile.check8 : Double(OVFFile.check4)
        guard value(0) == check else {
            let order = isFirstVersion ? "big-endian, as OVF 1.0 has it" : "little-endian"
            throw OVFError(.data(expected: "the check value \(check), \(order)", found: "\(value(0))"), file: file)
        }
        defer { place += size * (3 * cells + 1) }
        return (0..<3 * cells).map { value($0 + 1) }
    }

    private func expect(_ count: Int) throws(OVFError) {
        guard bytes.count - place >= count else {
            throw OVFError(.data(expected: "\(count) bytes of data", found: "\(bytes.count - place)"), file: file)
        }
    }

    /// The next line without its end.
    private mutating func nextLine(_ expected: String) throws(OVFError) -> String {
        guard place < bytes.count else {
            line += 1
            throw error(expected, "the end of the file")
        }
        var end = place
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        var text = bytes[place..<end]
        if text.last == 0x0D { text = text.dropLast() }
        place = end + 1
        line += 1
        // Nobody writes such lines, and an error message should stay readable.
        guard text.count <= 1 << 16 else { throw error(expected, "a line of \(text.count) bytes") }
        return String(decoding: text, as: UTF8.self)
    }

    private func error(_ expected: String, _ found: String) -> OVFError {
        OVFError(
            .header(line: line, expected: expected, found: found.isEmpty ? "nothing" : String(found.prefix(80))), file: file)
    }
}
