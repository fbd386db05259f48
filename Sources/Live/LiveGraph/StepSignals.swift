import SignalFeatures
package import Signals

/// Steps of a stream that drives something, each with the numbers of its channels and with the target of its time.
///
/// A step is complete with its last frame. Steps lie on the stream's counter, so that neither blocks nor holes move them. The target comes from
/// the same stream, or from another one by the clocks of both. Nothing is filled in: where a number is not known there is none.
package struct StepSignals {
    /// Channels of streams, and how they become numbers.
    package struct Plan: Sendable {
        package var input: GraphPlan.Place
        package var inputChannels: [Int]
        package var target: GraphPlan.Place
        package var targetChannel: Int
        /// Frames of the input stream for one step.
        package var every: Int
        package var inputBand: ClosedRange<Double>?
        package var targetBand: ClosedRange<Double>?
        /// Seconds.
        package var bandWindow: Double
        /// Seconds by which the target may come later than the input of its time.
        package var lag: Double

        package var streams: [GraphPlan.Place] { input == target ? [input] : [input, target] }

        /// The last frame of a step on the input stream.
        package func lastFrame(of step: UInt64) -> UInt64 { step &* UInt64(every) &+ UInt64(every - 1) }
    }

    package struct Step {
        /// Counts steps from the stream's counter 0 on.
        package var number: UInt64
        /// Frame of the target stream that is the step's target; nil where no clock tells.
        package var targetCounter: UInt64?
        /// Of the block that completed it.
        package var stamp: HostTime
    }

    package enum Target: Equatable {
        case value(Double)
        /// It is still to come.
        case waiting
        /// It was not delivered, or has not come in time.
        case absent
    }

    /// Seconds of stamps for which a target is waited for.
    package static let patience = 0.1

    private let plan: Plan
    private let inputWidth: Int
    private let targetWidth: Int
    private var inputs: [BandAmplitude]
    private var target: BandAmplitude
    private var sample: [Double]
    /// Frame of the input stream that comes next.
    private var next: UInt64?
    /// Of the target stream the last frames as a ring, and which ones these are.
    private var ring: [Double]
    private var first: UInt64 = 0
    private var end: UInt64?

    package init(_ plan: Plan, devices: [GraphPlan.Device]) {
        self.plan = plan
        let input = devices[plan.input.device].streams[plan.input.stream]
        let target = devices[plan.target.device].streams[plan.target.stream]
        (inputWidth, targetWidth) = (input.channelCount, target.channelCount)
        inputs = plan.inputChannels.map { _ in
            BandAmplitude(rate: input.nominalRate, band: plan.inputBand, window: plan.bandWindow)
        }
        self.target = BandAmplitude(rate: target.nominalRate, band: plan.targetBand, window: plan.bandWindow)
        sample = [Double](repeating: 0, count: plan.inputChannels.count)
        // As long as a film's answer is waited for, and longer.
        ring = [Double](repeating: 0, count: max(1024, Int(saturating: 5 * min(target.nominalRate, 1e6))))
    }

    /// - Parameters:
    ///   - values: frame-major.
    ///   - interrupted: called where the next step does not follow the last one; with true where the counter has begun anew.
    ///   - body: a step and its inputs, in their order.
    package mutating func take(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, from place: GraphPlan.Place, _ clocks: StreamClocksView,
        interrupted: (Bool) -> Void, _ body: (Step, UnsafeBufferPointer<Double>) -> Void
    ) {
        let (isInput, isTarget) = (place == plan.input, place == plan.target)
        let width = Int(header.channels)
        guard width == (isInput ? inputWidth : targetWidth) else { return }
        if isInput {
            if next != header.firstCounter {
                for channel in inputs.indices { inputs[channel].restart() }
                interrupted(next.map { header.firstCounter < $0 } ?? false)
            }
            next = header.firstCounter &+ UInt64(header.frames)
        }
        for frame in 0..<Int(header.frames) {
            let counter = header.firstCounter &+ UInt64(frame)
            if isTarget { put(values[frame * width + plan.targetChannel], counter) }
            guard isInput else { continue }
            var isKnown = true
            for (index, channel) in plan.inputChannels.enumerated() {
                sample[index] = inputs[index].take(values[frame * width + channel])
                isKnown = isKnown && sample[index].isFinite
            }
            guard (counter &+ 1) % UInt64(plan.every) == 0 else { continue }
            guard isKnown else {
                interrupted(false)
                continue
            }
            let step = Step(
                number: counter / UInt64(plan.every), targetCounter: targetCounter(of: counter, clocks), stamp: header.hostTime)
            sample.withUnsafeBufferPointer { body(step, $0) }
        }
    }

    package func target(of step: Step, now: HostTime) -> Target {
        guard let counter = step.targetCounter else { return .absent }
        guard let end, counter < end else {
            return now - step.stamp > Self.patience + plan.lag ? .absent : .waiting
        }
        guard counter >= first, end - counter <= UInt64(ring.count) else { return .absent }
        let value = ring[Int(counter % UInt64(ring.count))]
        return value.isFinite ? .value(value) : .absent
    }

    private func targetCounter(of counter: UInt64, _ clocks: StreamClocksView) -> UInt64? {
        guard plan.target != plan.input else { return counter }
        guard let time = clocks.clock(of: plan.input)?.host(at: Double(counter)),
            let found = clocks.clock(of: plan.target)?.counter(at: time), found >= 0, found < 0x1p62
        else { return nil }
        return UInt64(found)
    }

    private mutating func put(_ value: Float, _ counter: UInt64) {
        if end != counter {
            target.restart()
            if let end, counter > end {
                // Frames that were not delivered are known to be missing.
                let missing = min(counter - end, UInt64(ring.count))
                for hole in counter - missing..<counter { ring[Int(hole % UInt64(ring.count))] = .nan }
            } else {
                first = counter
            }
        }
        ring[Int(counter % UInt64(ring.count))] = target.take(value)
        end = counter &+ 1
    }
}
