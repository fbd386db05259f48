import Foundation
import SignalFeatures
import Signals
import Testing

/// The envelope of a sound, read from EEG by a linear sum over channels and lags.
struct EnvelopeDecoderTests {
    @Test func `an envelope is the power of the mean square, and its onsets are where it grows`() {
        let samples = [Float](repeating: 0.5, count: 80) + [Float](repeating: 0.25, count: 80)
        let sound = SpeechEnvelope(samples, rate: 8000)
        let expected = [pow(0.25, 0.3), pow(0.0625, 0.3)].map { Float($0) }
        #expect(sound.envelope.count == 2)
        #expect(abs(sound.envelope[0] - expected[0]) < 1e-6 && abs(sound.envelope[1] - expected[1]) < 1e-6)
        #expect(sound.onset[0] == sound.envelope[0] && sound.onset[1] == 0)
        #expect(SpeechEnvelope([], rate: 8000).envelope.isEmpty)
    }

    @Test func `EEG that repeats the envelope at two lags is read without an error, and its frames may come one by one`() throws
    {
        var random = SplitMix64(seed: 1)
        var specification = EnvelopeDecoder.Specification()
        (specification.delay, specification.step, specification.ridge) = (8, 2, 1e-9)
        func utterance() -> (eeg: [Double], sound: SpeechEnvelope) {
            let samples = (0..<8000).map { _ in Float(random.normal() * random.uniform()) }
            let sound = SpeechEnvelope(samples, rate: 8000)
            func value(_ list: [Float], _ k: Int) -> Double { list.indices.contains(k) ? Double(list[k]) : 0 }
            // Channel 0 shows the envelope 4 frames late, channel 1 the onsets 2 frames late, and both show 0.3 of something else.
            let eeg = (0..<100).flatMap { t -> [Double] in
                let other = random.normal()
                return [value(sound.envelope, t - 4) + other, value(sound.onset, t - 2) + 0.5, other]
            }
            return (eeg, sound)
        }
        let weights = try EnvelopeDecoder.weights(specification, channels: 3, (0..<20).map { _ in utterance() })
        var decoder = EnvelopeDecoder(specification, channels: 3, weights: weights)
        let new = utterance()
        var largest = 0.0
        for t in 0..<100 {
            decoder.begin()
            for c in 0..<3 { decoder.take(new.eeg[3 * t + c], channel: c) }
            var found = [0.0, 0.0]
            found.withUnsafeMutableBufferPointer { decoder.set($0) }
            guard t >= 16 else { continue }
            largest = max(
                largest, abs(found[0] - Double(new.sound.envelope[t - 8])), abs(found[1] - Double(new.sound.onset[t - 8])))
        }
        #expect(largest < 1e-3, "\(largest)")
    }

    @Test func `ridge weights are those of the normal equations`() throws {
        var random = SplitMix64(seed: 2)
        var specification = EnvelopeDecoder.Specification()
        (specification.delay, specification.step, specification.ridge) = (2, 1, 0.1)
        let samples = (0..<4000).map { _ in Float(random.normal()) }
        let sound = SpeechEnvelope(samples, rate: 8000)
        let eeg = (0..<60).map { _ in random.normal() }
        let weights = try EnvelopeDecoder.weights(specification, channels: 1, [(eeg, sound)])
        // The gradient of Σ (y − w x)² + λ |w|² (λ not on the constant) is zero: checked for the envelope.
        let rows = (2..<60).map { [eeg[$0], eeg[$0 - 1], eeg[$0 - 2], 1] }
        let targets = (2..<60).map { $0 - 2 < 50 ? Double(sound.envelope[$0 - 2]) : 0 }
        let trace = (0..<3).reduce(0.0) { sum, k in sum + rows.reduce(0) { $0 + $1[k] * $1[k] } } / 3
        for k in 0..<4 {
            var gradient = k < 3 ? 0.1 * trace * weights[k] : 0
            for (row, target) in zip(rows, targets) {
                gradient += row[k] * (zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } - target)
            }
            #expect(abs(gradient) < 1e-6, "\(k): \(gradient)")
        }
    }

    @Test func `specifications with and without a decoder come back from JSON, and impossible ones are told`() throws {
        let plain = EEGFrontEndSpecification.krishna(channels: 4, rate: 250)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(plain)
        #expect(!String(decoding: json, as: UTF8.self).contains("decoder"))
        var other = EEGFrontEndSpecification.envelope(channels: 4, rate: 250)
        #expect(other.problem == nil && other.outputs == 3 && other.delay == 24 && plain.delay == 4)
        #expect(try JSONDecoder().decode(EEGFrontEndSpecification.self, from: encoder.encode(other)) == other)
        other.components = 3
        #expect(other.problem?.contains("kernel") == true)
        other.components = 0
        other.decoder?.delay = 1000
        #expect(other.problem?.contains("1000") == true)
    }
}
