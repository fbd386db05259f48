import Devices
import Foundation
import Rigs
public import Sessions
import Signals

/// The two-sided clocks of a session: the wire logs are decoded again, and each frame's time is told with all arrivals of the
/// recording. `recording.xdf` was written while the later ones were not yet known.
public struct SessionClocks: Sendable {
    /// By the stream's name. Streams whose stamps are their senders' own have none, nor have those without a rate whose samples do not
    /// say to which frames of the device's first stream they belong.
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
        /// Streams without a rate: their samples have the times of frames of the first stream.
        private var followers: Set<Int> = []

        func begin(_ streams: [StreamDescription], latency: Double) {
            names = streams.map(\.name)
            let first = streams[0].isText || streams[0].hasOwnClock ? 0 : streams[0].nominalRate
            clocks = streams.enumerated().map { index, stream in
                guard !stream.isText, !stream.hasOwnClock, stream.nominalRate > 0 || first > 0 else { return nil }
                if stream.nominalRate <= 0 { followers.insert(index) }
                return RecordedClock(nominalRate: stream.nominalRate > 0 ? stream.nominalRate : first, latency: latency)
            }
        }

        var found: [String: RecordedClock] {
            let known = clocks.indices.compactMap { index in
                clocks[index].flatMap { followers.contains(index) && $0.samples == 0 ? nil : (names[index], $0) }
            }
            return Dictionary(known) { first, _ in first }
        }

        func take(_ item: SampleRingItem, _ values: UnsafeBufferPointer<Float>) {
            let stream = Int(item.stream)
            guard item.kind == .samples, clocks.indices.contains(stream) else { return }
            if stream == 0 { for follower in followers { clocks[follower]?.follow(item) } }
            guard followers.contains(stream) else {
                clocks[stream]?.take(item)
                return
            }
            guard let mark = item.mark, mark.stream == 0, item.frames == 1 else {
                clocks[stream] = nil
                return
            }
            clocks[stream]?.takeSample(of: mark.counter)
        }

        func take(_ event: DeviceEvent) { for index in clocks.indices { clocks[index]?.note(event) } }
    }
}
