import CALSA
import Glibc
public import Signals

/// Sound capture through libasound. The bytes are interleaved frames in the format that the device really has.
public final class ALSATransport: Transport {
    public let backend = "ALSA"
    public let port: String
    /// What was negotiated with the device.
    public private(set) var format = Format.s16
    /// Frames per second, as ALSA negotiated them.
    public private(set) var rate = 0
    /// Channels, as ALSA negotiated them.
    public private(set) var channels = 0
    /// How frames are read, as ALSA allowed it.
    public private(set) var access = Access.read
    /// Whose clock stamps the blocks.
    public private(set) var timeStamps = TimeStamps.host
    public private(set) var arrival: HostTime?
    public var framing: TransportFraming { timeStamps == .card ? .stamped : .messages }
    /// Frames of one delivery, and frames that the card keeps before it loses some.
    public private(set) var periodFrames = 0
    /// Frames of the card's buffer; a longer delay of this program is an overrun.
    public private(set) var bufferFrames = 0
    private var handle: OpaquePointer?
    /// The card's position and its time, as of one moment.
    private var status: OpaquePointer?
    private var stamps = CardStampFilter(rate: 1)
    private let waker: Waker?
    private static let longestWait = 0.02

    /// - Parameters:
    ///   - name: an ALSA name: "plughw:0,0", "default", …
    ///   - rate: frames per second; the nearest that the device has is taken.
    ///   - channels: the nearest number that the device has is taken.
    ///   - format: the one to ask for; nil takes the first that the device has, in the order of ``Format``.
    ///   - access: the one to ask for; a device without it is read.
    ///   - latency: seconds between two deliveries, about.
    ///   - waker: its stop ends reading.
    /// - Throws: ``TransportError`` (absent, busy, permission, unsupported).
    public init(
        _ name: String, rate: Int, channels: Int, format: Format? = nil, access: Access = .read, latency: Double = 0.01,
        waker: Waker? = nil
    ) throws(TransportError) {
        port = name
        self.waker = waker
        let result = snd_pcm_open(&handle, name, SND_PCM_STREAM_CAPTURE, SND_PCM_NONBLOCK)
        guard result >= 0 else {
            // No such card, at opening, is not a card that went away.
            var error = Self.error("open", result, name)
            if error.code == .gone { error = .system("open", port: name, errno: ENOENT) }
            throw error
        }
        do throws(TransportError) {
            try negotiate(rate: rate, channels: channels, format: format, access: access, latency: latency)
            try check("status", snd_pcm_status_malloc(&status))
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    private func negotiate(
        rate: Int, channels: Int, format wanted: Format?, access wantedAccess: Access, latency: Double
    ) throws(TransportError) {
        var parameters: OpaquePointer?
        snd_pcm_hw_params_malloc(&parameters)
        defer { snd_pcm_hw_params_free(parameters) }
        try check("parameters", snd_pcm_hw_params_any(handle, parameters))
        let access = snd_pcm_hw_params_test_access(handle, parameters, wantedAccess.code) == 0 ? wantedAccess : .read
        try check("interleaved access", snd_pcm_hw_params_set_access(handle, parameters, access.code))
        let having = Format.allCases.filter { snd_pcm_hw_params_test_format(handle, parameters, $0.code) == 0 }
        guard let format = wanted.map({ having.contains($0) ? $0 : nil }) ?? having.first else {
            let names = having.map(\.rawValue).joined(separator: ", ")
            throw TransportError(
                .unsupported, port: port,
                detail: "asked for \(wanted?.rawValue ?? "S16, S24, S32 or float"), it has "
                    + (names.isEmpty ? "none of these" : names),
                remedy: "name it through the plug layer, for example plughw:0,0")
        }
        try check("format", snd_pcm_hw_params_set_format(handle, parameters, format.code))
        var count = UInt32(channels)
        try check("channels", snd_pcm_hw_params_set_channels_near(handle, parameters, &count))
        var near = UInt32(rate)
        try check("rate", snd_pcm_hw_params_set_rate_near(handle, parameters, &near, nil))
        var period = snd_pcm_uframes_t(Double(near) * latency)
        try check("period", snd_pcm_hw_params_set_period_size_near(handle, parameters, &period, nil))
        var buffer = snd_pcm_uframes_t(near)
        try check("buffer", snd_pcm_hw_params_set_buffer_size_near(handle, parameters, &buffer))
        try check("set-up", snd_pcm_hw_params(handle, parameters))
        self.format = format
        self.access = access
        self.rate = Int(near)
        stamps = CardStampFilter(rate: self.rate)
        self.channels = Int(count)
        periodFrames = Int(period)
        bufferFrames = Int(buffer)
        try setWakeUp(at: period)
    }

    /// Makes a wait end as soon as one period is there.
    private func setWakeUp(at period: snd_pcm_uframes_t) throws(TransportError) {
        var parameters: OpaquePointer?
        snd_pcm_sw_params_malloc(&parameters)
        defer { snd_pcm_sw_params_free(parameters) }
        try check("software parameters", snd_pcm_sw_params_current(handle, parameters))
        try check("wake-up", snd_pcm_sw_params_set_avail_min(handle, parameters, period))
        // Devices without stamps may refuse these two; then the host's clock serves.
        let isStamped =
            snd_pcm_sw_params_set_tstamp_mode(handle, parameters, SND_PCM_TSTAMP_ENABLE) == 0
            && snd_pcm_sw_params_set_tstamp_type(handle, parameters, SND_PCM_TSTAMP_TYPE_MONOTONIC) == 0
        try check("software parameters", snd_pcm_sw_params(handle, parameters))
        timeStamps = isStamped && isCard ? .card : .host
    }

    /// Whether a sound card is behind the device, also through plug-ins; without one, stamps are the library's own.
    private var isCard: Bool {
        var information: OpaquePointer?
        snd_pcm_info_malloc(&information)
        defer { snd_pcm_info_free(information) }
        return snd_pcm_info(handle, information) == 0 && snd_pcm_info_get_card(information) >= 0
    }

    /// Begins to capture.
    public func start() throws(TransportError) {
        guard handle != nil else {
            throw TransportError(.gone, port: port, detail: "it was closed", errorNumber: EBADF)
        }
        try check("start", snd_pcm_start(handle))
    }

    private var frameBytes: Int { format.bytes * channels }

    public func read(
        into buffer: UnsafeMutableRawBufferPointer, timeout: Double
    ) throws(TransportError) -> TransportRead {
        guard handle != nil else {
            throw TransportError(.gone, port: port, detail: "it was closed", errorNumber: EBADF)
        }
        try waker?.checkRunning(port)
        // Waits in short pieces, between which a stop is heard.
        let ready = snd_pcm_wait(handle, Int32((min(timeout, Self.longestWait) * 1000).rounded(.up)))
        if ready == 0 { return .nothing }
        if ready < 0 { return try recover(ready) }
        // Not snd_pcm_htimestamp: it reads two numbers of the kernel without its lock, and a new position may meet the time of
        // the one before. Such a stamp is a period early, and a clock that follows the earliest arrivals believes it.
        var stamp = snd_htimestamp_t()
        var available: snd_pcm_uframes_t = 0
        let isStamped = timeStamps == .card && snd_pcm_status(handle, status) == 0
        if isStamped {
            snd_pcm_status_get_htstamp(status, &stamp)
            available = snd_pcm_status_get_avail(status)
        }
        let room = snd_pcm_uframes_t(buffer.count / frameBytes)
        let frames =
            access == .mmap
            ? snd_pcm_mmap_readi(handle, buffer.baseAddress, room) : snd_pcm_readi(handle, buffer.baseAddress, room)
        if frames > 0 {
            let said =
                isStamped
                ? AudioTimeStamp.arrival(
                    seconds: stamp.tv_sec, nanoseconds: stamp.tv_nsec, available: Int(available), taken: Int(frames),
                    rate: rate, now: .now()) : nil
            arrival = stamps.check(said, frames: Int(frames))
            return .bytes(Int(frames) * frameBytes)
        }
        if frames == 0 || frames == -Int(EAGAIN) { return .nothing }
        return try recover(Int32(frames))
    }

    /// An overrun is an operating condition; everything else that fails means that the card is gone.
    package func recover(_ code: Int32) throws(TransportError) -> TransportRead {
        // A signal interrupted the wait: the card runs on, and starting what runs is refused.
        if -code == EINTR { return .nothing }
        guard -code == EPIPE || -code == ESTRPIPE else { throw Self.error("read", code, port) }
        try check("recover", snd_pcm_recover(handle, code, 1))
        stamps.reset()
        // A card that slept may run again by itself.
        if snd_pcm_state(handle) == SND_PCM_STATE_PREPARED { try check("start", snd_pcm_start(handle)) }
        return .overrun
    }

    /// A microphone takes no bytes.
    public func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        throw TransportError(.unsupported, port: port, detail: "nothing can be written to a microphone")
    }

    public func close() {
        guard let handle else { return }
        // Not drain: it may hang while the device is gone.
        snd_pcm_drop(handle)
        snd_pcm_close(handle)
        self.handle = nil
        if let status { snd_pcm_status_free(status) }
        status = nil
    }

    private func check(_ what: String, _ result: Int32) throws(TransportError) {
        if result < 0 { throw Self.error(what, result, port) }
    }

    /// The error of a call of libasound, by its result.
    static func error(_ what: String, _ result: Int32, _ port: String) -> TransportError {
        let number = -result
        let text = "\(what): " + String(cString: snd_strerror(result))
        switch number {
        case EBADFD:
            return TransportError(.gone, port: port, detail: "the sound device is gone (\(text))", errorNumber: number)
        case EINVAL:
            return TransportError(
                .unsupported, port: port, detail: "the sound device refuses (\(text))",
                remedy: "name it through the plug layer, for example plughw:0,0", errorNumber: number)
        default:
            return .system(what, port: port, errno: number)
        }
    }
}

extension ALSATransport.Format {
    fileprivate var code: snd_pcm_format_t {
        switch self {
        case .s16: SND_PCM_FORMAT_S16_LE
        case .s32: SND_PCM_FORMAT_S32_LE
        case .s24: SND_PCM_FORMAT_S24_3LE
        case .float: SND_PCM_FORMAT_FLOAT_LE
        }
    }
}

extension ALSATransport.Access {
    fileprivate var code: snd_pcm_access_t {
        switch self {
        case .read: SND_PCM_ACCESS_RW_INTERLEAVED
        case .mmap: SND_PCM_ACCESS_MMAP_INTERLEAVED
        }
    }
}
