public import Transports

/// Opens and runs a microphone or line input through ALSA.
public final class ALSADriver: Driver {
    public let longestSilence: Double? = 3
    public let readSize = 32_768
    private let name: String
    private let port: String
    private let rate: Int
    private let channels: Int
    private let format: ALSATransport.Format?
    private let access: ALSATransport.Access
    private let waker: Waker?

    /// - Parameters:
    ///   - name: of the device in the rig; its streams are called “name.stream”.
    ///   - port: ALSA name of the capture device: "plughw:0,0", "default".
    ///   - rate: frames per second to ask for.
    ///   - channels: number of channels to ask for.
    ///   - format: the format to ask for; nil takes what the device has.
    ///   - access: the access to ask for; a device without it is read.
    ///   - waker: ends a wait when the device is to stop.
    public init(
        name: String, port: String, rate: Int, channels: Int, format: ALSATransport.Format? = nil,
        access: ALSATransport.Access = .read, waker: Waker? = nil
    ) {
        self.name = name
        self.port = port
        self.rate = rate
        self.channels = channels
        self.format = format
        self.access = access
        self.waker = waker
    }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let transport = try ALSATransport(
            port, rate: rate, channels: channels, format: format, access: access, waker: waker)
        guard transport.rate == rate, transport.channels == channels else {
            transport.close()
            throw TransportError(
                .unsupported, port: port,
                detail: "asked for \(rate) Hz and \(channels) channels, it has \(transport.rate) Hz and "
                    + "\(transport.channels)",
                remedy:
                    "name it through the plug layer (plughw:…), or set `rate` and `channels` to what it has")
        }
        let configuration = ALSAConfiguration(
            name: name, port: port, format: transport.format, rate: transport.rate,
            channels: transport.channels, access: transport.access, timeStamps: transport.timeStamps,
            periodFrames: transport.periodFrames, bufferFrames: transport.bufferFrames)
        return OpenedDevice(transport: transport, configuration: .alsa(configuration))
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        if let transport = device.transport as? ALSATransport { try transport.start() }
    }

    public func stop(_ device: OpenedDevice, tap: WireTap) {}
}
