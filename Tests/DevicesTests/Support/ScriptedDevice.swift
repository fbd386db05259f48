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
    }

    let longestSilence: Double?
    let readSize = 4096
    fileprivate let state: Mutex<(openings: [Opening], log: Log)>

    init(_ openings: [Opening], longestSilence: Double? = nil) {
        self.longestSilence = longestSilence
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
    private var next = 0
    private var isClosed = false

    init(_ device: ScriptedDevice, _ opening: ScriptedDevice.Opening) {
        self.device = device
        self.opening = opening
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
        guard next < opening.moves.count else {
            WorkerThread.sleep(timeout)
            return .nothing
        }
        next += 1
        switch opening.moves[next - 1] {
        case .bytes(let bytes):
            buffer.copyBytes(from: bytes)
            return .bytes(bytes.count)
        case .overrun: return .overrun
        case .lost: throw ScriptedDevice.gone
        }
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
