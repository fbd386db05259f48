import CALSA
import Glibc
public import Signals

/// Sound out through libasound, with the times at which samples leave. For one thread, which comes at least every 100 ms or so.
public final class ALSAPlayback {
    /// ALSA name of the playback device.
    public let port: String
    /// Frames per second, as ALSA negotiated them.
    public private(set) var rate = 0
    /// Channels, as ALSA negotiated them.
    public private(set) var channels = 0
    /// Frames that were handed over so far.
    public private(set) var written: UInt64 = 0
    /// How often the device ran out of samples.
    public private(set) var underruns = 0
    private var handle: OpaquePointer?
    private var format = SND_PCM_FORMAT_S16_LE
    private var bytes: [UInt8] = []

    /// Where the device is in what it plays: it gives frame `frame`, counted from the first, at `time`. The frames in its buffer follow
    /// at its rate.
    public struct Position: Equatable, Sendable {
        public var frame: Double
        public var time: HostTime

        public init(frame: Double, time: HostTime) {
            self.frame = frame
            self.time = time
        }
    }

    /// - Parameters:
    ///   - name: an ALSA name: "plughw:0,0", "default", …
    ///   - rate: frames per second; the nearest that the device has is taken.
    ///   - buffer: seconds that it holds, about.
    /// - Throws: ``TransportError`` (absent, busy, permission, unsupported).
    public init(_ name: String, rate: Int = 48_000, buffer: Double = 0.4) throws(TransportError) {
        port = name
        let result = snd_pcm_open(&handle, name, SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK)
        guard result >= 0 else { throw ALSATransport.error("open", result == -ENODEV ? -ENOENT : result, name) }
        do throws(TransportError) {
            try negotiate(rate: rate, buffer: buffer)
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    private func negotiate(rate: Int, buffer: Double) throws(TransportError) {
        var parameters: OpaquePointer?
        snd_pcm_hw_params_malloc(&parameters)
        defer { snd_pcm_hw_params_free(parameters) }
        try check("parameters", snd_pcm_hw_params_any(handle, parameters))
        try check("interleaved access", snd_pcm_hw_params_set_access(handle, parameters, SND_PCM_ACCESS_RW_INTERLEAVED))
        let known = [SND_PCM_FORMAT_S16_LE, SND_PCM_FORMAT_S32_LE, SND_PCM_FORMAT_FLOAT_LE]
        guard let format = known.first(where: { snd_pcm_hw_params_test_format(handle, parameters, $0) == 0 }) else {
            throw TransportError(
                .unsupported, port: port, detail: "asked for S16, S32 or float, it has none of these",
                remedy: "name it through the plug layer, for example plughw:0,0")
        }
        try check("format", snd_pcm_hw_params_set_format(handle, parameters, format))
        var count: UInt32 = 1
        try check("channels", snd_pcm_hw_params_set_channels_near(handle, parameters, &count))
        var near = UInt32(rate)
        try check("rate", snd_pcm_hw_params_set_rate_near(handle, parameters, &near, nil))
        var frames = snd_pcm_uframes_t(Double(near) * buffer)
        try check("buffer", snd_pcm_hw_params_set_buffer_size_near(handle, parameters, &frames))
        try check("set-up", snd_pcm_hw_params(handle, parameters))
        self.format = format
        self.rate = Int(near)
        channels = Int(count)
        var software: OpaquePointer?
        snd_pcm_sw_params_malloc(&software)
        defer { snd_pcm_sw_params_free(software) }
        try check("software parameters", snd_pcm_sw_params_current(handle, software))
        try check("start", snd_pcm_sw_params_set_start_threshold(handle, software, frames / 2))
        // Devices without stamps may refuse these two; then the host's clock serves.
        _ = snd_pcm_sw_params_set_tstamp_mode(handle, software, SND_PCM_TSTAMP_ENABLE)
        _ = snd_pcm_sw_params_set_tstamp_type(handle, software, SND_PCM_TSTAMP_TYPE_MONOTONIC)
        try check("software parameters", snd_pcm_sw_params(handle, software))
    }

    /// Frames that it takes now.
    /// - Throws: ``TransportError`` when the device is gone. After an underrun it starts over.
    public func room() throws(TransportError) -> Int {
        guard handle != nil else { throw closed }
        let available = snd_pcm_avail_update(handle)
        if available < 0 {
            try recover(Int32(available))
            return Int(max(0, snd_pcm_avail_update(handle)))
        }
        return Int(available)
    }

    /// Hands over frames; each sample goes to every channel.
    /// - Parameter samples: −1 … 1, not more than there is ``room()`` for.
    /// - Returns: how many it took.
    public func write(_ samples: [Float]) throws(TransportError) -> Int {
        guard handle != nil else { throw closed }
        bytes.removeAll(keepingCapacity: true)
        for sample in samples {
            let value = max(-1, min(1, sample))
            for _ in 0..<channels {
                switch format {
                case SND_PCM_FORMAT_S16_LE:
                    withUnsafeBytes(of: Int16((value * 32_767).rounded()).littleEndian) { bytes.append(contentsOf: $0) }
                case SND_PCM_FORMAT_S32_LE:
                    let word = Int32((Double(value) * 2_147_483_647).rounded())
                    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
                default: withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
                }
            }
        }
        let taken = bytes.withUnsafeBytes { snd_pcm_writei(handle, $0.baseAddress, snd_pcm_uframes_t(samples.count)) }
        if taken == -Int(EAGAIN) { return 0 }
        guard taken >= 0 else {
            try recover(Int32(taken))
            return 0
        }
        written += UInt64(taken)
        return Int(taken)
    }

    /// Where it is; nil before it runs.
    ///
    /// The device's driver says at a moment of its own how many frames are still before the one that leaves
    /// (`snd_pcm_status_get_delay`); what its converter adds behind that is not in it.
    public func position() -> Position? {
        guard handle != nil else { return nil }
        var status: OpaquePointer?
        snd_pcm_status_malloc(&status)
        defer { snd_pcm_status_free(status) }
        let before = HostTime.now()
        guard snd_pcm_status(handle, status) == 0 else { return nil }
        let after = HostTime.now()
        guard snd_pcm_status_get_state(status) == SND_PCM_STATE_RUNNING else { return nil }
        var stamp = snd_htimestamp_t()
        snd_pcm_status_get_htstamp(status, &stamp)
        let said = HostTime(nanoseconds: Int64(stamp.tv_sec) * 1_000_000_000 + Int64(stamp.tv_nsec))
        // A stamp of another clock, or none, is far from now.
        let isItsOwn = said <= after && after - said < 0.1
        let time = isItsOwn ? said : before + (after - before) / 2
        return Position(frame: Double(written) - Double(snd_pcm_status_get_delay(status)), time: time)
    }

    private func recover(_ code: Int32) throws(TransportError) {
        if -code == EINTR || -code == EAGAIN { return }
        guard -code == EPIPE || -code == ESTRPIPE else { throw ALSATransport.error("write", code, port) }
        underruns += 1
        try check("recover", snd_pcm_recover(handle, code, 1))
    }

    /// Stops at once; closing twice is harmless.
    public func close() {
        guard let handle else { return }
        snd_pcm_drop(handle)
        snd_pcm_close(handle)
        self.handle = nil
    }

    private var closed: TransportError { TransportError(.gone, port: port, detail: "it was closed", errorNumber: EBADF) }

    private func check(_ what: String, _ result: Int32) throws(TransportError) {
        if result < 0 { throw ALSATransport.error(what, result, port) }
    }
}
