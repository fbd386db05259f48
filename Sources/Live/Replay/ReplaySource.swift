import Signals

/// One recorded device: gives again what the device gave, in its order.
protocol ReplaySource: AnyObject {
    var streams: [StreamDescription] { get }
    /// Stretches of the recording that could not be read so far.
    var damaged: Int { get }
    /// The next item, without taking it; nil at the end of the recording.
    func peek() throws -> SampleRingItem?
    /// Hands the item of the last ``peek()`` on. The values are lent for the call.
    func take(_ body: (SampleRingItem, UnsafeBufferPointer<Float>) -> Void)
}
