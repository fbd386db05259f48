import Foundation
import SignalFeatures
import Signals
import Testing

/// The definition restated with plain sums in Double: pre-emphasis 0.97, 25 ms Hamming window every 10 ms, power spectrum by the
/// discrete Fourier sum, 26 triangles on mel(f) = 2595 log₁₀(1 + f/700) from 60 to 3900 Hz, orthonormal cosine transform.
private func cepstra(_ signal: [Float], frame: Int, rate: Double) -> [Double] {
    let (window, hop, length) = (Int(rate) / 40, Int(rate) / 100, 256)
    let start = frame * hop
    let x = (0..<window).map { n -> Double in
        let index = start + n
        let last = index > 0 ? Double(signal[index - 1]) : 0
        return (Double(signal[index]) - 0.97 * last)
            * (0.54 - 0.46 * cos(2 * .pi * Double(n) / Double(window - 1)))
    }
    let power = (0...length / 2).map { bin -> Double in
        var (re, im) = (0.0, 0.0)
        for (n, value) in x.enumerated() {
            re += value * cos(2 * .pi * Double(bin * n) / Double(length))
            im -= value * sin(2 * .pi * Double(bin * n) / Double(length))
        }
        return re * re + im * im
    }
    let mel = { (f: Double) in 2595 * log10(1 + f / 700) }
    let step = (mel(3900) - mel(60)) / 27
    let logs = (0..<26).map { band -> Double in
        let left = mel(60) + step * Double(band)
        var sum = 1e-4
        for bin in 0...length / 2 {
            let position = (mel(Double(bin) * rate / Double(length)) - left) / step
            sum += max(0, min(position, 2 - position)) * power[bin]
        }
        return log(sum)
    }
    return (0..<13).map { k -> Double in
        let scale: Double = (2.0 / 26).squareRoot() * (k == 0 ? 0.5.squareRoot() : 1)
        var sum = 0.0
        for m in 0..<26 { sum += cos(Double.pi * Double(k) * (Double(m) + 0.5) / 26) * logs[m] }
        return scale * sum
    }
}

struct MelFrontEndTests {
    private let signal: [Float] = {
        var random = SplitMix64(seed: 5)
        return (0..<4000).map { n in
            let tone = 0.2 * sin(0.3 * Double(n))
            let chirp = 0.1 * sin(0.00002 * Double(n * n))
            return Float(tone + chirp + 0.01 * random.normal())
        }
    }()

    @Test func `cepstra equal the definition written as plain sums`() {
        let (features, energies) = MelFrontEnd.features(of: signal, rate: 8000)
        #expect(energies.count == (4000 - 200) / 80 + 1)
        for frame in stride(from: 0, to: energies.count, by: 9) {
            let expected = cepstra(signal, frame: frame, rate: 8000)
            for k in 0..<13 { #expect(abs(Double(features[frame * 39 + k]) - expected[k]) < 2e-3) }
        }
    }

    @Test func `slopes are the regression over five frames that have come`() {
        let (features, energies) = MelFrontEnd.features(of: signal, rate: 8000)
        for frame in 4..<energies.count {
            for k in 0..<13 {
                let c = (0..<5).map { features[(frame - 4 + $0) * 39 + k] }
                // Σ n c / Σ n² over n = −2 … 2.
                let expected = (2 * c[4] + c[3] - c[1] - 2 * c[0]) / 10
                #expect(abs(features[frame * 39 + 13 + k] - expected) < 1e-4)
            }
        }
    }

    @Test func `any split of the signal gives the same bits`() {
        let whole = MelFrontEnd.features(of: signal, rate: 8000).features
        for chunk in [1, 13, 80, 999] {
            let front = MelFrontEnd(rate: 8000)
            var found: [Float] = []
            for start in stride(from: 0, to: signal.count, by: chunk) {
                signal[start..<min(start + chunk, signal.count)].withUnsafeBufferPointer { piece in
                    front.feed(piece) { frame, _ in found += frame }
                }
            }
            #expect(found == whole)
        }
    }

    /// The signal of `Reference/make_mfcc_values.py`.
    private func formula(_ count: Int) -> [Float] {
        (0..<count).map { i in
            let square = i % 40 < 20 ? 0.2 : -0.2
            let noise = Double((i * i * 7 + i * 13) % 2001 - 1000) / 20000
            return Float(square * Double(i % 3000) / 3000 + noise)
        }
    }

    private static let plain: MelOptions = {
        var options = MelOptions.pythonSpeechFeatures
        (options.window, options.lowest_Hz, options.highest_Hz) = (.hamming, 60, 3900)
        (options.lifter, options.firstIsEnergy) = (0, false)
        return options
    }()

    @Test(
        arguments: [
            (8000, .pythonSpeechFeatures, PythonSpeechFeaturesValues.defaults8000),
            (8000, plain, PythonSpeechFeaturesValues.plain8000),
            (16_000, .pythonSpeechFeatures, PythonSpeechFeaturesValues.defaults16000),
            (16_000, plain, PythonSpeechFeaturesValues.plain16000),
        ] as [(Int, MelOptions, [[Float]])])
    func `cepstra equal those of python_speech_features with its options`(
        rate: Int, options: MelOptions, expected: [[Float]]
    ) {
        let features = MelFrontEnd.features(of: formula(rate / 2), rate: rate, options: options).features
        for (frame, row) in zip(PythonSpeechFeaturesValues.frames, expected) {
            for k in 0..<13 { #expect(abs(features[frame * 39 + k] - row[k]) < 1e-3) }
        }
    }

    @Test(arguments: [
        (8000, PythonSpeechFeaturesValues.slopes8000), (16_000, PythonSpeechFeaturesValues.slopes16000),
    ])
    func `slopes equal those of python_speech_features, two frames later`(rate: Int, expected: [[Float]]) {
        let features = MelFrontEnd.features(of: formula(rate / 2), rate: rate, options: Self.plain).features
        for (frame, row) in zip(PythonSpeechFeaturesValues.frames.dropFirst(2), expected) {
            for k in 0..<13 { #expect(abs(features[frame * 39 + 13 + k] - row[k]) < 1e-3) }
        }
    }

    @Test func `silence has finite coefficients with every option`() {
        for options in [MelOptions.words, .pythonSpeechFeatures, Self.plain] {
            let features = MelFrontEnd.features(of: [Float](repeating: 0, count: 4000), rate: 8000, options: options).features
            #expect(features.allSatisfy { $0.isFinite })
        }
    }
}

@Suite struct MelBandTests {
    /// A tone in noise, and the band that has most of it over the noise alone.
    private func loudest(_ frequency: Double, warp: Double = 1) -> Int {
        var options = MelOptions.bands
        options.warp = warp
        let signal = (0..<8000).map { Float(0.3 * sin(2 * Double.pi * frequency * Double($0) / 16_000)) }
        let rows = MelFrontEnd.features(of: signal, rate: 16_000, options: options).features
        let last = rows.suffix(40)
        return last.indices.max { last[$0] < last[$1] }.map { $0 - last.startIndex } ?? -1
    }

    /// The band whose middle is nearest on the mel scale, by the formula.
    private func expected(_ frequency: Double) -> Int {
        func mel(_ f: Double) -> Double { 2595 * log10(1 + f / 700) }
        let step = (mel(3900) - mel(60)) / 41
        return Int(((mel(frequency) - mel(60)) / step - 1).rounded())
    }

    @Test(arguments: [200.0, 500, 1000, 2000, 3000])
    func `a tone is in the band around it, and in another one where the axis is stretched`(frequency: Double) {
        #expect(loudest(frequency) == expected(frequency))
        for warp in [0.85, 1.15] {
            // Read at `warp` times each band's frequency, up to four fifths of the highest.
            let place = frequency / warp
            guard frequency < 0.8 * 3900 * min(warp, 1) else { continue }
            #expect(abs(loudest(frequency, warp: warp) - expected(place)) <= 1)
        }
    }

    @Test func `the stretched axis keeps its ends and its order`() {
        for factor in [0.8, 0.9, 1, 1.1, 1.25] {
            let warp = FrequencyWarp(factor: factor, highest: 3900)
            let places = stride(from: 0.0, through: 3900, by: 50).map { warp.place(of: $0) }
            #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
            #expect(places[0] == 0 && abs(places[places.count - 1] - 3900) < 1e-9)
        }
    }

    @Test func `options of a file that no front end can have are refused`() {
        #expect(MelOptions.bands.fit(rate: 8000) && MelOptions.words.fit(rate: 16_000))
        for change in [
            { (o: inout MelOptions) in o.bands = 12 }, { $0.bands = 257 }, { $0.lowest_Hz = .nan }, { $0.highest_Hz = 5000 },
            { $0.highest_Hz = 100 }, { $0.warp = 0.9 }, { $0.lifter = -1 }, { $0.silence = .added(0) },
            { $0.preEmphasis = .nan },
        ] as [(inout MelOptions) -> Void] {
            var options = MelOptions.bands
            change(&options)
            #expect(!options.fit(rate: 8000), "\(options)")
        }
    }
}
