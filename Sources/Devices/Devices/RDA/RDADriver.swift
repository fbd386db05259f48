import Protocols
public import Signals
public import Transports

/// Opens and runs Brain Products' Remote Data Access, which Recorder serves on TCP.
public final class RDADriver: Driver {
    /// Monitoring may pause; TCP itself tells when Recorder is gone.
    public let longestSilence: Double? = nil
    /// Seconds of a large amplifier: what waits at the start or after a pause comes in one piece.
    public let readSize = 1 << 18
    static let otherSetUpRemedy = "load the first workspace again or start the run again"
    private let name: String
    private let port: String
    private let waker: Waker
    private let clock: any HostClock
    private let connect: PortOpening
    private var start: RDAStart?

    /// - Parameters:
    ///   - name: of the device in the rig; its streams are called “name.stream”.
    ///   - port: "host:51244" for the floating-point form, "host:51234" for the 16-bit form.
    ///   - waker: ends a wait when the device is to stop.
    public convenience init(name: String, port: String, waker: Waker) {
        self.init(name: name, port: port, waker: waker, clock: MonotonicClock()) { port, waker throws(TransportError) in
            try TCPTransport(port, waker: waker)
        }
    }

    package init(name: String, port: String, waker: Waker, clock: any HostClock, connect: @escaping PortOpening) {
        self.name = name
        self.port = port
        self.waker = waker
        self.clock = clock
        self.connect = connect
    }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let transport = try connect(port, waker)
        do throws(TransportError) {
            let found = try readStart(transport, tap: tap)
            if let start, let difference = found.difference(from: start) {
                throw TransportError(
                    .protocolViolation, port: port, detail: "Recorder came back with another set-up: \(difference)",
                    remedy: Self.otherSetUpRemedy)
            }
            start = found
            return OpenedDevice(
                transport: transport, configuration: .rda(RDAConfiguration(name: name, start: found)))
        } catch {
            transport.close()
            throw error
        }
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}

    public func stop(_ device: OpenedDevice, tap: WireTap) {}

    /// Waits for the start message, at most two seconds. It is read to its last byte and no further: data stays for the
    /// decoder.
    private func readStart(_ transport: any Transport, tap: WireTap) throws(TransportError) -> RDAStart {
        var attended = AttendedTime()
        while true {
            let header = try read(RDAMessage.headerSize, transport, &attended, tap: tap)
            let size = Int(header[16..<20].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
            guard Array(header[0..<16]) == RDAMessage.identifier,
                (RDAMessage.headerSize...RDAParser.largestMessage).contains(size)
            else {
                throw TransportError(
                    .protocolViolation, port: port, detail: "expected an RDA message, found other bytes",
                    remedy:
                        "check that Recorder's Remote Data Access is on and that the port is 51244 or 51234")
            }
            let body = try read(size - RDAMessage.headerSize, transport, &attended, tap: tap)
            // A client that comes in the middle of a recording may get data first.
            guard header[20] == 1 else { continue }
            let found = body.withUnsafeBytes { bytes in
                Result<RDAStart, InvalidField> { () throws(InvalidField) in try RDAStart(checking: bytes) }
            }
            do throws(InvalidField) {
                return try found.get()
            } catch {
                throw TransportError(
                    .protocolViolation, port: port, detail: "the start message of \(size) bytes is refused: \(error)",
                    remedy: "check the workspace in Recorder")
            }
        }
    }

    private func read(
        _ count: Int, _ transport: any Transport, _ attended: inout AttendedTime, tap: WireTap
    ) throws(TransportError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard attended.seconds < 2 else {
                throw TransportError(
                    .timeout, port: port, detail: "expected RDA's start message, it did not come in 2 s",
                    remedy: "start monitoring in Recorder")
            }
            let piece = try transport.readPiece(count - bytes.count, &attended, by: clock)
            if !piece.isEmpty { piece.withUnsafeBytes { tap(.handshake, $0) } }
            bytes += piece
        }
        return bytes
    }
}
