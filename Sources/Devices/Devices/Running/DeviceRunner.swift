public import Signals
import Synchronization
public import Transports

/// Runs one device on a thread of its own: reads, stamps, decodes, writes to rings, and opens it again after a loss.
///
/// Life cycle: ``open()`` on the owner's thread, then ``start(rings:wire:)``, then ``stop()``. The rings can be made once the
/// device's streams are known, between the first two.
public final class DeviceRunner: @unchecked Sendable {
    // Sendable because the driver, the open device, the supervision and the stage are touched by the owner's thread before
    // `start()` and by the device's thread after it, until `stop()` has joined that thread; what anybody may read at any time
    // is behind the mutex, and the rest is immutable or atomic.
    /// Of the device in the rig.
    public let name: String
    private let latency: Double
    private let driver: any Driver
    private let waker: Waker
    private let clock: any HostClock
    private let stopFlag = Atomic<Bool>(false)
    private var device: OpenedDevice?
    private var supervision = Supervision()
    private var taps = Taps()
    private var thread: WorkerThread?
    private var stage: Stage?
    /// The decoder of the first opening that streamed: it goes on after a loss, so that its counters do.
    private var decoder: (any SampleDecoder)?
    private var framing = TransportFraming.messages
    private var lastBytes = HostTime(nanoseconds: 0)
    /// Arrival of the last bytes of which something was made.
    private var lastFrame = HostTime(nanoseconds: 0)
    /// How long this thread has waited since then.
    private var silence = AttendedTime()
    /// Stamp of the last piece of bytes.
    private var lastPiece = HostTime(nanoseconds: .min)
    /// The last watermark.
    private var promised = HostTime(nanoseconds: 0)
    private let known = Mutex(Known())

    /// A read of so many bytes or more may have left others behind: the kernel hands a terminal's out by 4,095 at most. A shorter
    /// one took all that there was, so the usual packet costs no second call.
    private static let longRead = 2048

    private struct Taps {
        var rings: [SampleRing] = []
        var wire: WireRing?
        var handshake: [(WireRecordKind, [UInt8], HostTime)] = []
    }

    /// What the device's thread works with.
    private final class Stage {
        let sink: RingSink
        let buffer: UnsafeMutableRawBufferPointer

        init(_ sink: RingSink, readSize: Int) {
            self.sink = sink
            buffer = .allocate(byteCount: readSize, alignment: 16)
        }

        deinit { buffer.deallocate() }
    }

    /// What is known of the device, for any thread.
    private struct Known {
        var counts = DeviceCounts(streams: 0)
        var streams: [StreamDescription] = []
        var configuration: DecoderConfiguration?
        var backend = ""
        var isStreaming = false
        /// What made the device go, and why it is still away: the same until the first attempt to open it again.
        var loss: TransportError?
        var failure: TransportError?
    }

    /// - Parameters:
    ///   - name: of the device in the rig; its streams are called “name.stream”.
    ///   - driver: opens and serves the device.
    ///   - waker: the driver's: ends its waits.
    ///   - clock: what stamps are taken from.
    ///   - latency: seconds from the sensor to the arrival of its bytes, 0 or more: the frames' times are so much earlier.
    public init(
        name: String, driver: any Driver, waker: Waker, clock: any HostClock = MonotonicClock(), latency: Double = 0
    ) {
        self.name = name
        self.latency = latency
        self.driver = driver
        self.waker = waker
        self.clock = clock
    }

    /// Opens the device for the first time.
    /// - Throws: `TransportError`; a later loss does not throw but is retried.
    public func open() throws(TransportError) {
        guard device == nil else { return }
        let opened = try driver.open { kind, bytes in
            // The wire ring may not exist yet: what is said now is logged at the start.
            taps.handshake.append((kind, Array(bytes), clock.now()))
        }
        device = opened
        let (streams, backend) = (opened.decoder.streams, driver.backend(opened.transport))
        known.withLock {
            $0.streams = streams
            $0.counts = DeviceCounts(streams: streams.count)
            $0.configuration = opened.configuration
            $0.backend = backend
        }
    }

    /// Gives the streams other names of channels; to be called between ``open()`` and the start.
    /// - Precondition: as many streams and channels as the device has.
    public func rename(_ streams: [StreamDescription]) {
        known.withLock {
            precondition($0.streams.map(\.channelCount) == streams.map(\.channelCount), "names do not change what there is")
            $0.streams = streams
        }
    }

    /// What was counted so far.
    public var counts: DeviceCounts { known.withLock { $0.counts } }

    /// Streams of the device; empty before ``open()``.
    public var streams: [StreamDescription] { known.withLock { $0.streams } }

    /// What the open device's decoder depends on; nil before ``open()`` and while the device is away.
    public var configuration: DecoderConfiguration? { known.withLock { $0.configuration } }

    /// How the device was reached when it was opened first ("libserialport", "ALSA", "RigLink over TCP", …).
    public var backend: String { known.withLock { $0.backend } }

    /// Whether the device was started and is there.
    public var isStreaming: Bool { known.withLock { $0.isStreaming } }

    /// Why the device is away; nil while it is there.
    public var failure: TransportError? { known.withLock { $0.failure } }

    /// Why the device is away and has not come back, in words; nil while it is there.
    public var failureText: String? {
        let (loss, failure) = known.withLock { ($0.loss, $0.failure) }
        guard let failure else { return nil }
        guard let loss, loss.description != failure.description else { return "lost: \(failure)" }
        return "lost: \(loss); not opened again: \(failure)"
    }

    /// What is missing of a stream after its last frame: now, or when the runner was stopped.
    /// - Parameters:
    ///   - stream: index among ``streams``.
    ///   - rate: frames per second, where it is known better than from the stream's description.
    public func openHole(stream: Int, rate: Double? = nil) -> OpenHole {
        let (counts, streams) = known.withLock { ($0.counts, $0.streams) }
        return counts.openHole(stream: stream, now: clock.now(), rate: rate ?? streams[stream].nominalRate)
    }

    /// Whether ``start(rings:wire:)`` got its thread; if not, ``failure`` says why.
    public var isStarted: Bool { thread != nil }

    /// Starts the thread and the device's streaming.
    /// - Parameters:
    ///   - rings: one per consumer of samples; each gets everything.
    ///   - wire: for the recorder, when there is one.
    public func start(rings: [SampleRing], wire: WireRing?) {
        prepare(rings: rings, wire: wire)
        do {
            thread = try WorkerThread("device \(name)") { [self] in
                while step() {}
            }
        } catch {
            known.withLock { $0.failure = TransportError(.failed, port: name, detail: "\(error)") }
        }
    }

    /// Like ``start(rings:wire:)`` without a thread: the caller makes every ``step()``.
    package func prepare(rings: [SampleRing], wire: WireRing?) {
        precondition(device != nil && stage == nil && thread == nil, "open a device before starting it, and start it once")
        taps.rings = rings
        taps.wire = wire
        for ring in rings { ring.setIdle(true) }
        let counts = counts
        counts.begin(at: clock.now())
        stage = Stage(
            RingSink(streams: streams, latency: latency, rings: rings, wire: wire, counts: counts), readSize: driver.readSize)
        if let configuration = device?.configuration.json {
            configuration.withUnsafeBytes { _ = wire?.write(.configuration, $0, at: clock.now()) }
        }
        for (kind, bytes, time) in taps.handshake {
            bytes.withUnsafeBytes { _ = wire?.write(kind, $0, at: time) }
        }
        taps.handshake = []
    }

    /// Asks the thread to end, waits for it. Legal in every state, also twice.
    public func stop() {
        stopFlag.store(true, ordering: .releasing)
        waker.stop()
        if let thread { return thread.join() }
        // Without a thread the last step is made here.
        while step() {}
        device?.transport.close()
        device = nil
    }

    // MARK: The device's thread

    /// One turn of the device's thread: an attempt to open, a pause, or a read with all that follows from it.
    /// - Returns: false when the runner has ended.
    package func step() -> Bool {
        guard let stage else { return false }
        if stopFlag.load(ordering: .acquiring) {
            finish(stage.sink)
            self.stage = nil
            return false
        }
        switch supervision.action(at: clock.now()) {
        case .open: begin(stage.sink)
        case .wait(let until): pause(until: until)
        case .stream: stream(stage)
        case .finish: return false
        }
        return true
    }

    /// Opens the device when it is not open, and starts it.
    private func begin(_ sink: RingSink) {
        do throws(TransportError) {
            if device == nil {
                let opened = try driver.open(tap: tap)
                device = OpenedDevice(
                    transport: opened.transport, configuration: opened.configuration,
                    decoder: decoder ?? opened.decoder)
            }
            guard let device else { return }
            try driver.start(device, tap: tap)
            decoder = device.decoder
            framing = device.transport.framing
            known.withLock {
                $0.configuration = device.configuration
                $0.isStreaming = true
                $0.loss = nil
                $0.failure = nil
            }
        } catch {
            close()
            if error.code == .cancelled { return }
            // The first start failed after a good opening: it counts as a loss.
            if supervision.openings == 0 { _ = supervision.deviceOpened(at: clock.now()) }
            lose(sink, error)
            supervision.openingFailed(at: clock.now())
            return
        }
        for ring in taps.rings { ring.setIdle(false) }
        let now = clock.now()
        sink.counts.setAway(false)
        if let event = supervision.deviceOpened(at: now) {
            if event.code == .reconnected { sink.counts.countReconnection() }
            decoder?.note(event)
            sink.report(event)
        }
        lastBytes = now
        lastFrame = now
        silence = AttendedTime()
        publish(now)
    }

    /// One read and what follows from it.
    private func stream(_ stage: Stage) {
        guard let device else { return }
        do throws(TransportError) {
            let begin = clock.now()
            var result = try wait(device.transport, stage.buffer)
            var now = clock.now()
            silence.add(now - begin, asked: driver.readTimeout)
            if result == .nothing, isSilent {
                // It may have been this machine that paused: what waits is read before the device is called silent.
                result = try device.transport.read(into: stage.buffer, timeout: 0)
                now = clock.now()
            }
            switch result {
            case .bytes(let count) where count >= Self.longRead && framing == .stream:
                let (all, end) = drain(device.transport, stage.buffer, from: count)
                try take(all, stage, device, at: clock.now())
                if try end.get() == .overrun { noteOverrun(stage.sink, device, at: clock.now()) }
            case .bytes(let count):
                try take(count, stage, device, at: now)
                if isSilent { throw stalled(stage.sink, device, at: now) }
            case .overrun: noteOverrun(stage.sink, device, at: now)
            case .nothing:
                if isSilent { throw stalled(stage.sink, device, at: now) }
                // A device that stamps its own data may have captured some before now that it has not handed over.
                if framing != .stamped { publish(now) }
            }
            try driver.serve(device, tap: tap)
        } catch {
            // A wait that the stop has ended is no loss.
            if error.code == .cancelled { return }
            close()
            lose(stage.sink, error)
        }
    }

    /// While it waits for bytes the thread holds nobody up: what it puts into the rings is stamped after the wait. So a wait may
    /// be long, and a device that sends often enough never arms a timer that would cost more than the read. A device that stamps
    /// its own data does hold the others up, until its next block.
    private func wait(
        _ transport: any Transport, _ buffer: UnsafeMutableRawBufferPointer
    ) throws(TransportError) -> TransportRead {
        guard framing != .stamped else { return try transport.read(into: buffer, timeout: driver.readTimeout) }
        for ring in taps.rings { ring.setIdle(true) }
        defer { for ring in taps.rings { ring.setIdle(false) } }
        return try transport.read(into: buffer, timeout: driver.readTimeout)
    }

    /// Reads on until nothing waits or the buffer is full: a backlog is one piece, whose last byte came now.
    /// - Parameter count: bytes that are in the buffer already.
    /// - Returns: the bytes in the buffer, and what ended the reading: a loss shows after the bytes before it.
    private func drain(
        _ transport: any Transport, _ buffer: UnsafeMutableRawBufferPointer, from count: Int
    ) -> (count: Int, end: Result<TransportRead, TransportError>) {
        var count = count
        while count < buffer.count {
            do throws(TransportError) {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                let result = try transport.read(into: rest, timeout: 0)
                guard case .bytes(let more) = result else { return (count, .success(result)) }
                count += more
            } catch {
                return (count, .failure(error))
            }
        }
        return (count, .success(.nothing))
    }

    /// A piece of bytes gets its stamp and is decoded.
    private func take(
        _ count: Int, _ stage: Stage, _ device: OpenedDevice, at now: HostTime
    ) throws(TransportError) {
        lastBytes = now
        let items = stage.sink.itemCount
        var stamp = now
        // The driver's own stamp, where it has one; never before what was promised already.
        if framing == .stamped, let arrival = device.transport.arrival { stamp = max(promised, min(arrival, now)) }
        // A replay takes records of one stamp for one piece, so no two pieces have the same.
        if stamp <= lastPiece { stamp = lastPiece.next }
        lastPiece = stamp
        let bytes = UnsafeRawBufferPointer(rebasing: stage.buffer[0..<count])
        taps.wire?.write(.received, bytes, at: stamp)
        device.decoder.decode(bytes, at: stamp, into: stage.sink)
        if stage.sink.itemCount != items {
            lastFrame = now
            silence = AttendedTime()
        }
        publish(stamp)
        if let fault = device.decoder.fault { throw stage.sink.report(fault, port: device.transport.port, at: stamp) }
    }

    private func noteOverrun(_ sink: RingSink, _ device: OpenedDevice, at now: HostTime) {
        let time = max(now, promised)
        let event = DeviceEvent(code: .overrun, value: 0, hostTime: time)
        device.decoder.note(event)
        sink.report(event)
        publish(time)
    }

    /// Bytes of which none make a frame are as good as silence. It is what this thread has waited through: while the machine
    /// kept it from its wait, nobody knows what the device did.
    private var isSilent: Bool { driver.longestSilence.map { silence.seconds > $0 } ?? false }

    private func stalled(_ sink: RingSink, _ device: OpenedDevice, at now: HostTime) -> TransportError {
        let silence = now - lastFrame
        sink.report(DeviceEvent(code: .stalled, value: UInt64(saturating: silence * 1000), hostTime: max(now, promised)))
        let longest = driver.longestSilence ?? silence
        guard lastBytes > lastFrame else {
            return TransportError(
                .timeout, port: device.transport.port, detail: "no byte came for \(longest) s",
                remedy: "the device is being opened again")
        }
        return TransportError(
            .protocolViolation, port: device.transport.port, detail: "bytes come, but for \(longest) s none made a frame",
            remedy: driver.remedyForGarbage)
    }

    private func close() {
        device?.transport.close()
        device = nil
        known.withLock {
            $0.configuration = nil
            $0.isStreaming = false
        }
    }

    private func lose(_ sink: RingSink, _ error: TransportError) {
        sink.counts.setAway(true)
        known.withLock {
            if $0.loss == nil { $0.loss = error }
            $0.failure = error
        }
        if let event = supervision.deviceLost(at: max(clock.now(), promised), errorNumber: error.errorNumber) {
            decoder?.note(event)
            sink.report(event)
        }
        for ring in taps.rings { ring.setIdle(true) }
    }

    private func finish(_ sink: RingSink) {
        if let device {
            driver.stop(device, tap: tap)
            device.transport.close()
        }
        for ring in taps.rings { ring.setIdle(false) }
        let now = max(clock.now(), promised)
        sink.counts.end(at: now)
        if let event = supervision.stopRequested(at: now) { sink.report(event) }
        for ring in taps.rings { ring.setIdle(true) }
    }

    /// Nothing earlier will come.
    private func publish(_ time: HostTime) {
        promised = time
        for ring in taps.rings { ring.publishWatermark(time) }
    }

    private func tap(_ kind: WireRecordKind, _ bytes: UnsafeRawBufferPointer) {
        taps.wire?.write(kind, bytes, at: clock.now())
    }

    /// Sleeps in short pieces, so that a stop is heard.
    private func pause(until: HostTime) { clock.sleep(min(until - clock.now(), 0.02)) }
}
