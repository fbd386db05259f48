import Glibc
import SignalFeatures

/// What the streams were like in the second before a word's end: numbers that may tell why a word was misheard.
public struct StreamQuality: Sendable, Equatable {
    /// Estimate: the loudest tenth of a second of the last second over the quietest of the last three, in decibels. nil without sound, and
    /// in digital silence.
    public var snr_dB: Double?
    /// Frames of sound that are missing in the second; 100 a second.
    public var lostFrames = 0
    /// Frames for which there was no EEG; nil for a model that takes none.
    public var eegAbsentFrames: Int?
    /// EEG channels whose strength is beyond ``outlier`` standard deviations from what the model was trained with, as a share of all channels and
    /// frames: electrodes that are off, loose or touched. nil without EEG.
    public var eegOutliers: Double?

    public init(snr_dB: Double? = nil, lostFrames: Int = 0, eegAbsentFrames: Int? = nil, eegOutliers: Double? = nil) {
        (self.snr_dB, self.lostFrames) = (snr_dB, lostFrames)
        (self.eegAbsentFrames, self.eegOutliers) = (eegAbsentFrames, eegOutliers)
    }

    /// Standard deviations; no electrode at its place gets there for long.
    public static let outlier: Float = 4
}

/// Counts the EEG channels of a frame that are far from what the model was trained with.
struct ElectrodeOutliers: Sendable {
    /// 0 for a model without them.
    let channels: Int
    private let standardisation: Standardisation
    private let audioFeatures: Int

    init(_ card: RecognizerModel.Card) {
        // Features of another front end are no strengths of channels.
        channels = card.eegFrontEnd == nil ? card.eegChannels : 0
        standardisation = card.standardisation
        audioFeatures = card.audioFeatures.features
    }

    /// - Parameter eeg: features of the frame, not standardised.
    func count(_ eeg: UnsafeBufferPointer<Float>) -> Int {
        (0..<channels).count { channel in
            // The first feature of a channel is its strength.
            let feature = channel * EEGFrontEnd.featuresPerChannel
            return abs(standardisation.apply(eeg[feature], feature: audioFeatures + feature)) >= StreamQuality.outlier
        }
    }
}

/// Measures ``StreamQuality`` frame by frame. Nothing is allocated per frame.
struct StreamQualityMeter: Sendable {
    /// Frames of a mean power, of the second and of the three seconds.
    private static let smoothing = 10
    private static let second = 100
    private static let longest = 300
    /// Frames that are kept for the quality of the newest.
    static let usualMemory = longest

    private struct Frame: Sendable {
        /// Mean of the last ten; nil where they are not whole.
        var power: Float?
        /// Frames that are missing before this one.
        var lost = 0
        var hasEEG = false
        var outliers = 0
    }

    private let eegChannels: Int
    private var powers = [Float](repeating: 0, count: Self.smoothing)
    /// Frames with a power in one piece.
    private var run = 0
    private var frames: [Frame]
    /// Frames that were taken.
    private(set) var count = 0
    private var last: UInt64?

    /// - Parameter memory: frames that are kept, 300 or more: with more of them, older frames may be asked for.
    init(eegChannels: Int, memory: Int = Self.usualMemory) {
        self.eegChannels = eegChannels
        frames = [Frame](repeating: Frame(), count: max(Self.usualMemory, memory))
    }

    /// - Parameters:
    ///   - number: of the frame on the sound's clock: steps of more than 1 are losses.
    ///   - power: mean power of the frame's samples; nil without sound.
    ///   - outliers: EEG channels that are far off; nil for a frame without EEG.
    mutating func take(number: UInt64, power: Float?, outliers: Int?) {
        var frame = Frame()
        if let last, number > last { frame.lost = Int(clamping: number - last - 1) }
        last = number
        run = power == nil || frame.lost > 0 ? 0 : run + 1
        powers[count % Self.smoothing] = power ?? 0
        if run >= Self.smoothing { frame.power = powers.reduce(0, +) / Float(Self.smoothing) }
        frame.hasEEG = outliers != nil
        frame.outliers = outliers ?? 0
        frames[count % frames.count] = frame
        count += 1
    }

    /// Of the second that ends with the last frame.
    var quality: StreamQuality { quality(after: count) }

    /// Of the second that ended when so many frames had been taken, as far as it is kept.
    func quality(after count: Int) -> StreamQuality {
        let kept = frames.count - (self.count - count)
        var quality = StreamQuality()
        var (loudest, quietest) = (-Float.infinity, Float.infinity)
        var (absent, withEEG, outliers) = (0, 0, 0)
        for age in 0..<max(0, min(count, Self.longest, kept)) {
            let frame = frames[(count - 1 - age) % frames.count]
            if let power = frame.power {
                quietest = min(quietest, power)
                if age < Self.second { loudest = max(loudest, power) }
            }
            guard age < Self.second else { continue }
            // Of a loss that began before the second only what lies in it counts.
            quality.lostFrames += min(frame.lost, Self.second - age)
            if frame.hasEEG { withEEG += 1 } else { absent += 1 }
            outliers += frame.outliers
        }
        quality.lostFrames = min(quality.lostFrames, Self.second)
        if loudest > 0, quietest > 0, quietest < .infinity { quality.snr_dB = 10 * log10(Double(loudest) / Double(quietest)) }
        if eegChannels > 0 {
            quality.eegAbsentFrames = absent
            if withEEG > 0 { quality.eegOutliers = Double(outliers) / Double(withEEG * eegChannels) }
        }
        return quality
    }
}
