/// What one item on a device's way to the pipeline is.
public struct SampleRingItem: BitwiseCopyable, Sendable, Equatable {
    /// What follows the header.
    public enum Kind: UInt8, BitwiseCopyable, Sendable {
        /// A block of frames; its samples follow in the ring.
        case samples = 0
        /// Something happened to the device (``DeviceEvent``); no samples follow.
        case event = 1
        /// One frame of a text stream; its texts follow in the ring as a ``TextFrame``.
        case text = 2
        /// The offset of the device's clock was measured (``clockOffset``); no samples follow.
        case clockOffset = 3
    }

    public var kind: Kind
    /// How the block's numbers are written in the ring (``SampleValues``).
    public var format = SampleFormat.float32
    /// Index of the stream within the device.
    public var stream: UInt16
    /// Channels of each frame; of a text frame its number of texts.
    public var channels: UInt16
    /// Frames of the block; 0 for events and clock offsets.
    public var frames: UInt32
    /// The device's stamp (``deviceTime``) is for the recording only: its clock is not where it should be, and the arrival tells
    /// better when the frames were.
    public var alignsByArrival = false
    /// Device counter of the first frame, unwrapped.
    public var firstCounter: UInt64
    /// Frames missing just before this block, by the device's counter or because the ring was full.
    public var missingBefore: UInt64
    /// Arrival of the last of the item's bytes.
    public var hostTime: HostTime
    /// For events: ``DeviceEvent/Code`` and its value.
    public var eventCode: UInt16
    /// See ``DeviceEvent/value``.
    public var eventValue: UInt64
    /// The first frame's stamp on the device's own clock, in seconds; for a clock offset, when it was measured.
    private var stamp = -Double.infinity
    /// For texts: bytes of the ``TextFrame``.
    public private(set) var textBytes: UInt32 = 0
    /// The frame of another stream that it belongs to.
    private var markedStream = UInt16.max
    private var markedCounter: UInt64 = 0
    /// When the first frame was sampled, by the stream's ``FrameClock``, and host seconds from a frame to the next.
    private var madeNanoseconds = Int64.min
    /// Host seconds from a frame to the next; 0 before ``FrameClock`` has stamped the block.
    public private(set) var framePeriod = 0.0

    /// - Parameters:
    ///   - stream: index of the stream in its device.
    ///   - channels: channels of each frame.
    ///   - frames: frames of the block.
    ///   - firstCounter: the first frame's counter.
    ///   - missingBefore: frames that are missing before the first one.
    ///   - hostTime: arrival of the last of its bytes.
    ///   - deviceTime: the first frame's stamp on the device's own clock, in seconds; nil for devices without stamps.
    ///   - format: how its numbers are written in the ring; 32-bit floats by default.
    public init(
        stream: Int, channels: Int, frames: Int, firstCounter: UInt64, missingBefore: UInt64, hostTime: HostTime,
        deviceTime: Double? = nil, format: SampleFormat = .float32
    ) {
        kind = .samples
        self.format = format
        self.stream = UInt16(stream)
        self.channels = UInt16(channels)
        self.frames = UInt32(frames)
        self.firstCounter = firstCounter
        self.missingBefore = missingBefore
        self.hostTime = hostTime
        eventCode = 0
        eventValue = 0
        if let deviceTime { stamp = deviceTime }
    }

    /// One frame of texts.
    /// - Parameters:
    ///   - stream: index of the stream in its device.
    ///   - channels: number of texts.
    ///   - textBytes: bytes of the ``TextFrame``.
    ///   - counter: the frame's counter.
    ///   - missingBefore: frames that are missing before it.
    ///   - hostTime: arrival of the last of its bytes.
    ///   - deviceTime: its stamp on the device's own clock, in seconds; nil for devices without stamps.
    ///   - mark: the frame of another stream of the device that the texts belong to.
    public init(
        stream: Int, channels: Int, textBytes: Int, counter: UInt64, missingBefore: UInt64, hostTime: HostTime,
        deviceTime: Double? = nil, mark: (stream: Int, counter: UInt64)? = nil
    ) {
        self.init(
            stream: stream, channels: channels, frames: 1, firstCounter: counter, missingBefore: missingBefore,
            hostTime: hostTime, deviceTime: deviceTime)
        kind = .text
        self.textBytes = UInt32(textBytes)
        guard let mark else { return }
        markedStream = UInt16(mark.stream)
        markedCounter = mark.counter
    }

    /// A measurement of the clock that stamps a stream.
    /// - Parameters:
    ///   - stream: index of the stream in its device.
    ///   - clockOffset: seconds that bring a stamp of the device's clock to the host's.
    ///   - deviceTime: the device's clock at the measurement, in seconds.
    ///   - hostTime: when the measurement arrived.
    public init(stream: Int, clockOffset: Double, deviceTime: Double, hostTime: HostTime) {
        self.init(
            stream: stream, channels: 0, frames: 0, firstCounter: 0, missingBefore: 0, hostTime: hostTime,
            deviceTime: deviceTime)
        kind = .clockOffset
        eventValue = clockOffset.bitPattern
    }

    /// Something that happened to the device.
    public init(event: DeviceEvent) {
        self.init(
            stream: 0, channels: 0, frames: 0, firstCounter: 0, missingBefore: 0, hostTime: event.hostTime)
        kind = .event
        eventCode = event.code.rawValue
        eventValue = event.value
    }

    /// The event, when this item is one and its code is known.
    public var event: DeviceEvent? {
        guard kind == .event, let code = DeviceEvent.Code(rawValue: eventCode) else { return nil }
        return DeviceEvent(code: code, value: eventValue, hostTime: hostTime)
    }

    /// The first frame's stamp on the device's own clock, in seconds; nil for devices without stamps.
    public var deviceTime: Double? { stamp.isFinite ? stamp : nil }

    /// Seconds that bring a stamp of the device's clock to the host's; nil for items that are no such measurement.
    public var clockOffset: Double? { kind == .clockOffset ? Double(bitPattern: eventValue) : nil }

    /// The frame of another stream that the item belongs to: texts that mark it, or numbers that came with it now and then.
    public var mark: (stream: Int, counter: UInt64)? {
        markedStream == .max ? nil : (Int(markedStream), markedCounter)
    }

    /// When the first frame was sampled, as the clocks say so far and with the device's known delay taken off; nil where
    /// ``StreamClocks`` have not looked at the item or have nothing to say. The others follow each ``framePeriod`` seconds; the
    /// period is 0 for an item of an irregular stream.
    public var made: HostTime? { madeNanoseconds == .min ? nil : HostTime(nanoseconds: madeNanoseconds) }

    package mutating func setMade(_ time: HostTime, period: Double) {
        madeNanoseconds = time.nanoseconds
        framePeriod = period
    }

    /// The item's only frame belongs to a frame of another stream of its device.
    package mutating func setMark(stream: Int, counter: UInt64) {
        markedStream = UInt16(stream)
        markedCounter = counter
    }

    /// The frames of another stream that were sampled together with this item's.
    package mutating func copyTimes(of item: SampleRingItem) {
        madeNanoseconds = item.madeNanoseconds
        framePeriod = item.framePeriod
    }

    /// Words of 32 bits that follow in the ring: for 32-bit floats one for each scalar, for other formats as many as their bytes
    /// take, for texts those of the ``TextFrame``.
    public var sampleCount: Int {
        switch kind {
        case .samples: format.words(Int(frames) * Int(channels))
        case .text: (Int(textBytes) + 3) / 4
        case .event, .clockOffset: 0
        }
    }
}
