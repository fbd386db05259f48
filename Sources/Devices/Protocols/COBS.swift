/// Consistent-overhead byte stuffing: bytes without zeros, so that a zero can end a frame.
///
/// A frame of n bytes becomes at most n + ⌈n / 254⌉ + 1 bytes, without the ending zero.
///
/// - Source: S. Cheshire, M. Baker, "Consistent overhead byte stuffing", IEEE/ACM Trans. Networking 7 (1999) 159.
public enum COBS {
    /// Upper bound on the encoded size of `count` bytes, without the terminator.
    public static func largestSize(of count: Int) -> Int { count + count / 254 + 1 }

    /// The stuffed form of `bytes`, without the ending zero.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: largestSize(of: bytes.count)) { result, count in
            count = bytes.withUnsafeBytes { encode($0, into: UnsafeMutableRawBufferPointer(result)) }
        }
    }

    /// Puts the stuffed form of `bytes`, without the ending zero, at the start of memory of ``largestSize(of:)``. Allocates nothing.
    /// - Returns: its bytes.
    public static func encode(_ bytes: UnsafeRawBufferPointer, into result: UnsafeMutableRawBufferPointer) -> Int {
        var codeIndex = 0
        var end = 1
        var code: UInt8 = 1
        for (index, byte) in bytes.enumerated() {
            if byte != 0 {
                result[end] = byte
                end += 1
                code += 1
            }
            // A full group of 254 needs no zero after it; at the very end it needs no group after it either.
            if byte == 0 || (code == 0xFF && index + 1 < bytes.count) {
                result[codeIndex] = code
                codeIndex = end
                end += 1
                code = 1
            }
        }
        result[codeIndex] = code
        return end
    }

    /// Undoes the stuffing in place.
    /// - Parameter bytes: a stuffed frame without its ending zero.
    /// - Returns: the number of bytes at the start of `bytes` that now hold the frame; nil when it is not a stuffed frame.
    public static func decode(inPlace bytes: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        var read = 0
        var write = 0
        while read < bytes.count {
            let code = Int(bytes[read])
            guard code > 0, read + code <= bytes.count else { return nil }
            read += 1
            for _ in 1..<code {
                bytes[write] = bytes[read]
                write += 1
                read += 1
            }
            if code < 0xFF, read < bytes.count {
                bytes[write] = 0
                write += 1
            }
        }
        return write
    }

    /// The frame in `bytes` (stuffed, without its ending zero), or nil.
    public static func decode(_ bytes: [UInt8]) -> [UInt8]? {
        var copy = bytes
        guard let count = copy.withUnsafeMutableBufferPointer({ decode(inPlace: $0) }) else { return nil }
        return Array(copy[..<count])
    }
}
