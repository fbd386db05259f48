public import Signals

/// What a device says of itself in words, small enough to travel through a ring.
public struct DeviceMessage: BitwiseCopyable, Sendable {
    /// Bytes of the longest text.
    public static let longestText = 255

    /// The device's own number for it; nil for what its decoder has to say.
    public let code: UInt16?
    /// When it arrived.
    public let hostTime: HostTime
    private let length: UInt8
    private let bytes: InlineArray<255, UInt8>

    /// - Parameters:
    ///   - code: the device's number of the error; nil for a text without one.
    ///   - text: in UTF-8; longer text is cut between characters. Nothing is allocated.
    ///   - hostTime: when it arrived.
    public init(code: UInt16?, text: UnsafeRawBufferPointer, hostTime: HostTime) {
        self.code = code
        self.hostTime = hostTime
        let count = TextFrameBuffer.cut(text, to: Self.longestText)
        length = UInt8(count)
        bytes = InlineArray { $0 < count ? text[$0] : 0 }
    }

    /// For people: control characters, which could act on a terminal, are shown as dots.
    public var text: String {
        var plain: [UInt8] = []
        for index in 0..<Int(length) { plain.append(bytes[index]) }
        let scalars = String(decoding: plain, as: UTF8.self).unicodeScalars
        return scalars.map { $0.properties.generalCategory == .control ? "·" : String($0) }.joined()
    }
}

/// What a device said and nobody has taken yet. One thread puts in, one takes out. A message that finds it full is left out; its event
/// is not.
public final class DeviceMessages: Sendable {
    private let waiting = RingBuffer<DeviceMessage>(minimumCapacity: 64)

    func put(_ message: DeviceMessage) {
        waiting.write(upTo: 1) { slot in
            slot[0] = message
            return 1
        }
    }

    /// The messages since the last call, in their order.
    public func take(_ body: (DeviceMessage) -> Void) {
        while waiting.read(
            upTo: 64,
            { messages in
                for message in messages { body(message) }
                return messages.count
            }) > 0
        {}
    }
}
