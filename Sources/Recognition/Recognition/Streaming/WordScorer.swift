import Glibc
import NeuralNetworks
import SignalFeatures

/// How sure a recogniser may be of a word, and what the streams were like meanwhile.
public struct WordEvidence: Sendable, Equatable {
    /// Posterior probability of the word in its window, against other words and against nothing: by ``OccurrencePosterior`` where units are
    /// words, by ``CTCPosterior`` where a word is spelt. Of a beam search's word its share among all texts that were kept, language
    /// model included. Not calibrated.
    public var posterior: Double
    /// Natural logarithm of the posterior over the best other one's, nothing included; below 0 where another one is better.
    public var margin: Double
    /// Of each unit of a word that is spelt; of a whole word its posterior. Of a beam search's word the network's probabilities of its units.
    public var unitPosteriors: [Double]
    /// nil for words of a film's readout.
    public var quality: StreamQuality?

    public init(posterior: Double, margin: Double, unitPosteriors: [Double], quality: StreamQuality?) {
        (self.posterior, self.margin, self.unitPosteriors, self.quality) = (posterior, margin, unitPosteriors, quality)
    }
}

/// Weighs words of a stream by the network's outputs around them.
///
/// A word's window are the frames from the model's label window before its first unit to as many after its last. Windows of two
/// words do not meet: ``BestPathDecoder`` names no unit within two label windows after another, and units that were named before and behind a
/// spelt word bound its window. What is computed depends on frames and their numbers alone, not on how a stream is cut.
public struct WordScorer: Sendable {
    /// Frames after a word's last unit that its window has: so much later its evidence is whole.
    public let lookAhead: Int
    private let units: Units
    private let outputs: Int
    private let outliers: ElectrodeOutliers
    /// The last frames' logits, shape `[capacity, outputs]`, as a ring.
    private var rows: [Float]
    private let capacity: Int
    /// Number of the next frame.
    private var next: UInt64 = 0
    /// Frames that were taken.
    public var frames: UInt64 { next }
    private var meter: StreamQualityMeter

    /// Frames of the longest spelt word, with the pause that ends it.
    private static let longestSpelling = 512

    public init(_ card: RecognizerModel.Card) {
        lookAhead = card.labelWindow
        units = card.units
        outputs = card.shape.outputs
        outliers = ElectrodeOutliers(card)
        capacity = max(2 * card.labelWindow + 1, card.units.kind == .characters ? Self.longestSpelling : 1)
        rows = [Float](repeating: 0, count: capacity * card.shape.outputs)
        meter = StreamQualityMeter(eegChannels: outliers.channels)
    }

    /// Takes a frame after the recogniser did.
    /// - Parameters:
    ///   - recognizer: holds the frame's logits.
    ///   - number: of the frame on the sound's clock, 100 a second; it jumps where sound is missing.
    ///   - power: mean power of the frame's samples; nil without sound.
    ///   - eeg: features of the frame, not standardised; nil where there are none.
    public mutating func take(
        _ recognizer: StreamingRecognizer, number: UInt64, power: Float?, eeg: UnsafeBufferPointer<Float>?
    ) {
        let row = Int(next % UInt64(capacity)) * outputs
        for unit in 0..<outputs {
            // Before the network's first output nothing is named.
            rows[row + unit] = recognizer.hasOutput ? recognizer.logits[unit] : unit == RecognizerModel.blank ? 0 : -1e4
        }
        next += 1
        meter.take(number: number, power: power, outliers: eeg.map(outliers.count))
    }

    /// Of a word; whole when ``lookAhead`` frames after its last unit have been taken, or the unit that follows it has.
    /// - Parameters:
    ///   - labels: of its units, one where units are words.
    ///   - first: frame of its first unit, counted from the start of the stream.
    ///   - last: frame of its last unit.
    ///   - previous: frame of the unit that was named before it, for spelt words.
    ///   - following: frame of the unit that was named after it, likewise.
    /// - Returns: nil where the word is too long for what is kept, or the network gave values that are no numbers.
    public func evidence(
        of labels: [Int], first: UInt64, last: UInt64, previous: UInt64? = nil, following: UInt64? = nil
    ) -> WordEvidence? {
        let window = UInt64(lookAhead)
        let begin = max(first > window ? first - window : 0, previous.map { $0 + 1 } ?? 0)
        let end = min(last + window + 1, following ?? .max, next)
        guard begin <= first, last < end, next - begin <= UInt64(capacity), let label = labels.first else { return nil }
        var logits: [Float] = []
        logits.reserveCapacity(Int(end - begin) * outputs)
        for frame in begin..<end {
            let row = Int(frame % UInt64(capacity)) * outputs
            logits += rows[row..<row + outputs]
        }
        switch units.kind {
        case .words: return occurrence(of: label, logits)
        case .characters: return spelling(of: labels, logits)
        }
    }

    private func occurrence(of label: Int, _ logits: [Float]) -> WordEvidence? {
        var posterior = OccurrencePosterior(blank: RecognizerModel.blank, units: outputs)
        logits.withUnsafeBufferPointer { logits in
            for row in stride(from: 0, to: logits.count, by: outputs) {
                posterior.take(UnsafeBufferPointer(rebasing: logits[row..<row + outputs]))
            }
        }
        guard let logs = posterior.logPosteriors else { return nil }
        let others = logs.indices.filter { $0 != label }.map { logs[$0] }
        let own = exp(logs[label])
        return WordEvidence(
            posterior: own, margin: logs[label] - (others.max() ?? -.infinity), unitPosteriors: [own], quality: meter.quality)
    }

    private func spelling(of labels: [Int], _ logits: [Float]) -> WordEvidence? {
        guard
            let found = try? CTCPosterior(blank: RecognizerModel.blank).evaluate(labels, logits: logits, units: outputs)
        else { return nil }
        return WordEvidence(
            posterior: exp(found.logPosterior), margin: found.margin, unitPosteriors: found.unitLogPosteriors.map(exp),
            quality: meter.quality)
    }
}
