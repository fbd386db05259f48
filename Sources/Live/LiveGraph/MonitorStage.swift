import Rigs
package import Signals

/// Watches a stream's channels over windows of equal length and tells when a measure leaves its range, and when it is back.
///
/// Windows of an irregular stream are counted in time. One ends with the first sample that lies behind it, and the next begins there.
package final class MonitorStage: Stage {
    private struct Sums {
        var count = 0.0
        var sum = 0.0
        var squares = 0.0
        var least = Float.infinity
        var greatest = -Float.infinity

        mutating func take(_ value: Float) {
            count += 1
            sum += Double(value)
            squares += Double(value) * Double(value)
            least = min(least, value)
            greatest = max(greatest, value)
        }

        func value(of measure: GraphPlan.Monitor.Measure) -> Float {
            let mean = sum / count
            return switch measure {
            case .mean: Float(mean)
            case .rms: Float(max(0, squares / count - mean * mean).squareRoot())
            case .peakToPeak: greatest - least
            }
        }
    }

    package let streams: [GraphPlan.Place]
    private let plan: GraphPlan.Monitor
    private let stream: String
    private let channels: [String]
    private var sums: [Sums]
    private var isAlarmed: [Bool]
    private var next: UInt64?
    /// Of the window at hand, where windows are counted in time.
    private var begin: HostTime?
    /// Changes since the last item: channel, value.
    private var changes: [(channel: Int, value: Float)] = []

    package init(_ plan: GraphPlan.Monitor, devices: [GraphPlan.Device]) {
        self.plan = plan
        streams = [plan.place]
        let description = devices[plan.place.device].streams[plan.place.stream]
        stream = description.name
        channels = description.channels.map(\.label)
        sums = [Sums](repeating: Sums(), count: channels.count)
        isAlarmed = [Bool](repeating: false, count: channels.count)
    }

    package func take(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, from place: GraphPlan.Place, _ clocks: StreamClocksView
    ) {
        // Across a hole no window is whole.
        if header.missingBefore > 0 || next != header.firstCounter { clear() }
        next = header.firstCounter &+ UInt64(header.frames)
        let width = Int(header.channels)
        guard width == channels.count else { return }
        if let seconds = plan.seconds {
            let time = header.made ?? header.hostTime
            if let begin, time - begin >= seconds { judge() }
            begin = begin ?? time
        }
        for frame in 0..<Int(header.frames) {
            for channel in 0..<width {
                let value = values[frame * width + channel]
                // A channel that had nothing to say, as an axis whose packet was lost.
                if plan.seconds == nil || !value.isNaN { sums[channel].take(value) }
            }
            if plan.seconds == nil, sums[0].count >= Double(plan.window) { judge() }
        }
    }

    private func judge() {
        for channel in channels.indices where sums[channel].count > 0 {
            let value = sums[channel].value(of: plan.measure)
            let isOut = !(plan.range.contains(value))
            if isOut != isAlarmed[channel] {
                isAlarmed[channel] = isOut
                changes.append((channel, value))
            }
        }
        clear()
    }

    private func clear() {
        for channel in sums.indices { sums[channel] = Sums() }
        begin = nil
    }

    package func settle(now: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        guard !changes.isEmpty else { return }
        for (channel, value) in changes {
            emit(
                Decision(
                    content: .monitor(
                        stream: stream, channel: channels[channel], measure: plan.measure.rawValue, value: value,
                        isAlarm: !plan.range.contains(value)),
                    hostTime: now, stage: plan.name))
        }
        changes.removeAll(keepingCapacity: true)
    }
}
