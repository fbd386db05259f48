public import Confidence
import Glibc
public import Recognition
import Reservoirs
public import Signals

/// One line of the event log: something that the pipeline decided or saw.
///
/// Everything in it comes from the data and their stamps, so a replay gives the same lines. Latency is not part of it.
public struct Decision: Sendable, Equatable {
    /// What was decided.
    public enum Content: Sendable, Equatable {
        /// The CTC recogniser read a word: the posterior of its label at the frame of emission. Of a final word that follows a first
        /// guess: its share among all words and none over the label's window (`WordWindow`), as its alternatives have it.
        case word(text: String, frame: UInt64, logProbability: Float)
        /// A beam search read a text: told where the rig file asks for it, after the words of an utterance that has ended and, with first
        /// guesses, whenever the text so far has changed.
        case utterance(Utterance)
        /// The film's readout named the word of a stretch of speech; its score is the readout's output for that class, and
        /// the margin its distance to the second best.
        case filmWord(text: String, firstFrame: UInt64, lastFrame: UInt64, score: Float, margin: Float)
        /// Frames of a stream are missing.
        case gap(stream: String, first: UInt64, count: UInt64)
        /// Something happened to a device.
        case device(name: String, event: DeviceEvent)
        /// EEG was not available for these feature frames; the recogniser saw its neutral value instead.
        case eegAbsent(firstFrame: UInt64, frames: UInt64)
        /// A sample of a text stream, one text for each channel; when it was, where the stream's clock or the frame that it
        /// marks tells. Long texts are cut here, the recording has all of them.
        case marker(stream: String, texts: [String], at: HostTime?, isCut: Bool)
        /// A digital line changed its level for longer than its debounce: the first frame with the new level, and when that was,
        /// where the stream's clock tells.
        case line(stream: String, line: String, isHigh: Bool, counter: UInt64, at: HostTime?)
        /// A measure of a channel left its range, or is back, over a window that ended with the item.
        case monitor(stream: String, channel: String, measure: String, value: Float, isAlarm: Bool)
        /// A continuous readout predicts a channel's value at a frame of its input stream, and when that frame is or will be, where the
        /// stream's clock tells. `target` is "device.stream channel"; the value is in that stream's unit.
        case prediction(target: String, counter: UInt64, at: HostTime?, value: Double)
        /// How wrong a continuous readout was, as √(mean squared error / variance): over all predictions whose target came, and over those
        /// since the last such decision. nil where the target did not change.
        case predictionError(target: String, nrmse: Double?, steps: UInt64, windowNRMSE: Double?, windowSteps: UInt64)
        /// Where cues tell what was said: the probability that the stage's confidences are calibrated, over the `window` last of so many
        /// compared words. It is told when an alarm begins, when it ends, and at the end.
        case calibration(posterior: Double, words: Int, window: Int, isAlarm: Bool)
        /// So many decisions before this one were lost on their way to this log, because its reader was too slow.
        case lost(count: UInt64)
    }

    /// What it might have been instead.
    public struct Alternative: Sendable, Equatable {
        public var text: String
        /// In the same measure as the decision's own: a log-probability for `word`, the readout's output for `film_word`.
        public var score: Float

        public init(text: String, score: Float) {
            self.text = text
            self.score = score
        }
    }

    /// Bytes of a marker's texts that are kept.
    package static let longestTexts = 1000

    /// What was decided.
    public var content: Content
    /// Stamp of the item that made it possible.
    public var hostTime: HostTime
    /// Name of the stage that decided it; nil for what every rig has, and for stages without a name.
    public var stage: String?
    /// When the span of time that it names was over, as the clocks said then; for measurements, no part of the log.
    public var spanEnd: HostTime?
    /// What came next to a word, the best one first; empty unless the rig file asks for some.
    public var alternatives: [Alternative] = []
    /// Of a final word of a stage with a certificate: its calibrated confidence, and what to do about it.
    public var judgement: CertifiedConfidence.Judgement?
    /// The word is a first guess; one of the same stage that is final follows.
    public var isPartial = false
    /// How sure one may be of a final word; nil unless the rig file asks for it.
    public var evidence: WordEvidence?

    public init(content: Content, hostTime: HostTime, stage: String? = nil, spanEnd: HostTime? = nil) {
        self.content = content
        self.hostTime = hostTime
        self.stage = stage
        self.spanEnd = spanEnd
    }

    /// What a certificate of the column `x` maps: of a word its probability, of a film's word the logistic function of its margin over
    /// the readout's temperature, 0.5 … 1. The last is no probability, only a score that grows with the margin; nil for everything else.
    public var rawScore: Double? {
        switch content {
        case .word(_, _, let logProbability): exp(Double(logProbability))
        case .filmWord(_, _, _, _, let margin): 1 / (1 + exp(-Double(margin) / FilmReadout.temperature))
        default: nil
        }
    }

    /// With the confidence that a stage's certificate gives the word; first guesses have none.
    func judged(by certified: CertifiedConfidence?) -> Decision {
        guard let certified, !isPartial, let score = certified.readsPosterior ? evidence?.posterior : rawScore else {
            return self
        }
        var decision = self
        decision.judgement = certified(score)
        return decision
    }
}
