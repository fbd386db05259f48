import Protocols
public import Signals
public import Transports

/// Opens and runs a device that speaks RigLink on TCP ("host:port"), on a serial port ("/dev/…") or on USB
/// ("usb:VID:PID" or "usb:VID:PID:SERIAL", hexadecimal).
public final class RigLinkDriver: Driver {
    public let longestSilence: Double? = nil
    public let readSize = SerialTransport.longestBacklog
    /// The first drive stream of the device; set when it was opened first.
    public private(set) var driveQueue: DriveQueue?
    private let name: String
    private let port: String
    private let debounceMs: Double
    private let limits: DriveLimits
    private let waker: Waker
    private let clock: any HostClock
    private let connect: PortOpening
    private var encoder = RigLinkEncoder()
    private var descriptor: RigLinkDescriptor?
    private var driveStream = 0
    /// Index among the decoder's streams of the one that answers the drive.
    private var answers: Int?
    private var frame: [Float] = []
    /// The values that were sent last.
    private var lastFrame: [Float] = []
    private var lastCounter: UInt64 = 0
    private var sendBuffer = RigLinkFrameBuffer(largestPayload: 8)
    private var window = DriveWindow(capacity: 1)
    /// Time for the window: what this machine took from it is no silence of the device.
    private var attended = AttendedTime()
    private var lastServed: HostTime?
    private var driveFormat: RigLinkDescriptor.Stream?
    /// Drive frames that were sent and will not be answered; for the owner after the run.
    public private(set) var lostDriveFrames: UInt64 = 0

    /// - Parameters:
    ///   - name: of the device in the rig; its streams are called “name.stream”.
    ///   - port: "host:port", "/dev/…" or "usb:VID:PID".
    ///   - baudRate: of a serial port.
    ///   - debounceMs: milliseconds that a level of a digital line must last to count.
    ///   - limits: of what is sent through the drive stream.
    ///   - waker: ends a wait when the device is to stop.
    public convenience init(
        name: String, port: String, baudRate: Int = 921_600, debounceMs: Double = LineDebouncer.usual * 1e3,
        limits: DriveLimits = DriveLimits(), waker: Waker
    ) {
        self.init(
            name: name, port: port, debounceMs: debounceMs, limits: limits, waker: waker, clock: MonotonicClock()
        ) { port, waker throws(TransportError) in
            if port.hasPrefix("/") { return try SerialTransport.open(port, baudRate: baudRate, waker: waker) }
            if USBAddress.isAddress(port) { return try USBTransport(port, waker: waker) }
            return try TCPTransport(port, waker: waker)
        }
    }

    package init(
        name: String, port: String, debounceMs: Double = LineDebouncer.usual * 1e3, limits: DriveLimits = DriveLimits(),
        waker: Waker, clock: any HostClock, connect: @escaping PortOpening
    ) {
        self.name = name
        self.port = port
        self.debounceMs = debounceMs
        self.limits = limits
        self.waker = waker
        self.clock = clock
        self.connect = connect
    }

    public var drive: DriveDoor? {
        guard let driveQueue, let descriptor else { return nil }
        return DriveDoor(
            device: "\(descriptor.maker) \(descriptor.model)", queue: driveQueue, answers: answers,
            isDigitalOutputs: driveFormat?.isDigitalOutputs == true, limits: limits)
    }

    public func backend(_ transport: any Transport) -> String { "RigLink over \(transport.backend)" }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let transport = try connect(port, waker)
        do throws(TransportError) {
            encoder = RigLinkEncoder()
            // The zero ends whatever the line held before.
            try transport.send([0] + encoder.encode(.hello, [RigLinkHeader.version]), tap: tap)
            let found = try readDescriptor(transport, tap: tap)
            if let descriptor, descriptor != found {
                throw TransportError(
                    .protocolViolation, port: port,
                    detail:
                        "another device answers: expected \(descriptor.model) \(descriptor.serialNumber), "
                        + "found \(found.model) \(found.serialNumber)",
                    remedy: "put the first device back or start the run again")
            }
            if descriptor == nil { prepareDrive(found) }
            descriptor = found
            let configuration = RigLinkConfiguration(
                name: name, descriptor: found,
                debounceMs: found.streams.contains(where: \.isDigitalLines) ? debounceMs : nil)
            return OpenedDevice(
                transport: transport, configuration: .riglink(configuration),
                decoder: RigLinkSampleDecoder(configuration))
        } catch {
            transport.close()
            throw error
        }
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        // The decoder outlives a loss: what it counted before this opening is not news.
        window.opened(lastAnswered: (device.decoder as? RigLinkSampleDecoder)?.lastAnswered)
        try device.transport.send(encoder.encode(.start), tap: tap)
    }

    /// Sends queued frames as long as the device has room for them.
    public func serve(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        guard let driveQueue, let stream = driveFormat, let decoder = device.decoder as? RigLinkSampleDecoder
        else { return }
        let time = clock.now()
        if let lastServed { attended.add(time - lastServed, asked: readTimeout) }
        lastServed = time
        let now = attended.moment
        window.heard(lastAnswered: decoder.lastAnswered, dropped: decoder.dropped, at: now)
        if window.settled > decoder.answered { lostDriveFrames = window.settled - decoder.answered }
        while let head = driveQueue.peek() {
            if !head.isReset, !window.hasRoom(at: now) { return }
            guard let item = frame.withUnsafeMutableBufferPointer({ driveQueue.take(into: $0) }) else {
                return
            }
            if item.isReset {
                sendBuffer.payload.storeBytes(of: item.number.littleEndian, as: UInt64.self)
                try device.transport.send(encoder.encode(.reset, payloadBytes: 8, in: sendBuffer), tap: tap)
            } else {
                let isLimited = frame.withUnsafeMutableBufferPointer { frame in
                    lastFrame.withUnsafeMutableBufferPointer { limits.apply(to: frame, last: $0) }
                }
                if isLimited { driveQueue.countLimited() }
                try sendFrame(item.number, stream, device, tap: tap)
                window.sent(counter: item.number, at: now)
            }
        }
    }

    private func sendFrame(
        _ counter: UInt64, _ stream: RigLinkDescriptor.Stream, _ device: OpenedDevice, tap: WireTap
    ) throws(TransportError) {
        let size = frame.withUnsafeBufferPointer {
            RigLinkFrames.put(
                stream: driveStream, firstCounter: counter, frames: 1, values: $0, format: stream.format, scale: stream.scale,
                into: sendBuffer.payload)
        }
        lastCounter = counter
        try device.transport.send(encoder.encode(.drive, payloadBytes: size, in: sendBuffer), tap: tap)
    }

    /// Leaves the device with the safe value, in steps that the slew allows, as many as the device's queue takes.
    private func sendSafe(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        guard let safe = limits.safe, let stream = driveFormat, let descriptor else { return }
        let steps = min(limits.framesToSafe(from: lastFrame), max(1, Int(descriptor.queueFrames)))
        for _ in 0..<steps {
            for index in frame.indices { frame[index] = safe }
            frame.withUnsafeMutableBufferPointer { frame in
                lastFrame.withUnsafeMutableBufferPointer { _ = limits.apply(to: frame, last: $0) }
            }
            try sendFrame(lastCounter &+ 1, stream, device, tap: tap)
        }
    }

    public func stop(_ device: OpenedDevice, tap: WireTap) {
        // A device that is gone needs no stop.
        try? sendSafe(device, tap: tap)
        try? device.transport.send(encoder.encode(.stop), tap: tap)
    }

    private func prepareDrive(_ descriptor: RigLinkDescriptor) {
        guard let index = descriptor.streams.firstIndex(where: { $0.direction == .drive }) else { return }
        driveStream = index
        answers = descriptor.streams.filter { $0.direction == .out }.firstIndex { $0.answers == index }
        driveFormat = descriptor.streams[index]
        window = DriveWindow(capacity: Int(min(descriptor.queueFrames, 65_536)))
        let channels = descriptor.streams[index].channels
        frame = [Float](repeating: 0, count: channels)
        lastFrame = [Float](repeating: limits.safe ?? 0, count: channels)
        // The descriptor promises that a frame of each stream fits in a payload.
        sendBuffer = RigLinkFrameBuffer(
            largestPayload: max(8, RigLinkFrames.headerSize + channels * descriptor.streams[index].format.size))
        driveQueue = DriveQueue(channels: channels, minimumFrames: 1024, waker: waker)
    }

    /// Waits for the device's introduction, at most two seconds.
    /// - Throws: when none comes, or one that no device can have: with the field.
    private func readDescriptor(_ transport: any Transport, tap: WireTap) throws(TransportError)
        -> RigLinkDescriptor
    {
        var decoder = RigLinkDecoder()
        var found: Result<RigLinkDescriptor, InvalidField>?
        var attended = AttendedTime()
        while found == nil, attended.seconds < 2 {
            let piece = try transport.readPiece(65_536, &attended, by: clock)
            guard !piece.isEmpty else { continue }
            piece.withUnsafeBytes { bytes in
                tap(.handshake, bytes)
                decoder.feed(bytes) { header, payload in
                    guard header.type == .descriptor, found == nil else { return }
                    found = Result { () throws(InvalidField) in try RigLinkDescriptor(checking: payload) }
                }
            }
        }
        guard let found else {
            throw TransportError(
                .protocolViolation, port: port, detail: "expected a RigLink descriptor, none came in 2 s",
                remedy: "check that a RigLink device listens there")
        }
        do throws(InvalidField) {
            return try found.get()
        } catch {
            throw TransportError(
                .protocolViolation, port: port, detail: "the device's descriptor is refused: \(error)",
                remedy: "mend the board's firmware, see firmware-protocols/riglink")
        }
    }
}
