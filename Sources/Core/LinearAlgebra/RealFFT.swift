import CKissFFT
import Glibc

/// A plan for the discrete Fourier transform of real signals of one even length (KissFFT, single precision).
///
/// The memory is claimed at creation; transforming allocates nothing. Not for use from two threads at once.
public final class RealFFT {
    /// Number of real samples, even.
    public let length: Int
    private let plan: kiss_fftr_cfg
    private let input: UnsafeMutablePointer<Float>
    private let spectrum: UnsafeMutablePointer<kiss_fft_cpx>

    /// - Precondition: `length` is even and at least 2.
    public init(length: Int) {
        precondition(length >= 2 && length.isMultiple(of: 2), "the length must be even")
        guard let plan = kiss_fftr_alloc(Int32(length), 0, nil, nil) else {
            preconditionFailure("no memory for a plan of length \(length)")
        }
        self.length = length
        self.plan = plan
        input = .allocate(capacity: length)
        input.initialize(repeating: 0, count: length)
        spectrum = .allocate(capacity: length / 2 + 1)
    }

    deinit {
        free(UnsafeMutableRawPointer(plan))
        input.deallocate()
        spectrum.deallocate()
    }

    /// Number of values of the half spectrum, `length / 2 + 1`.
    public var bins: Int { length / 2 + 1 }

    /// |X(k)|² of a signal that is zero-padded to `length`, without any scaling.
    /// - Parameters:
    ///   - signal: at most `length` samples.
    ///   - power: `bins` values, overwritten.
    public func setPower(of signal: UnsafeBufferPointer<Float>, into power: UnsafeMutableBufferPointer<Float>) {
        precondition(signal.count <= length && power.count == bins, "signal or spectrum has the wrong length")
        for i in 0..<signal.count { input[i] = signal[i] }
        for i in signal.count..<length { input[i] = 0 }
        kiss_fftr(plan, input, spectrum)
        for k in 0..<bins { power[k] = spectrum[k].r * spectrum[k].r + spectrum[k].i * spectrum[k].i }
    }
}
