import Glibc
public import Protocols
public import Signals
public import Transports

/// Opens and runs an Emotiv EPOC headset through its USB dongle ("usb:VID:PID"). The dongle sends as soon as the headset is
/// switched on and takes no commands.
///
/// Opening looks at the first reports whether the key fits: they are not delivered.
public final class EmotivDriver: Driver {
    public let longestSilence: Double? = 1
    public let readSize = 64 * EmotivReport.size
    /// A little more than the pace of the reports, 7.8 ms.
    public let readTimeout = 0.009
    /// How long the first reports may take, in seconds.
    public static let longestWait = 2.0
    private let name: String
    private let port: String
    private let key: EmotivKey
    private let waker: Waker
    private let clock: any HostClock
    private let connect: PortOpening

    /// - Parameters:
    ///   - name: of the device in the rig; its streams are called “name.stream”.
    ///   - port: "usb:VID:PID" or "usb:VID:PID:SERIAL", hexadecimal.
    ///   - key: the user's, for this dongle.
    ///   - waker: ends a wait when the device is to stop.
    public convenience init(name: String, port: String, key: EmotivKey, waker: Waker) {
        self.init(name: name, port: port, key: key, waker: waker, clock: MonotonicClock()) {
            port, waker throws(TransportError) in
            try USBTransport(port, endpoints: .hidReports(bytes: EmotivReport.size), waker: waker)
        }
    }

    /// - Parameter connect: opens what delivers whole encrypted reports; for tests.
    package init(
        name: String, port: String, key: EmotivKey, waker: Waker, clock: any HostClock = MonotonicClock(),
        connect: @escaping PortOpening
    ) {
        self.name = name
        self.port = port
        self.key = key
        self.waker = waker
        self.clock = clock
        self.connect = connect
    }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        guard let cipher = EmotivCipher(key, .decrypt) else {
            throw TransportError(
                .failed, port: port, detail: "libcrypto has no AES-128", remedy: "install Debian's libssl3 unchanged")
        }
        let transport = EmotivTransport(try connect(port, waker), cipher)
        do throws(TransportError) {
            try checkKey(transport)
        } catch {
            transport.close()
            throw error
        }
        return OpenedDevice(transport: transport, configuration: .emotiv(EmotivConfiguration(name: name)))
    }

    private func checkKey(_ transport: EmotivTransport) throws(TransportError) {
        var check = EmotivKeyCheck()
        var attended = AttendedTime()
        while !check.isDone {
            guard attended.seconds < Self.longestWait else {
                throw TransportError(
                    .timeout, port: port,
                    detail: "expected \(EmotivKeyCheck.steps + 1) reports in \(Self.longestWait) s, the dongle sent "
                        + (check.seen == 0 ? "none" : "\(check.seen + 1)"),
                    remedy: "switch the headset on and bring it near the dongle", errorNumber: ETIMEDOUT)
            }
            let bytes = try transport.readPiece(EmotivReport.size, &attended, by: clock)
            if bytes.count == EmotivReport.size { bytes.withUnsafeBytes { check.take($0) } }
        }
        guard check.fits else {
            throw TransportError(
                .protocolViolation, port: port,
                detail: "the key does not fit: of \(check.seen) decrypted counters \(check.right) are one more than the last",
                remedy: "give the key of this dongle", errorNumber: EKEYREJECTED)
        }
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}

    public func stop(_ device: OpenedDevice, tap: WireTap) {}
}
