import Glibc

/// Finds where speech begins and ends in a running sequence of frame energies at 100 Hz.
///
/// A frame is speech when it is louder than the quietest of the last two seconds by 12 dB, within absolute bounds. Speech
/// begins after 3 loud frames in a row and ends after 20 quiet ones, so that the closures within words do not cut
/// them. Pure and causal.
public struct SpeechSegmenter: Sendable {
    /// What a frame decided.
    public enum Event: Equatable, Sendable {
        /// Speech began at this frame, some frames ago.
        case began(Int)
        /// The last loud frame was this one.
        case ended(Int)
    }

    /// Loud frames in a row with which speech begins.
    public static let begin = 3
    /// Quiet frames after which it has ended.
    public static let hangOver = 20
    private static let memory = 200

    private var recent: [Float] = []
    private var position = 0
    private var frame = 0
    private var loud = 0
    private var lastLoud = 0
    private var isSpeech = false

    public init() { recent.reserveCapacity(Self.memory) }

    /// - Parameter energy: mean power of a frame's samples relative to full scale.
    public mutating func next(energy: Float) -> Event? {
        let level = 10 * log10f(max(energy, 1e-8))
        if recent.count < Self.memory {
            recent.append(level)
        } else {
            recent[position] = level
            position = (position + 1) % Self.memory
        }
        let quietest = recent.min() ?? level
        let threshold = min(-25, max(-48, quietest + 12))
        defer { frame += 1 }
        if level > threshold {
            loud += 1
            lastLoud = frame
            if !isSpeech, loud == Self.begin {
                isSpeech = true
                return .began(frame + 1 - Self.begin)
            }
        } else {
            loud = 0
            if isSpeech, frame - lastLoud >= Self.hangOver {
                isSpeech = false
                return .ended(lastLoud)
            }
        }
        return nil
    }
}
