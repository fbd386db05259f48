public import Signals

/// One thing that a device delivered, in the order in which the pipeline sees it.
public struct PipelineItem {
    /// Index of the device in the rig.
    public var device: Int
    /// What the item is, and its times.
    public var header: SampleRingItem
    /// The item's words, of a block its samples, frame-major (``SampleValues``); empty for an event. Valid only during the call that hands the item on.
    public var samples: UnsafeBufferPointer<Float>

    public init(device: Int, header: SampleRingItem, samples: UnsafeBufferPointer<Float>) {
        self.device = device
        self.header = header
        self.samples = samples
    }
}
