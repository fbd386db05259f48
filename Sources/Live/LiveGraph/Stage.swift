package import SignalFeatures
package import Signals

/// A part of the live graph that takes what devices deliver, in merged order, and makes decisions of it.
///
/// It reads no clock: time is the stamps of the items. For one thread. To add a kind of stage is to add one file with a class that does
/// this, a section of the rig file (``Rig``), and a line in ``StageGraph``.
package protocol Stage: AnyObject {
    /// Streams whose blocks it takes.
    var streams: [GraphPlan.Place] { get }
    /// The stream whose frames of sound it takes; nil for none.
    var audio: GraphPlan.Place? { get }
    /// How frames of sound become features for it.
    var audioFeatures: MelOptions { get }

    /// A block of one of its ``streams``.
    /// - Parameter values: in the units of the stream's description, frame-major.
    func take(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, from place: GraphPlan.Place, _ clocks: StreamClocksView)
    /// A frame of the sound that it hears.
    func take(_ frame: AudioFrame, _ clocks: StreamClocksView)
    /// The sound has a hole before the next frame.
    func audioInterrupted(at time: HostTime)
    /// Something happened to a device.
    func take(_ event: DeviceEvent, device: Int, at time: HostTime, _ emit: (Decision) -> Void)
    /// What the graph or a stage has decided, its own with it, in order; for stages that watch others.
    func take(_ decision: Decision)
    /// After each item: what can be decided by now.
    func settle(now: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void)
    /// Drive frames that a film's stream never answered.
    func unansweredFrames(_ place: GraphPlan.Place) -> UInt64
    /// No further item comes: what still waits is decided.
    func finish(at time: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void)
    /// After every stage has finished, the last stage first: what is left is given up.
    func close(at time: HostTime, _ emit: (Decision) -> Void)
}

extension Stage {
    package var audio: GraphPlan.Place? { nil }
    package var audioFeatures: MelOptions { .words }
    package func take(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, from place: GraphPlan.Place, _ clocks: StreamClocksView
    ) {}
    package func take(_ frame: AudioFrame, _ clocks: StreamClocksView) {}
    package func take(_ decision: Decision) {}
    package func unansweredFrames(_ place: GraphPlan.Place) -> UInt64 { 0 }
    package func audioInterrupted(at time: HostTime) {}
    package func take(_ event: DeviceEvent, device: Int, at time: HostTime, _ emit: (Decision) -> Void) {}
    package func settle(now: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {}
    package func finish(at time: HostTime, _ clocks: StreamClocksView, _ emit: (Decision) -> Void) {}
    package func close(at time: HostTime, _ emit: (Decision) -> Void) {}
}

/// Where the frames of all streams are in time.
package struct StreamClocksView {
    private let monitors: [[StreamMonitor]]

    package init(_ monitors: [[StreamMonitor]]) { self.monitors = monitors }

    package func clock(of place: GraphPlan.Place) -> FrameLine? { monitors[place.device][place.stream].clock }
}
