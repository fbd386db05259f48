public import Signals
import Synchronization
public import Transports

/// Runs one device on a thread of its own: reads, stamps, decodes, writes to rings, and opens it again after a loss.
///
/// Life cycle: ``open()`` on the owner's thread, then ``start()``, then ``stop()``. The rings can be made once the device's
/// streams are known, between the first two.
public final class DeviceRunner: @unchecked Sendable {
    // Sendable because the driver, the open device and the supervision are touched by the owner's thread before `start()`
    // and by the device's thread after it, until `stop()` has joined that thread; the rest is immutable or atomic.
    public let name: String
    private let driver: any Driver
    private let waker: Waker
    private let stopFlag = Atomic<Bool>(false)
    private var device: OpenedDevice?
    private var supervision = Supervision()
    private var taps = Taps()
    private var thread: WorkerThread?
    /// The error that made the device go, while it is away.
    private let lastFailure = Mutex<TransportError?>(nil)

    private struct Taps {
        var rings: [SampleRing] = []
        var wire: WireRing?
        var handshake: [(WireRecordKind, [UInt8], HostTime)] = []
    }

    public init(name: String, driver: any Driver, waker: Waker) {
        self.name = name
        self.driver = driver
        self.waker = waker
    }

    /// Opens the device for the first time.
    /// - Throws: ``TransportError``; a later loss does not throw but is retried.
    public func open() throws(TransportError) {
        guard device == nil else { return }
        device = try driver.open { kind, bytes in
            // The wire ring may not exist yet: what is said now is logged at the start.
            taps.handshake.append((kind, Array(bytes), .now()))
        }
        streams = device?.decoder.streams ?? []
        counts = DeviceCounts(streams: streams.count)
        if let device { backend = driver.backend(device.transport) }
    }

    public private(set) var counts = DeviceCounts(streams: 0)

    /// Streams of the device; empty before ``open()``.
    public private(set) var streams: [StreamDescription] = []

    /// What the open device's decoder depends on; nil before ``open()`` and while the device is away.
    public var configuration: DecoderConfiguration? { device?.configuration }

    /// How the device was reached when it was opened first ("libserialport", "ALSA", "RigLink over TCP", …).
    public private(set) var backend = ""

    public var failure: TransportError? { lastFailure.withLock { $0 } }

    /// Starts the thread and the device's streaming.
    /// - Parameters:
    ///   - rings: one per consumer of samples; each gets everything.
    ///   - wire: for the recorder, when there is one.
    public func start(rings: [SampleRing], wire: WireRing?) {
        precondition(device != nil && thread == nil, "open a device before starting it, and start it once")
        taps.rings = rings
        taps.wire = wire
        for ring in rings { ring.setIdle(true) }
        thread = WorkerThread("device \(name)") { [self] in run() }
    }

    /// Asks the thread to end, waits for it. Legal in every state, also twice.
    public func stop() {
        stopFlag.store(true, ordering: .releasing)
        waker.stop()
        guard let thread else {
            device?.transport.close()
            device = nil
            return
        }
        thread.join()
    }

    // MARK: The device's thread

    private func run() {
        let sink = RingSink(rings: taps.rings, wire: taps.wire, counts: counts)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: driver.readSize, alignment: 16)
        defer { buffer.deallocate() }
        if let configuration = device?.configuration.json {
            configuration.withUnsafeBytes { _ = taps.wire?.write(.configuration, $0, at: .now()) }
        }
        for (kind, bytes, time) in taps.handshake {
            bytes.withUnsafeBytes { _ = taps.wire?.write(kind, $0, at: time) }
        }
        taps.handshake = []
        while true {
            if stopFlag.load(ordering: .acquiring) { return finish(sink) }
            switch supervision.action(at: .now()) {
            case .open: begin(sink)
            case .wait(let until): pause(until: until)
            case .stream: stream(sink, buffer)
            case .finish: return
            }
        }
    }

    /// Opens the device when it is not open, and starts it.
    private func begin(_ sink: RingSink) {
        do throws(TransportError) {
            if device == nil {
                let known = decoder
                let opened = try driver.open(tap: tap)
                // The decoder of the first opening goes on, so that its counters do.
                device = OpenedDevice(
                    transport: opened.transport, configuration: opened.configuration,
                    decoder: known ?? opened.decoder)
            }
            guard let device else { return }
            try driver.start(device, tap: tap)
        } catch {
            device?.transport.close()
            device = nil
            if error.code == .cancelled { return }
            lastFailure.withLock { $0 = error }
            // The first start failed after a good opening: it counts as a loss.
            if supervision.openings == 0 { _ = supervision.deviceOpened(at: .now()) }
            lose(sink, error)
            supervision.openingFailed(at: .now())
            return
        }
        for ring in taps.rings { ring.setIdle(false) }
        let now = HostTime.now()
        if let event = supervision.deviceOpened(at: now) {
            if event.code == .reconnected { counts.countReconnection() }
            device?.decoder.note(event)
            sink.report(event)
        }
        lastFailure.withLock { $0 = nil }
        decoder = device?.decoder
        lastBytes = now
        publish(now)
    }

    private var decoder: (any SampleDecoder)?
    private var lastBytes = HostTime(nanoseconds: 0)
    /// The last watermark.
    private var promised = HostTime(nanoseconds: 0)

    /// One read and what follows from it.
    private func stream(_ sink: RingSink, _ buffer: UnsafeMutableRawBufferPointer) {
        guard let device else { return }
        do throws(TransportError) {
            let result = try read(device.transport, buffer)
            let now = HostTime.now()
            var stamp = now
            switch result {
            case .bytes(let count):
                lastBytes = now
                // The driver's own stamp, where it has one; never before what was promised already.
                if let arrival = device.transport.arrival { stamp = max(promised, min(arrival, now)) }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[0..<count])
                taps.wire?.write(.received, bytes, at: stamp)
                device.decoder.decode(bytes, at: stamp, into: sink)
                if let fault = device.decoder.fault {
                    throw sink.report(fault, port: device.transport.port, at: stamp)
                }
            case .overrun:
                let event = DeviceEvent(code: .overrun, value: 0, hostTime: now)
                device.decoder.note(event)
                sink.report(event)
            case .nothing:
                if let longest = driver.longestSilence, now - lastBytes > longest {
                    sink.report(
                        DeviceEvent(code: .stalled, value: UInt64((now - lastBytes) * 1000), hostTime: now))
                    throw TransportError(
                        .timeout, port: device.transport.port, detail: "no byte came for \(longest) s",
                        remedy: "the device is being opened again")
                }
            }
            publish(stamp)
            try driver.serve(device, tap: tap)
        } catch {
            // A wait that the stop has ended is no loss.
            if error.code == .cancelled { return }
            device.transport.close()
            self.device = nil
            lastFailure.withLock { $0 = error }
            lose(sink, error)
        }
    }

    /// While it waits for bytes the thread holds nobody up: what it puts into the rings is stamped after the wait. So a wait may
    /// be long, and a device that sends often enough never arms a timer that would cost more than the read.
    private func read(
        _ transport: any Transport, _ buffer: UnsafeMutableRawBufferPointer
    ) throws(TransportError) -> TransportRead {
        for ring in taps.rings { ring.setIdle(true) }
        defer { for ring in taps.rings { ring.setIdle(false) } }
        return try transport.read(into: buffer, timeout: driver.readTimeout)
    }

    private func lose(_ sink: RingSink, _ error: TransportError) {
        if let event = supervision.deviceLost(at: .now(), errorNumber: error.errorNumber) {
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
        if let event = supervision.stopRequested(at: .now()) { sink.report(event) }
        for ring in taps.rings { ring.setIdle(true) }
    }

    /// Nothing earlier will come.
    private func publish(_ time: HostTime) {
        promised = time
        for ring in taps.rings { ring.publishWatermark(time) }
    }

    private func tap(_ kind: WireRecordKind, _ bytes: UnsafeRawBufferPointer) {
        taps.wire?.write(kind, bytes, at: .now())
    }

    /// Sleeps in short pieces, so that a stop is heard.
    private func pause(until: HostTime) {
        let left = min(until - .now(), 0.02)
        if left > 0 { WorkerThread.sleep(left) }
    }
}
