import LinearAlgebra
import SignalFeatures

/// Standardised frames of all words in all forms.
struct WordInputs {
    let features: WordFeatures
    /// One for each word, and in it one for each form.
    private let frames: [[[Float]]]
    /// Means and deviations for each word and form.
    private let statistics: [[Standardisation]]

    /// Frames that a speaker's means are taken of at least, about four words: what is missing is lent from all, so that who said little is no
    /// stranger. Who said more leans on nobody.
    private static let least = 200.0

    /// - Parameters:
    ///   - isLearned: words outside of the test split. A speaker who has none of them is measured by all sounds there are of that speaker.
    ///   - frames: of each word and form, see ``WordFeatures/frames(_:rate:form:)``.
    init(_ words: [SpokenWord], frames: [[[Float]]], features: WordFeatures, isLearned: (SpokenWord) -> Bool) {
        (self.features, self.frames) = (features, frames)
        let forms = features.forms.indices
        var all = forms.map { _ in Moments(features.inputs) }
        for (word, own) in zip(words, frames) where isLearned(word) {
            for form in forms { all[form].add(own[form]) }
        }
        guard features.normalisation == .speaker else {
            let common = all[0].standardisation
            statistics = words.map { _ in forms.map { _ in common } }
            return
        }
        let heard = Set(words.filter(isLearned).map(\.speaker))
        var bySpeaker: [String: [Moments]] = [:]
        for (word, own) in zip(words, frames) where isLearned(word) || !heard.contains(word.speaker) {
            for form in forms {
                bySpeaker[word.speaker, default: forms.map { _ in Moments(features.inputs) }][form].add(own[form])
            }
        }
        let mixed = bySpeaker.mapValues { own in
            forms.map { own[$0].mixed(with: all[$0], max(0, Self.least - own[$0].count)).standardisation }
        }
        statistics = words.map { mixed[$0.speaker] ?? all.map(\.standardisation) }
    }

    /// Shape `[frames, inputs]`.
    func frames(word: Int, form: Int) -> Matrix<Double> {
        let (raw, own) = (frames[word][form], statistics[word][form])
        let inputs = features.inputs
        return Matrix(
            rows: raw.count / inputs, columns: inputs,
            values: raw.indices.map { Double(own.apply(raw[$0], feature: $0 % inputs)) })
    }

    /// Sums for means and deviations.
    private struct Moments {
        var count = 0.0
        var sums: [Double]
        var squares: [Double]

        init(_ inputs: Int) { (sums, squares) = ([Double](repeating: 0, count: inputs), [Double](repeating: 0, count: inputs)) }

        mutating func add(_ frames: [Float]) {
            for (place, value) in frames.enumerated() {
                let k = place % sums.count
                sums[k] += Double(value)
                squares[k] += Double(value) * Double(value)
            }
            count += Double(frames.count / sums.count)
        }

        /// These, and so many frames that are like the others.
        func mixed(with others: Moments, _ frames: Double) -> Moments {
            guard others.count > 0 else { return self }
            var result = self
            let share = frames / others.count
            for k in sums.indices {
                result.sums[k] += share * others.sums[k]
                result.squares[k] += share * others.squares[k]
            }
            result.count += frames
            return result
        }

        var standardisation: Standardisation {
            let n = max(1, count)
            return Standardisation(
                mean: sums.map { Float($0 / n) },
                deviation: sums.indices.map { k in
                    let mean = sums[k] / n
                    return max(1e-4, Float(max(0, squares[k] / n - mean * mean).squareRoot()))
                })
        }
    }
}
