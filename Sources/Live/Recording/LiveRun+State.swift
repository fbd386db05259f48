import Devices
public import Signals

extension LiveRun {
    /// One stream, as it is at the moment.
    public struct StreamState: Sendable, Equatable {
        public var description: StreamDescription
        /// Of the device in the rig.
        public var device: String
        /// Frames that arrived.
        public var received: UInt64
        /// Frames that the device counted and that did not come, or that a full ring refused.
        public var lost: UInt64
        /// Whether its device is away.
        public var isAway: Bool
    }

    /// All streams, in the order of the devices. Any thread may ask.
    public var streamStates: [StreamState] {
        var states: [StreamState] = []
        for (device, runner) in runners.enumerated() {
            let counts = runner.counts
            for (stream, description) in runner.streams.enumerated() {
                states.append(
                    StreamState(
                        description: description, device: runner.name, received: counts.received(stream: stream),
                        lost: counts.missing(stream: stream) + rings[device].refusedFrames(stream: stream),
                        isAway: counts.deviceIsAway))
            }
        }
        return states
    }

    /// Whether every device was started and is there.
    public var isStreaming: Bool { runners.allSatisfy(\.isStreaming) }

    /// Why devices are away, in words, in the order of the devices; empty while all are there.
    public var absences: [String] { runners.compactMap { runner in runner.failureText.map { "\(runner.name): \($0)" } } }
}
