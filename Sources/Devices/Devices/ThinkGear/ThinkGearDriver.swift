public import Transports

/// Opens and runs a NeuroSky ThinkGear module on a serial port (57,600 baud). The module streams from power-on.
public final class ThinkGearDriver: Driver {
    public let longestSilence: Double? = 1
    public let readSize = SerialTransport.longestBacklog
    private let name: String
    private let port: String
    private let waker: Waker

    public init(name: String, port: String, waker: Waker) {
        self.name = name
        self.port = port
        self.waker = waker
    }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let transport = try SerialTransport.open(port, baudRate: 57_600, waker: waker)
        let serial = SerialPortListing.all().first { $0.port == port }?.serialNumber ?? ""
        return OpenedDevice(
            transport: transport,
            configuration: .thinkgear(ThinkGearConfiguration(name: name, serialNumber: serial)))
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}

    public func stop(_ device: OpenedDevice, tap: WireTap) {}
}
