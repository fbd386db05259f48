import Glibc
public import Signals
public import Simulators
public import Transports

/// A simulated film array in this process, with a clock of its own: the same firmware and the same bytes as behind TCP, and as fast as the
/// processor allows.
///
/// Its time moves when somebody waits by its clock, and by ``FilmBench/frame_s`` for each drive frame.
public final class FirmwareLine {
    public let firmware: FilmFirmware
    public let clock: any HostClock
    private let frame_s: Double
    private var timed: UInt64 = 0
    private var waiting: [UInt8] = []
    private var place = 0
    /// Whether the cable is pulled. The firmware knows at once, as behind TCP.
    public var isCut = false { didSet { if isCut { firmware.linkLost() } } }
    /// Called after each message of the host, with the firmware's time.
    public var watch: ((FilmFirmware, HostTime) -> Void)?

    public convenience init(_ firmware: FilmFirmware, frame_s: Double) {
        self.init(firmware, frame_s: frame_s, clock: VirtualClock())
    }

    init(_ firmware: FilmFirmware, frame_s: Double, clock: any HostClock) {
        (self.firmware, self.frame_s, self.clock) = (firmware, frame_s, clock)
    }

    fileprivate func take(_ bytes: UnsafeRawBufferPointer) {
        if place > 0 {
            waiting.removeFirst(place)
            place = 0
        }
        firmware.receive(bytes, time: UInt64(clock.now().nanoseconds)) { waiting += $0 }
        let frames = firmware.answered - timed
        timed = firmware.answered
        if frames > 0 { clock.sleep(Double(frames) * frame_s) }
        watch?(firmware, clock.now())
    }

    fileprivate func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, waiting.count - place)
        waiting.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[place..<place + count]))
        }
        place += count
        return count
    }

    fileprivate func forget() { (waiting, place) = ([], 0) }

    /// A way to it, as a driver opens one.
    public func open(port: String) -> any Transport { FirmwareTransport(self, port: port) }
}

private final class FirmwareTransport: Transport {
    let backend = "this program"
    let framing = TransportFraming.stream
    let port: String
    private let line: FirmwareLine
    private var isOpen = true

    init(_ line: FirmwareLine, port: String) {
        (self.line, self.port) = (line, port)
        line.forget()
    }

    private func check() throws(TransportError) {
        guard isOpen, !line.isCut else {
            throw TransportError(.gone, port: port, detail: "the device is gone", remedy: "plug it in again")
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        try check()
        let count = line.give(buffer)
        if count > 0 { return .bytes(count) }
        line.clock.sleep(timeout)
        return .nothing
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        try check()
        line.take(bytes)
    }

    func close() { isOpen = false }
}
