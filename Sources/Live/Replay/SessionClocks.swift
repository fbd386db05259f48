import Devices
import Foundation
import Rigs
public import Sessions
import Signals

/// The two-sided clocks of a session: the wire logs are decoded again, and each frame's time is told with all arrivals of the
/// recording. `recording.xdf` was written while the later ones were not yet known.
public struct SessionClocks: Sendable {
    /// By the stream's name. Streams whose stamps are their senders' own have none, nor have those without a rate.
    public private(set) var clocks: [String: RecordedClock] = [:]
    /// Devices whose wire logs cannot be read, and why.
    public private(set) var remarks: [String] = []

    /// - Parameters:
    ///   - folder: of a session. A file, or a session without wire logs, has no clocks.
    ///   - progress: told the part that is done; false stops.
    public init(session folder: String, progress: (Double) -> Bool = { _ in true }) {
        guard let manifest = try? SessionManifest(folder: folder) else { return }
        for (index, device) in manifest.devices.enumerated() {
            let path = folder + "/" + device.wire
            guard FileManager.default.fileExists(atPath: path) else { continue }
            guard progress(Double(index) / Double(manifest.devices.count)) else { return }
            let latency = device.latencyMs ?? 0
            do throws(SessionError) {
                let sink = Sink()
                var decoding = try WireDecoding(path: path, into: sink)
                guard !decoding.streams.isEmpty else {
                    throw SessionError(
                        path: path, reason: .damaged(offset: 0, expected: "a device's configuration", found: "none"))
                }
                sink.begin(decoding.streams, latency: Rig.Device.latencies.contains(latency) ? latency * 1e-3 : 0)
                while decoding.next(into: sink) {}
                clocks.merge(sink.found) { first, _ in first }
            } catch {
                remarks.append("\(error); the stamps of \(device.name) stay as they were recorded")
            }
        }
    }

    private final class Sink: SampleSink {
        private var names: [String] = []
        private var clocks: [RecordedClock?] = []

        func begin(_ streams: [StreamDescription], latency: Double) {
            names = streams.map(\.name)
            clocks = streams.map {
                $0.nominalRate > 0 && !$0.isText && !$0.hasOwnClock
                    ? RecordedClock(nominalRate: $0.nominalRate, latency: latency) : nil
            }
        }

        var found: [String: RecordedClock] {
            Dictionary(zip(names, clocks).compactMap { name, clock in clock.map { (name, $0) } }) { first, _ in first }
        }

        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
            guard item.kind == .samples, clocks.indices.contains(Int(item.stream)) else { return }
            clocks[Int(item.stream)]?.take(item)
        }

        func take(_ event: DeviceEvent) { for index in clocks.indices { clocks[index]?.note(event) } }
    }
}
