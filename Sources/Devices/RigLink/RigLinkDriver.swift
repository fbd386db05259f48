import Protocols
public import Signals
public import Transports

/// Opens and runs a device that speaks RigLink on TCP ("host:port") or on a serial port ("/dev/…").
public final class RigLinkDriver: Driver {
    public let longestSilence: Double? = nil
    public let readSize = 65_536
    /// The first drive stream of the device; set when it was opened first.
    public private(set) var driveQueue: DriveQueue?
    private let name: String
    private let port: String
    private let baudRate: Int
    private let waker: Waker
    private var encoder = RigLinkEncoder()
    private var descriptor: RigLinkDescriptor?
    private var driveStream = 0
    private var frame: [Float] = []
    private var sent: UInt64 = 0
    private var answeredBefore: UInt64 = 0

    public init(name: String, port: String, baudRate: Int = 921_600, waker: Waker) {
        self.name = name
        self.port = port
        self.baudRate = baudRate
        self.waker = waker
    }

    public func backend(_ transport: any Transport) -> String { "RigLink over \(transport.backend)" }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let transport: any Transport =
            port.hasPrefix("/")
            ? try SerialTransport.open(port, baudRate: baudRate, waker: waker)
            : try TCPTransport(port, waker: waker)
        do throws(TransportError) {
            encoder = RigLinkEncoder()
            sent = 0
            try transport.send(encoder.encode(.hello, [RigLinkHeader.version]), tap: tap)
            let found = try readDescriptor(transport, tap: tap)
            if let descriptor, descriptor != found {
                throw TransportError(
                    .protocolViolation, port: port,
                    detail: "another device answers: expected \(descriptor.model) \(descriptor.serialNumber), "
                        + "found \(found.model) \(found.serialNumber)",
                    remedy: "put the first device back or start the run anew")
            }
            if descriptor == nil { prepareDrive(found) }
            descriptor = found
            let configuration = RigLinkConfiguration(name: name, descriptor: found)
            return OpenedDevice(
                transport: transport, configuration: .riglink(configuration),
                decoder: RigLinkSampleDecoder(configuration))
        } catch {
            transport.close()
            throw error
        }
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        answeredBefore = (device.decoder as? RigLinkSampleDecoder)?.answered ?? 0
        try device.transport.send(encoder.encode(.start), tap: tap)
    }

    /// Sends queued frames as long as the device has room for them.
    public func serve(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        guard let driveQueue, let descriptor, let decoder = device.decoder as? RigLinkSampleDecoder else { return }
        while let head = driveQueue.peek() {
            // The decoder outlives a loss, so what it counted before this opening is taken off.
            let settled = decoder.answered - answeredBefore + decoder.dropped
            if !head.isReset, sent > settled, sent - settled >= UInt64(descriptor.queueFrames) { return }
            guard let item = frame.withUnsafeMutableBufferPointer({ driveQueue.take(into: $0) }) else { return }
            if item.isReset {
                let seed = (0..<8).map { UInt8(truncatingIfNeeded: item.number >> (8 * $0)) }
                try device.transport.send(encoder.encode(.reset, seed), tap: tap)
            } else {
                let payload = RigLinkFrames.payload(
                    stream: driveStream, firstCounter: item.number, frames: 1, values: frame)
                try device.transport.send(encoder.encode(.drive, payload), tap: tap)
                sent += 1
            }
        }
    }

    public func stop(_ device: OpenedDevice, tap: WireTap) {
        // A device that is gone needs no stop.
        try? device.transport.send(encoder.encode(.stop), tap: tap)
    }

    private func prepareDrive(_ descriptor: RigLinkDescriptor) {
        guard let index = descriptor.streams.firstIndex(where: { $0.direction == .drive }) else { return }
        driveStream = index
        let channels = descriptor.streams[index].channels
        frame = [Float](repeating: 0, count: channels)
        driveQueue = DriveQueue(channels: channels, minimumFrames: 1024, waker: waker)
    }

    /// Waits for the device's introduction, at most two seconds.
    private func readDescriptor(_ transport: any Transport, tap: WireTap) throws(TransportError) -> RigLinkDescriptor {
        var decoder = RigLinkDecoder()
        var found: RigLinkDescriptor?
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let end = HostTime.now() + 2
        while found == nil, HostTime.now() < end {
            var result: Result<TransportRead, TransportError> = .success(.nothing)
            buffer.withUnsafeMutableBytes { bytes in
                do throws(TransportError) {
                    result = .success(try transport.read(into: bytes, timeout: 0.1))
                } catch {
                    result = .failure(error)
                }
            }
            guard case .bytes(let count) = try result.get() else { continue }
            buffer[0..<count].withUnsafeBytes { bytes in
                tap(.handshake, bytes)
                decoder.feed(bytes) { header, payload in
                    if header.type == .descriptor { found = found ?? RigLinkDescriptor(payload) }
                }
            }
        }
        guard let found else {
            throw TransportError(
                .protocolViolation, port: port, detail: "expected a RigLink descriptor, none came in 2 s",
                remedy: "check that a RigLink device listens there")
        }
        return found
    }
}
