import Protocols
public import Signals
public import Transports

/// Opens and runs any stream of the Lab Streaming Layer.
public final class LSLDriver: Driver {
    /// The sender's clock is measured every few seconds, which comes as bytes, too: a stream may pause, but a machine whose
    /// cable was pulled is silent. The end of a sender's program is seen at once.
    public let longestSilence: Double? = 15
    public let readSize = 1 << 17
    private let name: String
    private let port: String
    private let query: LSLQuery
    /// The very outlet that is opened first; it has another one when its program starts again.
    private let uid: String?
    private let unit: String?
    private let gapSeconds: Double
    private let waker: Waker
    private var known: LSLStreamHeader?

    /// - Parameters:
    ///   - name: of the device in the rig; its streams are called “name.stream”.
    ///   - query: which stream.
    ///   - unit: the channels' unit, where the stream does not say or says it wrong.
    ///   - uid: of the very outlet that is to be opened first, where several fit the query; nil for the one that fits.
    ///   - gapSeconds: see ``LSLConfiguration/gapSeconds``.
    ///   - waker: ends a wait when the device is to stop.
    public init(
        name: String, query: LSLQuery, uid: String? = nil, unit: String? = nil,
        gapSeconds: Double = LSLConfiguration.defaultGapSeconds, waker: Waker
    ) {
        self.name = name
        self.query = query
        self.uid = uid
        port = query.text
        self.unit = unit
        self.gapSeconds = gapSeconds
        self.waker = waker
    }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let inlet = try LSLInlet(
            known == nil ? query.narrowed(toOutlet: uid) : query, port: port, seconds: known == nil ? 3 : 1, known: known,
            readSize: readSize, waker: waker)
        known = inlet.header
        let configuration = LSLConfiguration(name: name, header: inlet.header, unit: unit, gapSeconds: gapSeconds)
        do throws(InvalidField) {
            try configuration.check()
        } catch {
            inlet.close()
            throw TransportError(.unsupported, port: port, detail: "the stream cannot be taken: \(error)")
        }
        return OpenedDevice(transport: inlet, configuration: .lsl(configuration))
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}

    public func stop(_ device: OpenedDevice, tap: WireTap) {}
}
