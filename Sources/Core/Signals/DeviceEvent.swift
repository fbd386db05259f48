/// Something that happened to a device, as a small value that may travel through rings on the real-time path.
public struct DeviceEvent: Hashable, Sendable, BitwiseCopyable {
    /// What happened. The raw value is stored in wire logs and never changes its meaning.
    public enum Code: UInt16, Sendable, BitwiseCopyable, CaseIterable {
        /// Samples begin; `value` is how often the device was opened so far (1 for the first time).
        case started = 1
        /// The device is gone; `value` is the transport's error number, 0 when there is none.
        case lost = 2
        /// The device is back and streams again; `value` is how many attempts it took.
        case reconnected = 3
        /// Bytes that belonged to no frame were skipped; `value` is their number.
        case garbageSkipped = 4
        /// The device restarted its counter; `value` is the first counter after it.
        case counterReset = 5
        /// The sound card or driver lost data (xrun); `value` is the number of frames if known, else 0.
        case overrun = 6
        /// No byte came for longer than the driver allows; `value` is milliseconds of silence.
        case stalled = 7
        /// The stream ended on request.
        case stopped = 8
        /// A frame arrived twice or out of order and was dropped; `value` is how many.
        case duplicateDropped = 9
        /// A frame failed its check and was dropped; `value` is how many.
        case corruptDropped = 10
        /// The device reported an error of its own; `value` is the device's number for it.
        case deviceError = 11
        /// A frame's counter was wrong, as the frames after it show; the frame was kept at its place. `value` is the counter that
        /// it had.
        case counterWrong = 12
        /// The device's counter does not move: its frames are placed one after the other, holes by the clock; `value` is the
        /// counter.
        case counterStuck = 13
        // From 30 on: what the arrivals say of a device's clock.
        /// The times of a stream's frames were wrong by more than 2 ms and are right from here on; `value` is microseconds.
        case clockCorrected = 30
        /// The device's rate is plainly not the nominal one; `value` is frames per 1,000 seconds.
        case rateFound = 31
        // From 20 on: what a decoder finds in a sender's own texts and stamps.
        /// Texts were longer than is taken and were cut; `value` is how many.
        case textCut = 20
        /// The stamps of a regular stream made a jump in which no sample is missing; `value` is its size in milliseconds, forward
        /// or back.
        case stampJump = 21
        /// The stamps, brought to the host's clock, are far from the arrivals: they are of another epoch and are recorded, but not
        /// used for alignment. Reported once; `value` is the distance in milliseconds, forward or back.
        case foreignStamps = 22
    }

    public var code: Code
    /// Its meaning depends on the code.
    public var value: UInt64
    /// When it happened or was found.
    public var hostTime: HostTime

    public init(code: Code, value: UInt64, hostTime: HostTime) {
        self.code = code
        self.value = value
        self.hostTime = hostTime
    }
}

extension DeviceEvent.Code {
    /// The name used in event logs and on the screen.
    public var name: String {
        switch self {
        case .started: "started"
        case .lost: "lost"
        case .reconnected: "reconnected"
        case .garbageSkipped: "garbage_skipped"
        case .counterReset: "counter_reset"
        case .overrun: "overrun"
        case .stalled: "stalled"
        case .stopped: "stopped"
        case .duplicateDropped: "duplicate_dropped"
        case .corruptDropped: "corrupt_dropped"
        case .deviceError: "device_error"
        case .counterWrong: "counter_wrong"
        case .counterStuck: "counter_stuck"
        case .clockCorrected: "clock_corrected"
        case .rateFound: "rate_found"
        case .textCut: "text_cut"
        case .stampJump: "stamp_jump"
        case .foreignStamps: "foreign_stamps"
        }
    }
}
