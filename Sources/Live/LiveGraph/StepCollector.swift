package import Reservoirs
package import Signals

/// Gathers the steps of a recording for training: the same steps with the same targets as a live rig's.
package final class StepCollector: Stage {
    package let streams: [GraphPlan.Place]
    /// Unbroken stretches, in their order.
    package private(set) var series: [StepSeries] = []
    private var signals: StepSignals
    private var waiting: [(step: StepSignals.Step, stretch: Int, index: Int)] = []
    private var isOpen = false

    package init(_ plan: StepSignals.Plan, devices: [GraphPlan.Device]) {
        streams = plan.streams
        signals = StepSignals(plan, devices: devices)
    }

    package func take(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, from place: GraphPlan.Place, _ clocks: StreamClocksView
    ) {
        signals.take(header, values, from: place, clocks, interrupted: { _ in isOpen = false }) { step, inputs in
            if !isOpen { series.append(StepSeries()) }
            isOpen = true
            series[series.count - 1].inputs += inputs
            series[series.count - 1].targets.append(nil)
            waiting.append((step, series.count - 1, series[series.count - 1].targets.count - 1))
        }
    }

    package func settle(now: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {
        var done = 0
        while done < waiting.count {
            let (step, stretch, index) = waiting[done]
            switch signals.target(of: step, now: now) {
            case .waiting:
                waiting.removeFirst(done)
                return
            case .value(let value): series[stretch].targets[index] = value
            case .absent: break
            }
            done += 1
        }
        waiting.removeAll(keepingCapacity: true)
    }
}
