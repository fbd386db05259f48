import Devices
public import LiveGraph
public import Signals

/// The end of the rings that somebody reads who looks on while a rig runs: a page. It takes its own share and holds up nobody; what it is
/// too slow for is lost to it alone.
public final class RunWatch: @unchecked Sendable {
    // Sendable because the scratch memory is used by the one reader only, as the rings are.
    let rings: [SampleRing]
    let decisions = DecisionConsumer(limit: 4096)
    private let firstStream: [Int]
    private let scratch: UnsafeMutableBufferPointer<Float>

    init(_ runners: [DeviceRunner]) {
        rings = runners.map { SampleRing(for: $0.streams) }
        var first = 0
        firstStream = runners.map { runner in
            defer { first += runner.streams.count }
            return first
        }
        scratch = .allocate(capacity: SampleRing.largestItem(runners.flatMap(\.streams)))
    }

    deinit { scratch.deallocate() }

    /// Hands over what has come since the last call. For one thread at a time.
    /// - Parameters:
    ///   - samples: an item of a stream, by the stream's place in ``LiveRun/streamStates``, and its words, lent for the call.
    ///   - decision: every decision, in their order.
    public func take(
        samples: (Int, SampleRingItem, UnsafeBufferPointer<Float>) -> Void, decision: (Decision) -> Void
    ) {
        for (device, ring) in rings.enumerated() {
            while let item = ring.take(into: scratch) {
                guard item.event == nil else { continue }
                samples(
                    firstStream[device] + Int(item.stream), item,
                    UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch)[0..<item.sampleCount]))
            }
        }
        decisions.take(decision)
    }
}
