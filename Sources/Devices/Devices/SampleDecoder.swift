public import Signals

/// Takes what a decoder makes of bytes. On the real-time path it writes to rings; in a replay it collects.
public protocol SampleSink: AnyObject {
    /// A block of frames; the values are lent for the call.
    func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>)
    func take(_ event: DeviceEvent)
    /// What the device says of itself in words; an event `DeviceEvent.Code.deviceError` goes with it. By default it is left out.
    func take(_ message: DeviceMessage)
}

extension SampleSink {
    public func take(_ message: DeviceMessage) {}
}

/// Turns a device's bytes into blocks: the part of a driver that live acquisition and replay share.
///
/// It is pure: the same bytes and events with the same stamps give the same blocks. It allocates nothing in
/// ``decode(_:at:into:)`` after the first calls, and never traps, whatever the bytes are.
public protocol SampleDecoder: AnyObject {
    var streams: [StreamDescription] { get }
    /// - Parameters:
    ///   - bytes: one piece as it was read; lent for the call.
    ///   - time: arrival of the last of the bytes; later calls never have an earlier one.
    ///   - sink: takes blocks and events, in their order.
    func decode(_ bytes: UnsafeRawBufferPointer, at time: HostTime, into sink: any SampleSink)
    /// An event of the device at its place between the bytes: loss, return, overrun.
    func note(_ event: DeviceEvent)
    /// Why the device's bytes mean nothing more to this decoder, which leaves them out from then on: what runs the device ends the
    /// stream as a loss for this reason. nil while all is well, and again once a loss was noted.
    var fault: DecoderFault? { get }
}

extension SampleDecoder {
    public var fault: DecoderFault? { nil }
}

/// Why a stream cannot go on as it began.
public struct DecoderFault: Equatable, Sendable {
    /// What was expected and what came.
    public var detail: String
    /// What the user can do; nil where nobody knows.
    public var remedy: String?

    public init(detail: String, remedy: String? = nil) {
        self.detail = detail
        self.remedy = remedy
    }
}
