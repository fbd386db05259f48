import CountingDriver
import Devices
import Protocols
import RealTime
import ScriptedUSB
import Signals
import Simulators
import Synchronization
import Transports

/// The scripted dongle's own side: a headset that is on, sending encrypted reports at its pace from a thread.
final class Dongle: @unchecked Sendable {
    // Sendable because the firmware is touched by the sending thread only, between `switchOn` and the join in `switchOff`.
    static let address = "usb:21a1:0001"
    static let key = EmotivKey(bytes: (1...16).map { UInt8($0 * 7) })
    private var firmware: EmotivFirmware
    private let isOff = Atomic<Bool>(false)
    private var thread: WorkerThread?
    /// Numbers of reports that are skipped.
    private let skipped: Set<Int>

    /// - Parameter skipped: reports that are lost on the way, counted from 0.
    init(skipping skipped: Set<Int> = []) {
        // Three values of µV that differ from electrode to electrode, for 12 s until one repeats.
        firmware = EmotivFirmware(
            source: CountingSource(channels: EmotivReport.electrodes.count, step: 51, period: 1500), key: Self.key)
        self.skipped = skipped
    }

    func switchOn() {
        thread = try? WorkerThread("dongle") { [self] in
            let begin = HostTime.now()
            var made = 0
            while !isOff.load(ordering: .acquiring) {
                while Double(made) <= (HostTime.now() - begin) * EmotivReport.rate {
                    let report = firmware.nextPacket()
                    if !skipped.contains(made) { send(report) }
                    made += 1
                }
                WorkerThread.sleep(0.002)
            }
        }
    }

    func switchOff() {
        isOff.store(true, ordering: .releasing)
        thread?.join()
        thread = nil
    }
}

/// A driver of the dongle on a runner, and what came out of it.
final class DongleBench {
    let runner: DeviceRunner
    private let ring = SampleRing(streams: 3, minimumItems: 4096, minimumSamples: 1 << 18)
    private let wire = WireRing(minimumRecords: 4096, minimumBytes: 1 << 20)
    private let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1 << 16)
    private(set) var events: [DeviceEvent] = []
    /// Of the first stream: counters and samples of all frames, and holes.
    private(set) var counters: [UInt64] = []
    private(set) var samples: [Float] = []
    private(set) var missing: UInt64 = 0

    /// The driver, with an eye on the heap. libusb claims memory for each transfer that it sends off, and what plays the kernel
    /// here claims some, too.
    let driver: CountingDriver

    init(key: EmotivKey? = Dongle.key) throws {
        guard let key else { preconditionFailure("sixteen bytes are a key") }
        let waker = try Waker()
        driver = CountingDriver(
            EmotivDriver(name: "d", port: Dongle.address, key: key, waker: waker),
            libraries: ["libusb", "libumockdev", "libglib", "libgobject", "libgio"])
        runner = DeviceRunner(name: "dongle", driver: driver, waker: waker)
    }

    deinit { scratch.deallocate() }

    func start() { runner.start(rings: [ring], wire: wire) }

    func collect() {
        while let item = ring.take(into: scratch) {
            if let event = item.event {
                events.append(event)
            } else if item.stream == 0 {
                counters += (0..<UInt64(item.frames)).map { item.firstCounter + $0 }
                samples += scratch[0..<item.sampleCount]
                missing += item.missingBefore
            }
        }
        while wire.take(into: UnsafeMutableBufferPointer(rebasing: bytes[...])) != nil {}
    }

    private let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 16)

    var codes: [DeviceEvent.Code] { events.map(\.code) }

    /// Waits until something is so that must come to be.
    func wait(_ isSo: () -> Bool) -> Bool {
        waitUntil(every: 0.001) {
            collect()
            return isSo()
        }
    }
}
