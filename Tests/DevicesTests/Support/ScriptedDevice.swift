import Devices
import Protocols
import Signals
import Synchronization
import Transports

/// A device whose every move is written down beforehand: what each opening finds and what its transport then does.
///
/// When the moves of an opening are used up the device is silent. When the openings are used up there is no device.
final class ScriptedDevice: Driver, @unchecked Sendable {
    // Sendable because the runner's thread uses it alone after the start; what tests read meanwhile is behind the mutex.
    enum Move: Sendable {
        case bytes([UInt8])
        case overrun
        case lost
        /// Nothing comes for so many seconds.
        case silence(Double)
        /// This machine stands still for so many seconds, in the middle of a wait that finds nothing.
        case standstill(Double)
    }

    struct Opening: Sendable {
        var moves: [Move] = []
        var openFails = false
        var startFails = false
        var writeFails = false
    }

    struct Log: Sendable {
        var opened = 0
        var attempts = 0
        var closed = 0
        var stopped = 0
        /// Calls of a transport after it was closed.
        var usedAfterClose = 0
        /// Calls of a transport's read.
        var reads = 0
    }

    let longestSilence: Double?
    let readSize: Int
    fileprivate let clock: any HostClock
    fileprivate let framing: TransportFraming
    fileprivate let state: Mutex<(openings: [Opening], log: Log)>

    init(
        _ openings: [Opening], longestSilence: Double? = nil, readSize: Int = 4096, framing: TransportFraming = .stream,
        clock: any HostClock = MonotonicClock()
    ) {
        self.longestSilence = longestSilence
        self.readSize = readSize
        self.framing = framing
        self.clock = clock
        state = Mutex((openings, Log()))
    }

    var log: Log { state.withLock { $0.log } }

    static let gone = TransportError(.gone, port: "script", detail: "unplugged", errorNumber: 5)

    func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let opening = state.withLock { state -> Opening? in
            state.log.attempts += 1
            guard !state.openings.isEmpty else { return nil }
            let opening = state.openings.removeFirst()
            if !opening.openFails { state.log.opened += 1 }
            return opening
        }
        guard let opening, !opening.openFails else {
            throw TransportError(.absent, port: "script", detail: "there is no device", errorNumber: 2)
        }
        return OpenedDevice(
            transport: ScriptedTransport(self, opening),
            configuration: .cyton(
                CytonConfiguration(name: "script", gains: [Int](repeating: 24, count: 8), firmware: "v3.1.2"))
        )
    }

    func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        guard let transport = device.transport as? ScriptedTransport, !transport.opening.startFails else {
            throw Self.gone
        }
        try transport.write([0x62])
    }

    func stop(_ device: OpenedDevice, tap: WireTap) { state.withLock { $0.log.stopped += 1 } }
}

/// The transport of one opening.
final class ScriptedTransport: Transport {
    let backend = "script"
    let port = "script"
    let opening: ScriptedDevice.Opening
    private let device: ScriptedDevice
    private var moves: ArraySlice<ScriptedDevice.Move>
    private var isClosed = false
    var framing: TransportFraming { device.framing }

    init(_ device: ScriptedDevice, _ opening: ScriptedDevice.Opening) {
        self.device = device
        self.opening = opening
        moves = opening.moves[...]
    }

    private func checkOpen() throws(TransportError) {
        guard isClosed else { return }
        device.state.withLock { $0.log.usedAfterClose += 1 }
        throw ScriptedDevice.gone
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError)
        -> TransportRead
    {
        try checkOpen()
        device.state.withLock { $0.log.reads += 1 }
        while let move = moves.popFirst() {
            switch move {
            case .bytes(let bytes):
                let count = min(bytes.count, buffer.count)
                buffer.copyBytes(from: bytes[..<count])
                if count < bytes.count { moves = [.bytes(Array(bytes[count...]))] + moves }
                return .bytes(count)
            case .overrun: return .overrun
            case .lost: throw ScriptedDevice.gone
            case .silence(let seconds) where seconds > timeout:
                moves = [.silence(seconds - timeout)] + moves
                device.clock.sleep(timeout)
                return .nothing
            case .silence(let seconds): device.clock.sleep(seconds)
            case .standstill(let seconds):
                device.clock.sleep(seconds)
                return .nothing
            }
        }
        device.clock.sleep(timeout)
        return .nothing
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        try checkOpen()
        if opening.writeFails { throw ScriptedDevice.gone }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        device.state.withLock { $0.log.closed += 1 }
    }
}
