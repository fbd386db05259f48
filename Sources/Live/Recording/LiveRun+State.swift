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
        /// How full the fullest ring on the device's ways is, 0 … 1.
        public var ringFill: Double
        /// Frames that should have come by now, in words; nil where none are owed.
        public var owed: String?
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
                        isAway: counts.deviceIsAway, ringFill: fill(of: device), owed: owed(runner, stream)))
            }
        }
        return states
    }

    private func fill(of device: Int) -> Double {
        max(rings[device].fill, recorder?.samples[device].fill ?? 0, watch?.rings[device].fill ?? 0)
    }

    /// "≥ 12" where frames are missing behind the last one, and "unknown" where nobody can tell how many.
    private func owed(_ runner: DeviceRunner, _ stream: Int) -> String? {
        switch runner.openHole(stream: stream).frames {
        case .count(0): nil
        case .count(let frames): "≥ \(runner.counts.missing(stream: stream) + frames)"
        case .unknown: "unknown"
        }
    }

    /// Whether every device was started and is there.
    public var isStreaming: Bool { runners.allSatisfy(\.isStreaming) }

    /// Why devices are away, in words, in the order of the devices; empty while all are there.
    public var absences: [String] { runners.compactMap { runner in runner.failureText.map { "\(runner.name): \($0)" } } }
}
