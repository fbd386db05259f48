import Glibc

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

/// Measures ``StreamQuality`` frame by frame. Nothing is allocated per frame.
struct StreamQualityMeter: Sendable {
    /// Frames of a mean power, of the second and of the three seconds.
    private static let smoothing = 10
    private static let second = 100
    private static let memory = 300

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
    private var frames = [Frame](repeating: Frame(), count: Self.memory)
    private var count = 0
    private var last: UInt64?

    init(eegChannels: Int) { self.eegChannels = eegChannels }

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
        frames[count % Self.memory] = frame
        count += 1
    }

    /// Of the second that ends with the last frame.
    var quality: StreamQuality {
        var quality = StreamQuality()
        var (loudest, quietest) = (-Float.infinity, Float.infinity)
        var (absent, withEEG, outliers) = (0, 0, 0)
        for age in 0..<min(count, Self.memory) {
            let frame = frames[(count - 1 - age) % Self.memory]
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
