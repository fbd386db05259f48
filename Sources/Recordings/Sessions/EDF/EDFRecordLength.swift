import Foundation

/// How long the data records of a file are: whole frames, in a time that the header's field holds exactly.
struct EDFRecordLength: Equatable {
    var frames: Int
    var seconds: Double

    /// Records of more bytes are refused by some readers (EDFlib).
    private static let mostBytes = 10 << 20
    private static let mostFrames = 9_999_999
    private static let mostTries = 200_000

    /// The shortest record of whole seconds up to 60, else a part of a second, else the longest that is shorter than a second, else the
    /// shortest at all.
    /// - Parameters:
    ///   - rate: Hz, above 0.
    ///   - frameBytes: of a frame in the file.
    ///   - total: frames of the track: where no record of whole seconds is possible, one that divides them is preferred.
    ///   - divisor: every length that is taken divides it; 0 for any.
    /// - Returns: nil when no time of eight characters holds whole frames.
    static func best(rate: Double, frameBytes: Int, total: Int, divisor: Int = 0) -> EDFRecordLength? {
        let most = max(1, min(mostFrames, mostBytes / max(1, frameBytes)))
        let nice = (1...60).map(Double.init) + [0.5, 0.25, 0.2, 0.1, 0.05, 0.02, 0.01]
        for seconds in nice {
            let frames = (rate * seconds).rounded()
            guard frames >= 1, frames <= Double(most), abs(rate * seconds - frames) < 1e-9 * frames else { continue }
            if divisor % Int(frames) == 0 { return EDFRecordLength(frames: Int(frames), seconds: seconds) }
        }
        if divisor == 0, let length = search(rate, most, divisor: total), length.seconds >= 0.1 { return length }
        return search(rate, most, divisor: divisor)
    }

    /// Downwards from a second, then upwards from it.
    private static func search(_ rate: Double, _ most: Int, divisor: Int) -> EDFRecordLength? {
        let second = max(1, min(most, Int(min(rate, Double(mostFrames)))))
        for frames in stride(from: second, through: max(1, second - mostTries), by: -1) where divisor % frames == 0 {
            if let length = exact(frames, rate) { return length }
        }
        for frames in second...max(second, min(most, 60 * second, second + mostTries)) where divisor % frames == 0 {
            if let length = exact(frames, rate) { return length }
        }
        return nil
    }

    /// So many frames, where their time has an exact text.
    static func exact(_ frames: Int, _ rate: Double) -> EDFRecordLength? {
        guard frames >= 1, frames <= mostFrames, rate > 0 else { return nil }
        let time = Double(frames) / rate
        guard time >= 1e-5, time < 1e7 else { return nil }
        // Eight characters: the point, the digits before it, the rest behind.
        let before = max(1, Int(log10(time)) + 1)
        let step = pow(10, Double(max(0, 7 - before)))
        let seconds = (time * step).rounded() / step
        guard abs(Double(frames) / seconds - rate) < 1e-9 * rate, EDFNumber.text(seconds) != nil else { return nil }
        return EDFRecordLength(frames: frames, seconds: seconds)
    }
}
