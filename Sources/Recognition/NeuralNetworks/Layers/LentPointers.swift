// The address of the first value, for products of OpenBLAS and inner loops; it is valid within the call only.

extension Span where Element == Float {
    /// Lends the address of the first value for the call. Not for an empty span.
    @inline(__always)
    func lend<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
        withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
    }
}

extension MutableSpan where Element == Float {
    /// Lends the address of the first value for the call. Not for an empty span.
    @inline(__always)
    mutating func lend<Result>(_ body: (UnsafeMutablePointer<Float>) -> Result) -> Result {
        withUnsafeMutableBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
    }
}

extension [Float] {
    /// Lends the address of the first value for the call. Not for an empty array.
    @inline(__always)
    mutating func lend<Result>(_ body: (UnsafeMutablePointer<Float>) -> Result) -> Result {
        withUnsafeMutableBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
    }

    /// Makes room for `count` values; what stood there may be lost.
    mutating func grow(to count: Int) {
        if self.count < count { self = [Float](repeating: 0, count: count) }
    }
}
