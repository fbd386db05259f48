public import Signals

/// Sound as it was heard, first channel only, with the times of its samples. A hole in the stream is a seam: samples on both sides stand
/// side by side, each with its own time. For one thread.
public struct HeardSound {
    /// Samples that lie one behind the other in time.
    private struct Piece {
        var place: Int
        var begin: HostTime
        var period: Double
    }

    public private(set) var samples: [Float] = []
    private var pieces: [Piece] = []
    private var converter: UnitConverter
    private let most: Int
    private var scratch: [Float]

    /// - Parameters:
    ///   - stream: a stream of sound.
    ///   - seconds: as many are kept; what comes after them is passed over.
    public init(_ stream: StreamDescription, seconds: Double) {
        converter = UnitConverter(stream)
        most = Int(saturating: min(max(seconds, 0) * stream.nominalRate, 0x1p31))
        scratch = [Float](repeating: 0, count: 1 << 17)
    }

    /// Takes all that waits in a ring of the stream's device.
    package mutating func take(_ ring: SampleRing, stream: Int) {
        while let next = ring.peek() {
            // A block of sound is much smaller; other streams of the device may not be.
            if next.sampleCount > scratch.count { scratch = [Float](repeating: 0, count: next.sampleCount) }
            let item = scratch.withUnsafeMutableBufferPointer { ring.take(into: $0) }
            guard let item, item.kind == .samples, Int(item.stream) == stream else { continue }
            Array(scratch[0..<item.sampleCount]).withUnsafeBufferPointer { take(item, $0) }
        }
    }

    /// - Parameters:
    ///   - item: a block of the stream. One that no clock has stamped is passed over.
    ///   - values: words of the item, as it lies in a ring.
    public mutating func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        guard item.kind == .samples, let made = item.made, item.framePeriod > 0, samples.count < most else { return }
        let channels = Int(item.channels)
        pieces.append(Piece(place: samples.count, begin: made, period: item.framePeriod))
        converter.withFloats(item, values) { floats in
            for frame in 0..<min(Int(item.frames), most - samples.count) {
                let value = floats[frame * channels]
                // What is no number would spoil every sum over it.
                samples.append(value.isFinite ? value : 0)
            }
        }
    }

    /// When the sample at a (fractional) place was sampled; nil before the first one.
    public func time(at place: Double) -> HostTime? {
        guard let piece = pieces.last(before: { Double($0.place) <= place }) else { return nil }
        return piece.begin + (place - Double(piece.place)) * piece.period
    }

    /// The place of the first sample that was sampled at a time or later.
    public func place(at time: HostTime) -> Int {
        guard let piece = pieces.last(before: { $0.begin <= time }) else { return 0 }
        return min(samples.count, piece.place + Int(saturating: ((time - piece.begin) / piece.period).rounded(.up)))
    }
}

extension Array {
    /// The last element of those at the beginning for which something holds.
    fileprivate func last(before holds: (Element) -> Bool) -> Element? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? self[low - 1] : nil
    }
}
