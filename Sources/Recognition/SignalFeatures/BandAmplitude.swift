import Signals

/// How strong a band of a channel is, sample by sample: the root mean square of the band-passed signal over the last seconds. Without a band
/// the samples themselves.
public struct BandAmplitude: Sendable {
    private var filters: [Biquad] = []
    /// Squares of the last band-passed samples, as a ring.
    private var squares: [Double] = []
    private var sum = 0.0
    private var place = 0
    private var samples = 0
    /// Samples until the filters have settled and the window is full.
    private let settling: Int

    /// - Parameters:
    ///   - rate: samples per second.
    ///   - band: different edges in Hz, above 0 and below half the rate; nil for the samples themselves.
    ///   - window: seconds of the mean, above 0.
    public init(rate: Double, band: ClosedRange<Double>?, window: Double) {
        guard let band else {
            settling = 0
            return
        }
        filters = Biquad.bandPass(band, rate: rate)
        let count = max(1, Int((window * rate).rounded()))
        squares = [Double](repeating: 0, count: count)
        settling = Int(saturating: Double(count) + Self.settling(rate: rate, band: band))
    }

    /// Samples that the filters take until the root mean square of a sine that has begun is right within a tenth, and better for wide bands:
    /// two over the bandwidth, and a period of the lowest frequency at least.
    public static func settling(rate: Double, band: ClosedRange<Double>) -> Double {
        max(rate / band.lowerBound, 2 * rate / (band.upperBound - band.lowerBound)).rounded(.up)
    }

    /// What comes next does not follow what was before.
    public mutating func restart() {
        for index in filters.indices { filters[index].reset() }
        for index in squares.indices { squares[index] = 0 }
        (sum, place, samples) = (0, 0, 0)
    }

    /// - Returns: the value of this sample; NaN while it is not known, after a beginning and after what was no number.
    public mutating func take(_ sample: Float) -> Double {
        guard sample.isFinite else {
            restart()
            return .nan
        }
        var value = Double(sample)
        guard !filters.isEmpty else { return value }
        for index in filters.indices { value = filters[index].process(value) }
        let square = value * value
        sum += square - squares[place]
        squares[place] = square
        place += 1
        if place == squares.count {
            place = 0
            // Summed anew once a window, so that rounding does not grow.
            sum = squares.reduce(0, +)
        }
        samples += 1
        guard samples > settling else { return .nan }
        samples = settling + 1
        return (max(0, sum) / Double(squares.count)).squareRoot()
    }
}
