/// Walks through the bytes of a chunk; every read says nil at the end instead of going past it.
struct XDFCursor {
    static let sizes = ["float32": 4, "double64": 8, "int8": 1, "int16": 2, "int32": 4, "int64": 8]

    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T? {
        guard bytes.count - offset >= MemoryLayout<T>.size else { return nil }
        defer { offset += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    mutating func double() -> Double? { integer(UInt64.self).map { Double(bitPattern: $0) } }

    mutating func variableLength() -> Int? {
        switch integer(UInt8.self) {
        case 1: integer(UInt8.self).map { Int($0) }
        case 4: integer(UInt32.self).map { Int($0) }
        case 8: integer(UInt64.self).flatMap { Int(exactly: $0) }
        default: nil
        }
    }

    mutating func text(_ length: Int) -> String? {
        guard length >= 0, length <= bytes.count - offset else { return nil }
        defer { offset += length }
        return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    }

    mutating func rest() -> String { text(bytes.count - offset) ?? "" }

    /// Reads the samples of a chunk into their stream.
    /// - Returns: false when the chunk is shorter than it says; the samples before stay.
    mutating func samples(into stream: inout XDFReader.Stream, keepsValues: Bool) -> Bool {
        guard let count = variableLength(), count <= bytes.count - offset else { return false }
        let step = stream.nominalRate > 0 ? 1 / stream.nominalRate : 0
        stream.stamps.reserveCapacity(stream.stamps.count + count)
        for _ in 0..<count {
            let stamp: Double
            switch integer(UInt8.self) {
            case 0: stamp = (stream.stamps.last ?? 0) + step
            case 8:
                guard let written = double() else { return false }
                stamp = written
            default: return false
            }
            guard values(into: &stream, keepsValues: keepsValues) else { return false }
            stream.stamps.append(stamp)
        }
        return true
    }

    private mutating func values(into stream: inout XDFReader.Stream, keepsValues: Bool) -> Bool {
        if stream.format == "string" {
            for _ in 0..<stream.channels {
                guard let length = variableLength(), let text = text(length) else { return false }
                stream.texts.append(text)
            }
            return true
        }
        let size = (Self.sizes[stream.format] ?? 0) * stream.channels
        guard size <= bytes.count - offset else { return false }
        guard keepsValues else {
            offset += size
            return true
        }
        for _ in 0..<stream.channels {
            switch stream.format {
            case "float32": stream.values.append(Double(Float(bitPattern: integer(UInt32.self) ?? 0)))
            case "double64": stream.values.append(double() ?? 0)
            case "int8": stream.values.append(Double(integer(Int8.self) ?? 0))
            case "int16": stream.values.append(Double(integer(Int16.self) ?? 0))
            case "int32": stream.values.append(Double(integer(Int32.self) ?? 0))
            default: stream.values.append(Double(integer(Int64.self) ?? 0))
            }
        }
        return true
    }
}

/// Finds values in the small XML headers of XDF, without building a tree.
struct XMLText {
    private let text: Substring

    init(_ text: String) { self.text = text[...] }

    /// Text of the first element of this name.
    func value(_ name: String) -> String? { values(name, limit: 1).first }

    func values(_ name: String, limit: Int = .max) -> [String] {
        var found: [String] = []
        var rest = text
        while found.count < limit, let start = rest.firstRange(of: "<\(name)>") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "</\(name)>") else { break }
            found.append(Self.unescaped(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        return String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&apos;", with: "'").replacing("&amp;", with: "&")
    }
}
