/// What stands before the numbers of a `.npy` file, read as untrusted bytes: nothing is allocated for what the file does not hold.
struct NumPyFileHeader {
    struct Problem: Error {
        var text: String
    }

    enum Kind: Character {
        case float = "f"
        case signed = "i"
        case unsigned = "u"
    }

    private(set) var shape: [Int] = []
    private(set) var dataStart = 0
    private var kind = Kind.float
    private var width = 8
    private var isBigEndian = false

    private static let mostAxes = 8
    private static let mostHeaderBytes = 1 << 16

    init(_ bytes: [UInt8]) throws(Problem) {
        guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw Problem(text: "it does not begin with “\\x93NUMPY”")
        }
        let lengthBytes: Int
        switch (bytes[6], bytes[7]) {
        case (1, 0): lengthBytes = 2
        case (2, 0), (3, 0): lengthBytes = 4
        default: throw Problem(text: "its version is \(bytes[6]).\(bytes[7]); 1.0, 2.0 and 3.0 are read")
        }
        guard bytes.count >= 8 + lengthBytes else { throw Problem(text: "it ends inside its header") }
        let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard length < Self.mostHeaderBytes else {
            throw Problem(text: "its header is said to have \(length) bytes, at most \(Self.mostHeaderBytes) are read")
        }
        dataStart = 8 + lengthBytes + length
        guard dataStart <= bytes.count else {
            throw Problem(text: "its header is said to have \(length) bytes, the file has \(bytes.count)")
        }
        var reader = PythonLiteral(bytes[(8 + lengthBytes)..<dataStart])
        guard case .dictionary(let entries)? = reader.value(), reader.isAtEnd else {
            throw Problem(text: "its header is no dictionary of Python")
        }
        guard Set(entries.keys) == ["descr", "fortran_order", "shape"] else {
            throw Problem(text: "its header has other keys than descr, fortran_order and shape")
        }
        try readType(entries["descr"])
        guard case .boolean(let isFortran)? = entries["fortran_order"] else {
            throw Problem(text: "fortran_order is not True or False")
        }
        guard !isFortran else { throw Problem(text: "it is in Fortran's order; save numpy.ascontiguousarray(x)") }
        guard case .tuple(let sizes)? = entries["shape"], sizes.count <= Self.mostAxes else {
            throw Problem(text: "its shape is no tuple of at most \(Self.mostAxes) sizes")
        }
        shape = sizes
        var total = 1
        for size in sizes {
            let (product, overflow) = total.multipliedReportingOverflow(by: size)
            guard !overflow else { throw Problem(text: "its shape is \(sizes)") }
            total = product
        }
        let (expected, overflow) = total.multipliedReportingOverflow(by: width)
        guard !overflow, expected == bytes.count - dataStart else {
            throw Problem(
                text:
                    "a shape of \(sizes) takes \(total) numbers of \(width) bytes, the file has \(bytes.count - dataStart) bytes of them"
            )
        }
    }

    private mutating func readType(_ entry: PythonLiteral.Value?) throws(Problem) {
        guard case .text(let descr)? = entry else { throw Problem(text: "it holds records; save one array of numbers") }
        let letters = Array(descr)
        guard letters.count == 3, "<>|=".contains(letters[0]), let kind = Kind(rawValue: letters[1]),
            let width = letters[2].wholeNumberValue,
            kind == .float ? [4, 8].contains(width) : [1, 2, 4, 8].contains(width), letters[0] != "|" || width == 1
        else {
            throw Problem(
                text:
                    "its type is “\(descr.prefix(20))”; floats of 32 or 64 bits and whole numbers are read: save x.astype(\"<f8\")"
            )
        }
        (self.kind, self.width, isBigEndian) = (kind, width, letters[0] == ">")
    }

    /// - Parameter data: as many bytes as the shape takes.
    func values(_ data: UnsafeRawBufferPointer) -> [Double] {
        switch (kind, width) {
        case (.float, 4): read(data, UInt32.self) { Double(Float(bitPattern: $0)) }
        case (.float, _): read(data, UInt64.self) { Double(bitPattern: $0) }
        case (.signed, 1): read(data, UInt8.self) { Double(Int8(bitPattern: $0)) }
        case (.signed, 2): read(data, UInt16.self) { Double(Int16(bitPattern: $0)) }
        case (.signed, 4): read(data, UInt32.self) { Double(Int32(bitPattern: $0)) }
        case (.signed, _): read(data, UInt64.self) { Double(Int64(bitPattern: $0)) }
        case (.unsigned, 1): read(data, UInt8.self) { Double($0) }
        case (.unsigned, 2): read(data, UInt16.self) { Double($0) }
        case (.unsigned, 4): read(data, UInt32.self) { Double($0) }
        case (.unsigned, _): read(data, UInt64.self) { Double($0) }
        }
    }

    private func read<Word: FixedWidthInteger>(
        _ data: UnsafeRawBufferPointer, _ type: Word.Type, _ number: (Word) -> Double
    ) -> [Double] {
        let size = MemoryLayout<Word>.size
        return (0..<data.count / size).map { index in
            let word = data.loadUnaligned(fromByteOffset: index * size, as: Word.self)
            return number(isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word))
        }
    }
}
