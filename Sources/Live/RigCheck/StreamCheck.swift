import Glibc
import SignalFeatures
public import Signals

/// What one stream delivered during a check. Pure: blocks go in with their stamps, a result comes out.
public struct StreamCheck {
    public let description: StreamDescription
    /// Channels (labels) that are switched off on purpose.
    private let off: Set<String>
    private var arrivals: [(counter: UInt64, seconds: Double)] = []
    private var first: HostTime?
    private var samples: [Float] = []
    private var converter: UnitConverter
    private var received: UInt64 = 0
    private var lost: UInt64 = 0
    private var restarted = false

    /// Seconds of samples that are kept for spectra: the first ones.
    static let keptSeconds = 60.0

    public init(_ description: StreamDescription, off: Set<String> = []) {
        self.description = description
        self.off = off
        converter = UnitConverter(description)
    }

    /// - Parameter values: words of the item, as it lies in a ring.
    public mutating func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
        received += UInt64(item.frames)
        lost += item.missingBefore
        let first = first ?? item.hostTime
        self.first = first
        // Arrivals before a return of the device belong to another clock.
        if restarted {
            arrivals = []
            restarted = false
        }
        // A counter that did not grow is a device that started over without a word: no line goes through both.
        let counter = item.firstCounter &+ UInt64(max(1, item.frames)) &- 1
        if let last = arrivals.last, counter <= last.counter { arrivals = [] }
        arrivals.append((counter, item.hostTime - first))
        let limit = Int(Self.keptSeconds * max(1, description.nominalRate)) * description.channelCount
        if samples.count < limit, item.kind == .samples { converter.withFloats(item, values) { samples += $0 } }
    }

    /// The device came back after a loss.
    public mutating func deviceReturned() { restarted = true }

    /// Frames that the full ring refused.
    public mutating func addRefused(_ frames: UInt64) { lost += frames }

    public func result() -> StreamCheckResult {
        var result = StreamCheckResult(name: description.name, received: received, lost: lost)
        if description.nominalRate > 0 { addTiming(to: &result) }
        if description.kind == .eeg || description.kind == .audio { addSignal(to: &result) }
        result.problems = problems(result)
        return result
    }

    /// The slope of a straight line through (arrival, counter) is the rate. Jitter is how much later than the two-sided clock says a block
    /// came: a line would take a clock that wanders or is slewed for jitter.
    private func addTiming(to result: inout StreamCheckResult) {
        let n = Double(arrivals.count)
        guard n >= 8, let base = arrivals.first?.counter else { return }
        let meanX = arrivals.reduce(0) { $0 + $1.seconds } / n
        let meanY = arrivals.reduce(0) { $0 + Double($1.counter - base) } / n
        var (xx, xy) = (0.0, 0.0)
        var history = ClockHistory(nominalRate: description.nominalRate)
        for arrival in arrivals {
            xx += (arrival.seconds - meanX) * (arrival.seconds - meanX)
            xy += (arrival.seconds - meanX) * (Double(arrival.counter - base) - meanY)
            history.observe(counter: arrival.counter, host: HostTime(seconds: arrival.seconds))
        }
        guard xx > 0, xy > 0 else { return }
        let rate = xy / xx
        let squares = arrivals.reduce(0) {
            let late = $1.seconds - meanX - (Double($1.counter - base) - meanY) / rate
            return $0 + late * late
        }
        let error = (squares * rate * rate / (n - 2) / xx).squareRoot()
        result.rateHz = rate
        result.rateHzInterval = .init(low: rate - 1.96 * error, high: rate + 1.96 * error)
        result.driftPpm = (rate / description.nominalRate - 1) * 1e6
        let curve = history.curve()
        let late = arrivals.compactMap { arrival in curve.host(at: Double(arrival.counter)).map { arrival.seconds - $0.seconds }
        }
        guard let earliest = late.min() else { return }
        let sorted = late.map { ($0 - earliest) * 1000 }.sorted()
        func quantile(_ p: Double) -> Double { sorted[min(sorted.count - 1, Int(p * Double(sorted.count)))] }
        result.jitterMs = .init(p50: quantile(0.5), p99: quantile(0.99), max: quantile(1))
    }

    private func addSignal(to result: inout StreamCheckResult) {
        let rate = description.nominalRate
        var noise: [Double] = []
        var line = 0.0
        for (index, channel) in description.channels.enumerated() {
            let signal = stride(from: index, to: samples.count, by: description.channelCount).map { samples[$0] }
            guard !off.contains(channel.label), let value = signal.first else { continue }
            if signal.allSatisfy({ $0 == value || ($0.isNaN && value.isNaN) }) {
                result.flat.append(channel.label)
                continue
            }
            if let full = channel.fullScale, signal.contains(where: { abs($0) >= full * 0.999 }) {
                result.saturated.append(channel.label)
            }
            let spectrum = PowerSpectrum(signal, rate: rate)
            if let spectrum {
                noise.append(spectrum.rms(from: 1, to: rate / 2, without: [50, 60]))
                result.spectra.append(.init(channel: channel.label, stepHz: spectrum.step, density: spectrum.density))
            }
            for frequency in [50.0, 60] {
                let found = SineFit.amplitude(of: signal, at: frequency, rate: rate)
                if found > line {
                    line = found
                    result.lineHz = frequency
                }
            }
        }
        // The median channel: one bad electrode does not make the amplifier noisy.
        let middle = noise.isEmpty ? nil : noise.sorted()[noise.count / 2]
        if description.kind == .eeg {
            result.noiseUvRms = middle.map { $0 * 1e6 }
            result.lineUv = line * 1e6
        } else {
            result.noiseDbfs = middle.map { 20 * log10(max($0, 1e-9) * 2.0.squareRoot()) }
        }
    }

    private func problems(_ result: StreamCheckResult) -> [String] {
        var found: [String] = []
        if received == 0, description.nominalRate > 0 { found.append("no frame came") }
        if lost > 0 { found.append("\(lost) frames are missing") }
        if let interval = result.rateHzInterval {
            let nominal = description.nominalRate
            if interval.low > nominal * 1.001 || interval.high < nominal * 0.999 {
                found.append("the rate is off by more than 0.1 %")
            }
        }
        // Silence is no fault of a microphone, and a flat electrode is one.
        if !result.flat.isEmpty, description.kind == .eeg { found.append("flat: " + result.flat.joined(separator: ", ")) }
        if !result.saturated.isEmpty { found.append("saturated: " + result.saturated.joined(separator: ", ")) }
        return found
    }
}
