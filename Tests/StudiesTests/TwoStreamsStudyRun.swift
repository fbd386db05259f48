import Devices
import Signals
import Transports

/// By how much the pulses' times in the two streams differ, in seconds.
struct TwoStreamsStudyResult: Sendable {
    /// Pulses that were found in both streams.
    var pulses = 0
    var causal = Difference()
    var twoSided = Difference()
    /// What a host that counts samples by their data sheets' rates from the first ones on would say.
    var nominal = Difference()
    /// 99th percentiles of each stream's own causal error.
    var boardError = 0.0
    var cardError = 0.0
    /// Frames that were counted as missing; none is.
    var missing: UInt64 = 0

    struct Difference: Sendable {
        var median = 0.0
        /// 99th percentiles: of the whole study, and of its last five minutes.
        var p99 = 0.0
        var lastP99 = 0.0
        var worst = 0.0

        init() {}

        /// - Parameter differences: by the pulses' true times.
        init(_ differences: [(time: Double, value: Double)], seconds: Double) {
            let sizes = differences.map { abs($0.value) }
            median = percentile(0.5, sizes)
            p99 = percentile(0.99, sizes)
            lastP99 = percentile(0.99, differences.filter { $0.time >= seconds - 300 }.map { abs($0.value) })
            worst = sizes.max() ?? .infinity
        }
    }
}

/// The smallest of the values that so large a part of them does not exceed; infinite for none.
private func percentile(_ part: Double, _ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .infinity : sorted[max(0, Int((part * Double(sorted.count)).rounded(.up)) - 1)]
}

/// Runs a case in virtual time: board and card → lines → device runners with the real decoders → rings, and finds the pulses again in
/// what comes out of the rings.
struct TwoStreamsStudyRun {
    private let study: TwoStreamsStudyCase

    init(_ study: TwoStreamsStudyCase) { self.study = study }

    func result() throws -> TwoStreamsStudyResult {
        let board = try pulses(BoardUnderStudy(study.driver)) { clock, epoch, configuration in
            ScriptedDriver(
                ScriptedLine(study, clock: clock, epoch: epoch), configuration, longestSilence: 1, readSize: 1 << 16)
        }
        let real = ALSADriver(name: "d", port: "hw:0", rate: 8000, channels: 1)
        let card = try pulses(BoardUnderStudy(.alsa)) { clock, epoch, configuration in
            ScriptedDriver(
                ScriptedCard(study, clock: clock, epoch: epoch), configuration, longestSilence: real.longestSilence,
                readSize: real.readSize)
        }
        var result = TwoStreamsStudyResult()
        let both = study.wholePulses.compactMap { index in
            board.found[index].flatMap { a in card.found[index].map { (study.pulses[index], a, $0) } }
        }
        result.pulses = both.count
        result.causal = .init(both.map { ($0.0, $0.1.causal - $0.2.causal) }, seconds: study.seconds)
        result.twoSided = .init(both.map { ($0.0, $0.1.twoSided - $0.2.twoSided) }, seconds: study.seconds)
        result.nominal = .init(both.map { ($0.0, $0.1.nominal - $0.2.nominal) }, seconds: study.seconds)
        result.boardError = percentile(0.99, both.map { abs($0.1.causal - $0.0) })
        result.cardError = percentile(0.99, both.map { abs($0.2.causal - $0.0) })
        result.missing = board.missing + card.missing
        return result
    }

    /// Where a stream has a pulse: true times as its stamps tell them.
    private struct Place {
        var causal = 0.0
        var twoSided = 0.0
        var nominal = 0.0
    }

    private func pulses(
        _ board: BoardUnderStudy, _ driver: (VirtualClock, HostTime, DecoderConfiguration) -> any Driver
    ) throws -> (found: [Place?], missing: UInt64) {
        let clock = VirtualClock()
        let epoch = clock.now()
        let runner = DeviceRunner(
            name: "d", driver: driver(clock, epoch, board.configuration), waker: try Waker(), clock: clock)
        try runner.open()
        let rings = SampleRing(streams: runner.streams.count, minimumItems: 1 << 12, minimumSamples: 1 << 18)
        runner.prepare(rings: [rings], wire: nil)
        var history = ClockHistory(nominalRate: board.frameRate)
        var finder = PulseFinder()
        var missing: UInt64 = 0
        var begin: Double?
        var found: [PulseFinder.Pulse] = []
        let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1 << 18)
        defer { scratch.deallocate() }
        func collect() {
            while let item = rings.take(into: scratch) {
                guard item.kind == .samples, item.stream == 0, let made = item.made else { continue }
                history.observe(counter: item.firstCounter + UInt64(item.frames) - 1, host: item.hostTime)
                missing += item.missingBefore
                begin = begin ?? item.hostTime - epoch - Double(item.firstCounter + UInt64(item.frames) - 1) / board.frameRate
                let (channels, first) = (Int(item.channels), made - epoch)
                for frame in 0..<Int(item.frames) {
                    let height = board.identity(scratch[frame * channels])
                    let pulse = finder.take(
                        height, time: first + Double(frame) * item.framePeriod,
                        counter: Double(item.firstCounter) + Double(frame))
                    if let pulse { found.append(pulse) }
                }
            }
        }
        while clock.now() - epoch < study.seconds, runner.step() { collect() }
        runner.stop()
        collect()
        let curve = history.curve()
        var places = [Place?](repeating: nil, count: study.pulses.count)
        for pulse in found {
            guard let host = curve.host(at: pulse.counter), places.indices.contains(Int(pulse.time)) else { continue }
            places[Int(pulse.time)] = Place(
                causal: pulse.time, twoSided: host - epoch, nominal: (begin ?? 0) + pulse.counter / board.frameRate)
        }
        return (places, missing)
    }
}

/// Finds pulses in samples that are 0 between them. A pulse is where its centre of gravity is, so it lies between the samples, too.
private struct PulseFinder {
    struct Pulse {
        var time: Double
        var counter: Double
    }

    private var weight = 0.0
    private var timeMoment = 0.0
    private var counterMoment = 0.0
    private var begin: (time: Double, counter: Double) = (0, 0)

    /// - Returns: the pulse that ended with this sample.
    mutating func take(_ height: Int, time: Double, counter: Double) -> Pulse? {
        guard height == 0 else {
            if weight == 0 { begin = (time, counter) }
            weight += Double(height)
            timeMoment += Double(height) * (time - begin.time)
            counterMoment += Double(height) * (counter - begin.counter)
            return nil
        }
        guard weight > 0 else { return nil }
        defer { (weight, timeMoment, counterMoment) = (0, 0, 0) }
        return Pulse(time: begin.time + timeMoment / weight, counter: begin.counter + counterMoment / weight)
    }
}
