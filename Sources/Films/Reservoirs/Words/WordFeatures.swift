import Dispatch
import SignalFeatures

/// How the sound of a word becomes the inputs of a reservoir: 13 cepstral coefficients every 10 ms, from the first loud frame to the last.
///
/// All words are made equally loud before, and the zeroth coefficient, which is the loudness, is counted from the loudest frame: what a
/// microphone's distance changes is no part of a word.
public struct WordFeatures: Sendable, Equatable {
    /// A word as another throat would say it, at another pace.
    public struct Form: Sendable, Equatable {
        /// The frequency axis is read at so many times its frequencies, see `MelOptions.warp`.
        public var warp: Double
        /// How much faster.
        public var pace: Double

        public init(warp: Double = 1, pace: Double = 1) { (self.warp, self.pace) = (warp, pace) }
    }

    /// What means and deviations are taken from.
    public enum Normalisation: String, Sendable, CaseIterable, Codable {
        /// All words outside of the test split; with speakers who are left out also theirs.
        case training
        /// Each speaker's own sounds outside of the test split, whatever was said: also of one who is learned nothing from. Speakers of few
        /// sounds lean on the others, also on one who is left out, and one who has only a test split is measured by that.
        case speaker
    }

    /// The first is the word as it was said. Those of its pace are also heard when a word is to be named: the states' means are read.
    public var forms: [Form]
    public var normalisation: Normalisation

    public init(forms: [Form] = [Form()], normalisation: Normalisation = .speaker) {
        precondition(forms.first == Form(), "the first form is the word as it was said")
        (self.forms, self.normalisation) = (forms, normalisation)
    }

    /// Frames count as loud down to so many dB below the loudest, by their mean over the bands.
    private static let range_dB: Float = 30

    /// Power that is added to each band, about 50 dB below a word's loudest frame: rooms and microphones differ below it.
    private static let silence: Float = 0.015

    /// Values of a frame.
    public var inputs: Int { MelFrontEnd.cepstra }

    /// Forms whose states are averaged where a word is named.
    public var heardForms: [Int] { forms.indices.filter { forms[$0].pace == 1 } }

    /// Of all words in all forms.
    func frames(_ words: [SpokenWord], rate: Int, threads: Int) -> [[[Float]]] {
        var frames = [[[Float]]](repeating: [], count: words.count)
        frames.withUnsafeMutableBufferPointer { slots in
            // Each thread writes every so many-th slot.
            nonisolated(unsafe) let slots = slots
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                for place in stride(from: thread, to: words.count, by: threads) {
                    slots[place] = forms.map { self.frames(words[place], rate: rate, form: $0) }
                }
            }
        }
        return frames
    }

    /// Frames of a word in one of its forms, not standardised; at least one frame. Shape `[frames, inputs]`, row-major.
    func frames(_ word: SpokenWord, rate: Int, form: Form) -> [Float] {
        var options = MelOptions.words
        options.warp = form.warp
        options.silence = .added(Self.silence)
        let all = MelFrontEnd.features(of: levelled(word.samples, rate: rate), rate: rate, options: options).features
        let width = MelFrontEnd.features
        let loudness = stride(from: 0, to: all.count, by: width).map { all[$0] }
        let loudest = loudness.max() ?? 0
        // c₀ is the sum over the bands of ln(power), divided by the root of their number.
        let least = loudest - Self.range_dB / 4.342945 * Float(options.bands).squareRoot()
        let first = loudness.firstIndex { $0 >= least } ?? 0
        let last = loudness.lastIndex { $0 >= least } ?? 0
        var frames: [Float] = []
        for frame in first...last {
            let start = frames.count
            frames += all[frame * width..<frame * width + inputs]
            frames[start] -= loudest
        }
        return form.pace == 1 ? frames : paced(frames, by: form.pace)
    }

    /// The sound with a mean power of 1 in its loudest 25 ms; a sound that is shorter gets silence behind it.
    private func levelled(_ samples: [Float], rate: Int) -> [Float] {
        let window = rate * 25 / 1000
        let samples = samples + [Float](repeating: 0, count: max(0, window - samples.count))
        let powers = stride(from: 0, through: samples.count - window, by: rate / 100).map { start in
            samples[start..<start + window].reduce(Float(0)) { $0 + $1 * $1 } / Float(window)
        }
        let scale = 1 / max(1e-10, powers.max() ?? 0).squareRoot()
        return samples.map { $0 * scale }
    }

    /// Frames between frames, on straight lines.
    private func paced(_ frames: [Float], by pace: Double) -> [Float] {
        let count = frames.count / inputs
        let steps = max(1, Int((Double(count) / pace).rounded()))
        return (0..<steps).flatMap { step -> [Float] in
            let place = steps > 1 ? Double(step) * Double(count - 1) / Double(steps - 1) : 0
            let (low, share) = (min(Int(place), max(0, count - 2)), Float(place - Double(min(Int(place), max(0, count - 2)))))
            let high = min(low + 1, count - 1)
            return (0..<inputs).map { (1 - share) * frames[low * inputs + $0] + share * frames[high * inputs + $0] }
        }
    }
}
