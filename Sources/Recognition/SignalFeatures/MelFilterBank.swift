import Glibc

/// How cepstral coefficients are made of a frame; programs differ in these points.
public struct MelOptions: Sendable, Equatable, Codable {
    /// How a frame's samples are weighted.
    public enum Window: String, Sendable, Codable { case hamming, rectangular }

    /// Where a triangle of the filter bank has its corners.
    public enum Corners: String, Sendable, Codable {
        /// At the exact places on the mel scale; triangles are straight on the mel scale.
        case exact
        /// At whole bins of the spectrum, ⌊(length + 1) f / rate⌋; triangles are straight in hertz.
        case bins
    }

    /// What is done about a band without energy, before the logarithm.
    public enum Silence: Sendable, Equatable, Codable {
        /// This much power is added to every band.
        case added(Float)
        /// Zero becomes 2⁻⁵², the rounding unit of 64-bit numbers.
        case replaced
    }

    public var window: Window
    public var corners: Corners
    /// Triangles of the filter bank.
    public var bands: Int
    /// Lower corner of the first triangle.
    public var lowest_Hz: Double
    /// At most half the rate; nil for half the rate.
    public var highest_Hz: Double?
    /// k of x(t) − k x(t − 1); 0 for none.
    public var preEmphasis: Float
    public var silence: Silence
    /// Whether the power spectrum is divided by the transform's length.
    public var isScaled: Bool
    /// L of the sinusoidal lifter 1 + L/2 sin(π k / L); 0 for none.
    public var lifter: Int
    /// Whether the frame's log energy takes the place of the first coefficient.
    public var firstIsEnergy: Bool

    /// What Larmor's recognisers are trained with. White noise 60 dB under full scale gives a band about 5 · 10⁻⁴, so less is silence.
    public static let words = MelOptions(
        window: .hamming, corners: .exact, bands: 26, lowest_Hz: 60, highest_Hz: 3900, preEmphasis: 0.97,
        silence: .added(1e-4), isScaled: false, lifter: 0, firstIsEnergy: false)

    /// The defaults of `python_speech_features.mfcc`, version 0.6.
    public static let pythonSpeechFeatures = MelOptions(
        window: .rectangular, corners: .bins, bands: 26, lowest_Hz: 0, highest_Hz: nil, preEmphasis: 0.97,
        silence: .replaced, isScaled: true, lifter: 22, firstIsEnergy: true)
}

/// Triangular filters of equal width on the mel scale, mel(f) = 2595 log₁₀(1 + f / 700), and the logarithm of what they let through.
///
/// - Source: S. Davis, P. Mermelstein, IEEE Trans. ASSP 28 (1980) 357; the mel scale of D. O'Shaughnessy, "Speech Communication" (1987).
struct MelFilterBank {
    private let filters: [(first: Int, weights: [Float])]
    private let silence: MelOptions.Silence
    private let scale: Float

    /// - Parameter length: of the Fourier transform.
    init(_ options: MelOptions, length: Int, rate: Int) {
        let mel = { (f: Double) in 2595 * log10(1 + f / 700) }
        let low = mel(options.lowest_Hz)
        let step = (mel(options.highest_Hz ?? Double(rate) / 2) - low) / Double(options.bands + 1)
        filters = (0..<options.bands).map { band in
            let weights: [Float]
            switch options.corners {
            case .exact:
                let left = low + step * Double(band)
                weights = (0...length / 2).map { bin in
                    let x = (mel(Double(bin) * Double(rate) / Double(length)) - left) / step
                    return Float(max(0, x < 1 ? x : 2 - x))
                }
            case .bins:
                let corners = (0..<3).map { corner -> Double in
                    let frequency = 700 * (pow(10, (low + step * Double(band + corner)) / 2595) - 1)
                    return floor(Double(length + 1) * frequency / Double(rate))
                }
                weights = (0...length / 2).map { Self.triangle(Double($0), corners) }
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? 0
            return (first, Array(weights[first...max(first, last)]))
        }
        silence = options.silence
        scale = options.isScaled ? 1 / Float(length) : 1
    }

    /// Rises from the first corner to 1 at the second and falls to the third. Of two corners on one bin there is no side between.
    private static func triangle(_ bin: Double, _ corners: [Double]) -> Float {
        if bin >= corners[0], bin < corners[1] { return Float((bin - corners[0]) / (corners[1] - corners[0])) }
        if bin >= corners[1], bin < corners[2] { return Float((corners[2] - bin) / (corners[2] - corners[1])) }
        return 0
    }

    /// - Parameters:
    ///   - power: |X(k)|² of the frame.
    ///   - logarithms: one per band, overwritten.
    func setLogarithms(of power: [Float], into logarithms: inout [Float]) {
        for (band, filter) in filters.enumerated() {
            switch silence {
            case .added(let floor):
                var sum = floor
                for (offset, weight) in filter.weights.enumerated() { sum += weight * power[filter.first + offset] }
                logarithms[band] = logf(scale * sum)
            case .replaced:
                var sum: Float = 0
                for (offset, weight) in filter.weights.enumerated() { sum += weight * power[filter.first + offset] }
                logarithms[band] = logf(sum > 0 ? scale * sum : 0x1p-52)
            }
        }
    }

    /// The logarithm of the whole spectrum's power.
    func logEnergy(of power: [Float]) -> Float {
        let sum = power.reduce(0, +)
        return logf(sum > 0 ? scale * sum : 0x1p-52)
    }
}
