import Glibc

/// |X(k)|² of windows whose length is a power of two, in double precision, two real signals at a time. For one thread; nothing is allocated
/// after the beginning.
final class WindowPower {
    let length: Int
    /// 0 … length / 2.
    var bins: Int { length / 2 + 1 }
    private var real: [Double]
    private var imaginary: [Double]
    private let cosines: [Double]
    private let sines: [Double]
    private let reversed: [Int]

    /// - Parameter length: a power of two, at least 4.
    init(length: Int) {
        precondition(length >= 4 && length & (length - 1) == 0, "windows have a power of two samples")
        self.length = length
        real = [Double](repeating: 0, count: length)
        imaginary = real
        cosines = (0..<length / 2).map { cos(2 * .pi * Double($0) / Double(length)) }
        sines = (0..<length / 2).map { -sin(2 * .pi * Double($0) / Double(length)) }
        let shift = UInt64.bitWidth - length.trailingZeroBitCount
        reversed = (0..<length).map { place in
            var (left, result) = (UInt64(place), UInt64(0))
            for _ in 0..<UInt64.bitWidth {
                result = result << 1 | left & 1
                left >>= 1
            }
            return Int(result >> UInt64(shift))
        }
    }

    /// - Parameters:
    ///   - first: `length` samples; `second` likewise.
    ///   - powers: `bins` values of the first signal, then those of the second; overwritten.
    func setPowers(
        _ first: UnsafeBufferPointer<Double>, _ second: UnsafeBufferPointer<Double>,
        into powers: UnsafeMutableBufferPointer<Double>
    ) {
        for place in 0..<length {
            real[place] = first[reversed[place]]
            imaginary[place] = second[reversed[place]]
        }
        transform()
        for k in 0...length / 2 {
            let other = (length - k) & (length - 1)
            // Both signals' parts of the sum: what is even and what is odd about it.
            let (a, b) = ((real[k] + real[other]) / 2, (imaginary[k] - imaginary[other]) / 2)
            let (c, d) = ((imaginary[k] + imaginary[other]) / 2, (real[other] - real[k]) / 2)
            powers[k] = a * a + b * b
            powers[bins + k] = c * c + d * d
        }
    }

    private func transform() {
        real.withUnsafeMutableBufferPointer { real in
            imaginary.withUnsafeMutableBufferPointer { imaginary in
                var half = 1
                while half < length {
                    let step = length / (2 * half)
                    for start in stride(from: 0, to: length, by: 2 * half) {
                        for k in 0..<half {
                            let (c, s) = (cosines[k * step], sines[k * step])
                            let (low, high) = (start + k, start + k + half)
                            let x = real[high] * c - imaginary[high] * s
                            let y = real[high] * s + imaginary[high] * c
                            real[high] = real[low] - x
                            imaginary[high] = imaginary[low] - y
                            real[low] += x
                            imaginary[low] += y
                        }
                    }
                    half *= 2
                }
            }
        }
    }
}
