import Devices
import Foundation
import RealTime
import Signals
import Transports

/// A runner with one ring and one wire log, and what came out of them.
final class Bench {
    let runner: DeviceRunner
    let ring: SampleRing
    let wire: WireRing
    let sink = SampleCollector()
    private(set) var records: [(kind: WireRecordKind, bytes: [UInt8], time: HostTime)] = []
    private let clock: any HostClock
    private let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1 << 20)

    /// - Parameters:
    ///   - items: blocks and events that fit in the ring, and records in the wire log's.
    ///   - samples: scalars that fit.
    ///   - wireBytes: bytes that fit in the wire log's ring.
    init(
        _ driver: any Driver, waker: Waker, name: String = "bench", streams: Int = 3, items: Int = 4096, samples: Int = 1 << 18,
        wireBytes: Int = 1 << 20, clock: any HostClock = MonotonicClock(), latency: Double = 0
    ) {
        self.clock = clock
        runner = DeviceRunner(name: name, driver: driver, waker: waker, clock: clock, latency: latency)
        ring = SampleRing(streams: streams, minimumItems: items, minimumSamples: samples)
        wire = WireRing(minimumRecords: items, minimumBytes: wireBytes)
    }

    /// - Parameter clock: one that the test moves goes with ``step(seconds:until:)`` instead of ``start()``.
    convenience init(
        _ driver: any Driver, name: String = "bench", clock: any HostClock = MonotonicClock(), latency: Double = 0
    ) throws {
        self.init(driver, waker: try Waker(), name: name, clock: clock, latency: latency)
    }

    deinit { scratch.deallocate() }

    func start() { runner.start(rings: [ring], wire: wire) }

    /// For ``step(seconds:until:)``.
    func prepare() { runner.prepare(rings: [ring], wire: wire) }

    /// Takes what has come so far.
    func collect() {
        while let item = ring.take(into: scratch) {
            if let event = item.event {
                sink.take(event)
            } else {
                sink.take(
                    item, UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch)[0..<item.sampleCount]))
            }
        }
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        while let record = bytes.withUnsafeMutableBufferPointer({ wire.take(into: $0) }) {
            records.append((record.kind, Array(bytes[0..<Int(record.length)]), record.hostTime))
        }
    }

    /// Makes the runner's steps on this thread until something is so, or so many seconds of the clock have passed.
    func step(seconds: Double = 5, until isSo: () -> Bool) -> Bool {
        let end = clock.now() + seconds
        while clock.now() < end {
            collect()
            if isSo() { return true }
            if !runner.step() { return false }
        }
        return false
    }

    /// Waits until something is so that must come to be.
    func wait(_ isSo: () -> Bool) -> Bool {
        waitUntil(every: 0.001) {
            collect()
            return isSo()
        }
    }

    var codes: [DeviceEvent.Code] { sink.events.map(\.code) }
}

/// Whether so many threads of this process have a name that begins so. One that was waited for may be listed for a moment.
func hasThreads(_ count: Int, named prefix: String) -> Bool { waitUntil { threads(named: prefix) == count } }

private func threads(named prefix: String) -> Int {
    let folder = "/proc/self/task"
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return tasks.filter { task in
        ((try? String(contentsOfFile: "\(folder)/\(task)/comm", encoding: .utf8)) ?? "").hasPrefix(prefix)
    }.count
}
