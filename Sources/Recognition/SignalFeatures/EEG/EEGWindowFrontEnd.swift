/// Five features for each channel of a running EEG stream, and a mask: filters, regression of auxiliary channels, re-reference, windows
/// (``WindowFeatures``), artefacts. What it gives does not depend on how the stream is cut into blocks; a recording goes through the same
/// code. Nothing is allocated for a sample or a frame. For one thread.
public final class EEGWindowFrontEnd {
    public let specification: EEGFrontEndSpecification
    /// Values of one frame, see ``EEGFrontEndSpecification/rawFeatures``.
    public var features: Int { specification.rawFeatures }
    /// Of the last frame, one for each feature channel.
    public private(set) var flags: [ArtefactFlags]

    private let featureChannels: [Int]
    private let regression: [Double]
    private var filter: EEGSampleFilter
    private let history: Int
    /// Rings over the counter, shape `[feature channels, history]`, microvolts.
    private var cleaned: [Double]
    private var unfiltered: [Double]
    private var known: [ArtefactFlags]
    /// One sample of the feature channels.
    private var sample: [Double]
    private var first: UInt64?
    private var next: UInt64 = 0
    private let spectrum: WindowPower
    private var segments: [Double]
    private var powers: [Double]

    /// - Parameters:
    ///   - regression: shape `[auxiliary, feature channels]` as ``ChannelRegression`` finds it; empty for none.
    /// - Precondition: the specification has no problem.
    public init(_ specification: EEGFrontEndSpecification, regression: [Double] = []) {
        precondition(specification.problem == nil, specification.problem ?? "")
        featureChannels = specification.featureChannels
        precondition(
            regression.isEmpty || regression.count == specification.auxiliary.count * featureChannels.count,
            "a regression has a coefficient for each pair of channels")
        (self.specification, self.regression) = (specification, regression)
        filter = EEGSampleFilter(specification)
        // A frame waits for a second and a half at most.
        history = specification.window + Int(2 * specification.rate)
        let count = featureChannels.count
        cleaned = [Double](repeating: 0, count: count * history)
        unfiltered = cleaned
        known = [ArtefactFlags](repeating: [], count: count * history)
        sample = [Double](repeating: 0, count: count)
        flags = [ArtefactFlags](repeating: [], count: count)
        spectrum = WindowPower(length: specification.window)
        segments = [Double](repeating: 0, count: 2 * specification.window)
        powers = [Double](repeating: 0, count: 2 * spectrum.bins)
    }

    /// The counter after the last sample; nil before the first.
    public var end: UInt64? { first == nil ? nil : next }

    /// Takes one sample of all channels.
    /// - Parameters:
    ///   - counter: the device's. After a short hole the last values are held and masked; after a quarter of a second all begins anew.
    ///   - values: volt, one for each channel.
    public func feed(counter: UInt64, _ values: UnsafeBufferPointer<Float>) {
        if first == nil { (first, next) = (counter, counter) }
        guard counter >= next else { return }
        if counter - next > filter.longestHold {
            filter.restart()
            (first, next) = (counter, counter)
        }
        while next < counter {
            filter.takeLost()
            keep()
        }
        filter.take(values)
        keep()
    }

    private func keep() {
        let row = Int(next % UInt64(history))
        let count = featureChannels.count
        for (place, channel) in featureChannels.enumerated() { sample[place] = filter.row[channel] }
        if !regression.isEmpty {
            for (row, channel) in specification.auxiliary.enumerated() {
                let value = filter.row[channel]
                for place in 0..<count { sample[place] -= regression[row * count + place] * value }
            }
        }
        let reference = reference()
        for (place, channel) in featureChannels.enumerated() {
            cleaned[place * history + row] = sample[place] - reference
            unfiltered[place * history + row] = filter.unfiltered[channel]
            known[place * history + row] = filter.flags[channel]
        }
        next += 1
    }

    private func reference() -> Double {
        var (sum, count) = (0.0, 0.0)
        func add(_ place: Int) {
            if filter.flags[featureChannels[place]].contains(.leadOff) { return }
            sum += sample[place]
            count += 1
        }
        switch specification.reference {
        case .none: return 0
        case .average: for place in featureChannels.indices { add(place) }
        case .channels(let list):
            for place in featureChannels.indices where list.contains(featureChannels[place]) { add(place) }
        }
        return count > 0 ? sum / count : 0
    }

    /// Features of the window that ends with the sample `counter`.
    /// - Parameter target: `features` values: five for each feature channel, then for each of them 1 where it is masked and 0 where not.
    /// - Returns: false, with the target untouched, when the sample has not come, or is no longer there.
    public func setFeatures(at counter: UInt64, _ target: UnsafeMutableBufferPointer<Float>) -> Bool {
        let window = specification.window
        guard let first, counter < next, counter >= first + UInt64(window), next - counter < UInt64(history - window) else {
            return false
        }
        let count = featureChannels.count
        for pair in stride(from: 0, to: count, by: 2) {
            let second = min(pair + 1, count - 1)
            copyWindow(pair, counter, to: 0)
            copyWindow(second, counter, to: window)
            segments.withUnsafeBufferPointer { segments in
                powers.withUnsafeMutableBufferPointer { powers in
                    spectrum.setPowers(
                        UnsafeBufferPointer(rebasing: segments[..<window]), UnsafeBufferPointer(rebasing: segments[window...]),
                        into: powers)
                }
            }
            setFeatures(of: pair, half: 0, counter, target)
            if second > pair { setFeatures(of: second, half: 1, counter, target) }
        }
        return true
    }

    private func copyWindow(_ place: Int, _ counter: UInt64, to start: Int) {
        let window = specification.window
        var row = Int((counter + 1 - UInt64(window)) % UInt64(history))
        for k in 0..<window {
            segments[start + k] = cleaned[place * history + row]
            row = row + 1 == history ? 0 : row + 1
        }
    }

    private func setFeatures(of place: Int, half: Int, _ counter: UInt64, _ target: UnsafeMutableBufferPointer<Float>) {
        let (window, bins) = (specification.window, spectrum.bins)
        segments.withUnsafeBufferPointer { segments in
            powers.withUnsafeBufferPointer { powers in
                let own = UnsafeBufferPointer(rebasing: segments[half * window..<(half + 1) * window])
                let ownPowers = UnsafeBufferPointer(rebasing: powers[half * bins..<(half + 1) * bins])
                let found = WindowFeatures(own, powers: ownPowers)
                let start = place * WindowFeatures.count
                target[start] = Float(found.rms)
                target[start + 1] = Float(found.zeroCrossingRate)
                target[start + 2] = Float(found.mean)
                target[start + 3] = Float(found.kurtosis)
                target[start + 4] = Float(found.spectralEntropy)
                flags[place] = artefacts(place, counter, own, ownPowers)
                target[featureChannels.count * WindowFeatures.count + place] = flags[place].isEmpty ? 0 : 1
            }
        }
    }

    private func artefacts(
        _ place: Int, _ counter: UInt64, _ window: UnsafeBufferPointer<Double>, _ powers: UnsafeBufferPointer<Double>
    ) -> ArtefactFlags {
        let limits = specification.limits
        var flags: ArtefactFlags = []
        var (largest, step) = (0.0, 0.0)
        var (low, high) = (Double.infinity, -Double.infinity)
        var row = place * history + Int((counter + 1 - UInt64(window.count)) % UInt64(history))
        let last = (place + 1) * history
        for k in 0..<window.count {
            largest = max(largest, abs(window[k]))
            if k > 0 { step = max(step, abs(window[k] - window[k - 1])) }
            (low, high) = (min(low, unfiltered[row]), max(high, unfiltered[row]))
            flags.formUnion(known[row])
            row = row + 1 == last ? last - history : row + 1
        }
        if let limit = limits.amplitude_uV, largest > limit { flags.insert(.amplitude) }
        if let limit = limits.step_uV, step > limit { flags.insert(.step) }
        if let limit = limits.flat_uV, high - low < limit { flags.insert(.flat) }
        if let limit = limits.muscle_uV {
            let n = Double(window.count)
            let from = Int((ArtefactLimits.muscleBand * n / specification.rate).rounded(.up))
            var sum = 0.0
            for k in min(from, powers.count)..<powers.count { sum += (k == powers.count - 1 ? 1 : 2) * powers[k] }
            if sum > limit * limit * n * n { flags.insert(.muscle) }
        }
        return flags
    }
}
