import Protocols
public import Signals
public import Transports

/// Opens and runs an OpenBCI Cyton on a serial port (its dongle shows as an FTDI port, 115200 baud).
public final class CytonDriver: Driver {
    public let longestSilence: Double? = 1.0
    public let readSize = 33 * 124
    private let name: String
    private let port: String
    private let gains: [Int]
    private let waker: Waker

    /// - Parameter gains: eight gains of ``CytonScale/gains``.
    public init(name: String, port: String, gains: [Int], waker: Waker) {
        precondition(gains.count == CytonPacket.channels, "a Cyton has eight gains")
        self.name = name
        self.port = port
        self.gains = gains
        self.waker = waker
    }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let transport = try SerialTransport.open(port, baudRate: 115_200, waker: waker)
        do throws(TransportError) {
            // The board may still stream from an earlier owner: stop it and let its packets run out.
            try transport.send(CytonCommand.stopStreaming.bytes ?? [], tap: tap)
            try drain(transport, tap: tap)
            try transport.send(CytonCommand.softReset.bytes ?? [], tap: tap)
            let text = try readText(transport, tap: tap)
            guard let startUp = CytonStartUp(text) else {
                throw TransportError(
                    .protocolViolation, port: port,
                    detail: "expected a Cyton's start-up text that ends with $$$, got “\(text.prefix(60))”",
                    remedy: "check that the board is switched to PC and its dongle to GPIO 6")
            }
            try transport.send(CytonCommand.defaultChannelSettings.bytes ?? [], tap: tap)
            _ = try readText(transport, tap: tap)
            for (index, gain) in gains.enumerated() where gain != 24 {
                guard let bytes = CytonCommand.gain(channel: index + 1, gain: gain).bytes else {
                    throw TransportError(
                        .unsupported, port: port, detail: "a Cyton has no gain \(gain)",
                        remedy: "use 1, 2, 4, 6, 8, 12 or 24")
                }
                try transport.send(bytes, tap: tap)
                _ = try readText(transport, tap: tap)
            }
            let serial = SerialPortListing.all().first { $0.port == port }?.serialNumber ?? ""
            let configuration = CytonConfiguration(
                name: name, gains: gains, firmware: startUp.firmware ?? "", serialNumber: serial)
            return OpenedDevice(transport: transport, configuration: .cyton(configuration))
        } catch {
            transport.close()
            throw error
        }
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        try device.transport.send(CytonCommand.startStreaming.bytes ?? [], tap: tap)
    }

    public func stop(_ device: OpenedDevice, tap: WireTap) {
        // A board that is gone needs no stop.
        try? device.transport.send(CytonCommand.stopStreaming.bytes ?? [], tap: tap)
    }

    /// Reads until `$$$`, at most two seconds.
    private func readText(_ transport: any Transport, tap: WireTap) throws(TransportError) -> String {
        var bytes: [UInt8] = []
        let end = HostTime.now() + 2
        while HostTime.now() < end {
            bytes += try readPiece(transport, timeout: 0.1, tap: tap)
            if bytes.count >= 3, Array(bytes.suffix(3)) == CytonStartUp.end {
                return String(decoding: bytes, as: UTF8.self)
            }
            if bytes.count > 8192 { break }
        }
        if bytes.isEmpty {
            throw TransportError(
                .timeout, port: port, detail: "expected the board's answer, nothing came in 2 s",
                remedy: "switch the board on and off again")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Throws away what comes until 60 ms of silence, at most half a second.
    private func drain(_ transport: any Transport, tap: WireTap) throws(TransportError) {
        let end = HostTime.now() + 0.5
        while HostTime.now() < end {
            if try readPiece(transport, timeout: 0.06, tap: tap).isEmpty { return }
        }
    }

    private func readPiece(
        _ transport: any Transport, timeout: Double, tap: WireTap
    ) throws(TransportError) -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: 1024)
        var result: Result<TransportRead, TransportError> = .success(.nothing)
        piece.withUnsafeMutableBytes { buffer in
            do throws(TransportError) {
                result = .success(try transport.read(into: buffer, timeout: timeout))
            } catch {
                result = .failure(error)
            }
        }
        guard case .bytes(let count) = try result.get() else { return [] }
        piece.removeLast(piece.count - count)
        piece.withUnsafeBytes { tap(.handshake, $0) }
        return piece
    }
}
