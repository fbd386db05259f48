import Glibc

/// How cepstral coefficients are made of a frame; programs differ in these points.
public struct MelOptions: Sendable, Equatable, Codable {
    /// What a frame's values are.
    public enum Output: String, Sendable, Codable {
        /// 13 cepstral coefficients, their slopes and the slopes' slopes.
        case cepstra
        /// The logarithm of the power in each band.
        case bands
    }

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

    public var output: Output = .cepstra
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
    /// Where the bands read the spectrum: at `warp` times their frequencies, up to four fifths of the highest; 1 outside of training.
    /// Only with exact corners.
    public var warp = 1.0

    /// Whether a front end can be made of these, at this many samples per second. Options that come from a file are asked first.
    public func fit(rate: Int) -> Bool {
        let highest = highest_Hz ?? Double(rate) / 2
        var isAudible = true
        if case .added(let floor) = silence { isAudible = floor.isFinite && floor > 0 }
        return (MelFrontEnd.cepstra...256).contains(bands) && (0..<1000).contains(lowest_Hz) && highest > lowest_Hz + 100
            && highest <= Double(rate) / 2 && (-1...1).contains(preEmphasis) && (0...1000).contains(lifter) && warp == 1
            && isAudible
    }

    /// Values per frame.
    public var features: Int { output == .cepstra ? 3 * MelFrontEnd.cepstra : bands }

    /// What Larmor's recognisers are trained with. White noise 60 dB under full scale gives a band about 5 · 10⁻⁴, so less is silence.
    public static let words = MelOptions(
        window: .hamming, corners: .exact, bands: 26, lowest_Hz: 60, highest_Hz: 3900, preEmphasis: 0.97,
        silence: .added(1e-4), isScaled: false, lifter: 0, firstIsEnergy: false)

    /// Logarithms of 40 bands, for networks that look for patterns over time and frequency. Less than white noise 60 dB under full
    /// scale is silence.
    public static let bands = MelOptions(
        output: .bands, window: .hamming, corners: .exact, bands: 40, lowest_Hz: 60, highest_Hz: 3900, preEmphasis: 0.97,
        silence: .added(1e-4), isScaled: false, lifter: 0, firstIsEnergy: false)

    /// The defaults of `python_speech_features.mfcc`, version 0.6.
    public static let pythonSpeechFeatures = MelOptions(
        window: .rectangular, corners: .bins, bands: 26, lowest_Hz: 0, highest_Hz: nil, preEmphasis: 0.97,
        silence: .replaced, isScaled: true, lifter: 22, firstIsEnergy: true)
}

/// Stretches the frequency axis by a factor, as vocal tracts of other lengths do, and leaves the highest frequency where it is.
///
/// - Source: N. Jaitly, G. Hinton, "Vocal tract length perturbation improves speech recognition", ICML workshop 2013, section 3.
package struct FrequencyWarp {
    private let factor: Double
    private let highest: Double
    /// The corner of the map, on the bands' axis and on the spectrum's.
    private let place: Double
    private let frequency: Double

    package init(factor: Double, highest: Double) {
        (self.factor, self.highest) = (factor, highest)
        frequency = 0.8 * highest * min(factor, 1)
        place = frequency / factor
    }

    /// Where on the bands' axis a frequency of the spectrum is read.
    package func place(of f: Double) -> Double {
        guard factor != 1, f <= highest else { return f }
        return f <= frequency ? f / factor : highest - (highest - place) / (highest - frequency) * (highest - f)
    }
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
        let warp = FrequencyWarp(factor: options.warp, highest: options.highest_Hz ?? Double(rate) / 2)
        let low = mel(options.lowest_Hz)
        let step = (mel(options.highest_Hz ?? Double(rate) / 2) - low) / Double(options.bands + 1)
        filters = (0..<options.bands).map { band in
            let weights: [Float]
            switch options.corners {
            case .exact:
                let left = low + step * Double(band)
                weights = (0...length / 2).map { bin in
                    let x = (mel(warp.place(of: Double(bin) * Double(rate) / Double(length))) - left) / step
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
