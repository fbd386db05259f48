import AllocationCounter
public import Devices
import Glibc
public import Signals
import Synchronization
public import Transports

/// Lets another driver run and looks after every read, on the device's own thread, at what that thread has claimed from the heap
/// and given back: by the transport, the decoder, the rings, the runner and the driver.
public final class CountingDriver: Driver, @unchecked Sendable {
    // Sendable because the device's thread alone touches what is not atomic, from the start to the runner's join.
    private let driver: any Driver
    private let libraries: [String]
    private var opened: OpenedDevice?
    private var inner: OpenedDevice?
    private var transport: CountingTransport?
    private let isCounting = Atomic<Bool>(false)
    private var reads = 0
    private var begin: Counts?

    public struct Counts: Sendable {
        /// Reads that were looked at.
        public var reads = 0
        public var claimed: UInt64 = 0
        public var released: UInt64 = 0
        /// Claimed by the code of the libraries within a read, and released within a read.
        public var claimedByLibraries: UInt64 = 0
        public var releasedInReads: UInt64 = 0

        static func - (a: Counts, b: Counts) -> Counts {
            Counts(
                reads: a.reads - b.reads, claimed: a.claimed - b.claimed, released: a.released - b.released,
                claimedByLibraries: a.claimedByLibraries - b.claimedByLibraries,
                releasedInReads: a.releasedInReads - b.releasedInReads)
        }
    }

    /// Whether the heap is counted in this program.
    public static var isPossible: Bool { allocations_are_counted() == 1 }

    /// Claims of this side of the libraries' functions, and releases where they can be told from the libraries' own.
    public var own: (claimed: UInt64, released: UInt64) {
        (counts.claimed - counts.claimedByLibraries, counts.released - (libraries.isEmpty ? 0 : counts.releasedInReads))
    }

    /// Since ``startCounting()``; for the owner after the run.
    public private(set) var counts = Counts()

    /// - Parameter libraries: parts of the names of shared libraries whose own allocations within a read are counted apart.
    public init(_ driver: any Driver, libraries: [String] = []) {
        self.driver = driver
        self.libraries = libraries
    }

    /// From the next read on.
    public func startCounting() { isCounting.store(true, ordering: .releasing) }

    public var longestSilence: Double? { driver.longestSilence }
    public var readSize: Int { driver.readSize }
    public var readTimeout: Double { driver.readTimeout }
    public func backend(_ transport: any Transport) -> String { driver.backend(transport) }

    public var drive: DriveDoor? { driver.drive }
    public var channelsOff: [Int] { driver.channelsOff }
    public var channelsDriven: [Int] { driver.channelsDriven }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        let device = try driver.open(tap: tap)
        opened = device
        transport = libraries.isEmpty ? nil : CountingTransport(device.transport, libraries)
        return OpenedDevice(
            transport: transport ?? device.transport, configuration: device.configuration, decoder: device.decoder)
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        guard let opened else { return }
        // The decoder may be the one of an earlier opening.
        let inner = OpenedDevice(
            transport: opened.transport, configuration: opened.configuration, decoder: device.decoder)
        self.inner = inner
        try driver.start(inner, tap: tap)
    }

    public func serve(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {
        guard let inner else { return }
        try driver.serve(inner, tap: tap)
        guard isCounting.load(ordering: .acquiring) else { return }
        let heap = allocation_counts()
        reads += 1
        let now = Counts(
            reads: reads, claimed: heap.claimed, released: heap.released,
            claimedByLibraries: transport?.claimedByLibraries ?? 0, releasedInReads: transport?.released ?? 0)
        guard let begin else {
            begin = now
            return
        }
        counts = now - begin
    }

    public func stop(_ device: OpenedDevice, tap: WireTap) {
        if let inner { driver.stop(inner, tap: tap) }
    }
}

/// Tells what a library claimed in its calls from what this side of them did.
private final class CountingTransport: Transport {
    private let transport: any Transport
    private let libraries: [[CChar]]
    private(set) var claimedByLibraries: UInt64 = 0
    private(set) var released: UInt64 = 0

    init(_ transport: any Transport, _ libraries: [String]) {
        self.transport = transport
        self.libraries = libraries.map { Array($0.utf8CString) }
    }

    var backend: String { transport.backend }
    var port: String { transport.port }
    var arrival: HostTime? { transport.arrival }
    var framing: TransportFraming { transport.framing }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        let before = allocation_counts()
        let result = try transport.read(into: buffer, timeout: timeout)
        let after = allocation_counts()
        released += after.released - before.released
        var number = before.claimed
        while number < after.claimed {
            if isOfLibrary(number) { claimedByLibraries += 1 }
            number += 1
        }
        return result
    }

    private func isOfLibrary(_ number: UInt64) -> Bool {
        guard let file = allocation_caller(number) else { return false }
        for index in libraries.indices {
            let isIn = libraries[index].withUnsafeBufferPointer { name in
                name.baseAddress.map { strstr(file, $0) != nil } ?? false
            }
            if isIn { return true }
        }
        return false
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        try transport.write(bytes, timeout: timeout)
    }

    func close() { transport.close() }
}
