public import Protocols
public import Transports

/// Opens and runs a FreeEEG32 on its USB serial port (921,600 baud). The board streams from power-on and takes no commands.
public final class FreeEEG32Driver: Driver {
    public let longestSilence: Double? = 1
    public let readSize = SerialTransport.longestBacklog
    public let remedyForGarbage = "check frame_bytes in the rig file: the board's firmware decides how long its frames are"
    private let name: String
    private let port: String
    private let frameSize: Int
    private let waker: Waker

    /// - Parameters:
    ///   - name: of the device in the rig; its streams are called “name.stream”.
    ///   - port: the serial port, "/dev/ttyUSB0".
    ///   - frameSize: bytes of a frame of the board's firmware, at least 99.
    ///   - waker: ends a wait when the device is to stop.
    public init(name: String, port: String, frameSize: Int = FreeEEG32Frame.size, waker: Waker) {
        precondition(frameSize >= FreeEEG32Frame.smallestSize, "a frame holds 32 samples")
        self.name = name
        self.port = port
        self.frameSize = frameSize
        self.waker = waker
    }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let transport = try SerialTransport.open(port, baudRate: 921_600, waker: waker)
        let serial = SerialPortListing.all().first { $0.port == port }?.serialNumber ?? ""
        return OpenedDevice(
            transport: transport,
            configuration: .freeeeg32(
                FreeEEG32Configuration(name: name, frameSize: frameSize, serialNumber: serial)))
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}

    public func stop(_ device: OpenedDevice, tap: WireTap) {}
}
