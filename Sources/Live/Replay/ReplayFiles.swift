import Foundation
import LiveGraph
import Rigs
import Sessions
import Signals

/// The files of a session that a replay reads: a wire log for each device, or the device's streams in `recording.xdf`.
struct ReplayFiles {
    private enum Device {
        case wire(path: String, latency: Double)
        case xdf(streams: [RecordedStream], events: [DeviceEvent])
    }

    private(set) var devices: [GraphPlan.Device] = []
    private var places: [Device] = []
    /// Problems of `recording.xdf`, where it is read.
    private(set) var problems = 0
    /// Wire logs that the session names and that are not there: those devices are replayed from `recording.xdf`.
    private(set) var missing: [String] = []

    var names: [String] { devices.map(\.name) }

    var source: String {
        let xdf = places.count { if case .xdf = $0 { true } else { false } }
        return xdf == 0 ? "wire" : xdf == places.count ? "xdf" : "wire and xdf"
    }

    /// - Throws: `SessionError`.
    init(folder: String, manifest: SessionManifest, usesXDF: Bool) throws {
        let hasWire = { (device: SessionManifest.Device) in
            !usesXDF && FileManager.default.fileExists(atPath: folder + "/" + device.wire)
        }
        var recording: RecordedSession?
        if manifest.devices.isEmpty || !manifest.devices.allSatisfy(hasWire) {
            recording = try RecordedSession(folder: folder)
            problems = recording?.problems.count ?? 0
        }
        for device in manifest.devices {
            let milliseconds = device.latencyMs ?? 0
            guard Rig.Device.latencies.contains(milliseconds) else {
                throw SessionError(
                    path: folder,
                    reason: .unsupported(
                        "its device “\(device.name)” has the latency \(milliseconds) ms, expected \(Rig.Device.latencyRange)"))
            }
            let latency = milliseconds * 1e-3
            if hasWire(device) {
                let path = folder + "/" + device.wire
                let streams = try WireReplaySource(path: path).streams
                devices.append(
                    .init(
                        name: device.name, streams: streams.isEmpty ? device.streams : Self.named(streams, as: device.streams),
                        latency: latency))
                places.append(.wire(path: path, latency: latency))
            } else if let recording {
                if !usesXDF, !device.wire.isEmpty { missing.append(device.wire) }
                let streams = device.streams.map { stream in
                    recording.streams.first {
                        $0.name == stream.name && $0.channels == stream.channelCount && ($0.texts != nil) == stream.isText
                    }
                        ?? RecordedStream(empty: stream)
                }
                devices.append(.init(name: device.name, streams: device.streams, latency: latency))
                places.append(
                    .xdf(streams: streams, events: recording.events.filter { $0.device == device.name }.map(\.event)))
            }
        }
        // Of an imported recording each stream is a device of its own.
        guard manifest.devices.isEmpty, let recording else { return }
        for stream in recording.streams {
            guard stream.channels <= Int(UInt16.max) else {
                problems += 1
                continue
            }
            devices.append(.init(name: stream.name, streams: [stream.description]))
            places.append(.xdf(streams: [stream], events: []))
        }
    }

    /// A device's streams, with the names that the rig gave their channels when they were recorded, and what else it said of them.
    private static func named(_ streams: [StreamDescription], as recorded: [StreamDescription]) -> [StreamDescription] {
        streams.map { stream in
            guard let like = recorded.first(where: { $0.name == stream.name && $0.channelCount == stream.channelCount }) else {
                return stream
            }
            var stream = stream
            for channel in stream.channels.indices {
                stream.channels[channel].label = like.channels[channel].label
                stream.channels[channel].type = like.channels[channel].type
            }
            (stream.montage, stream.reference, stream.lineFrequency) = (like.montage, like.reference, like.lineFrequency)
            return stream
        }
    }

    /// The last stamp of any device; nil where nothing was recorded.
    func end() throws -> HostTime? {
        var last: HostTime?
        for (place, source) in zip(places, try makeSources()) {
            if case .wire(let path, _) = place {
                var reader = try WireLogReader(path: path)
                while let record = reader.next() { last = max(last ?? record.hostTime, record.hostTime) }
            } else {
                while let head = try source.peek() {
                    last = max(last ?? head.hostTime, head.hostTime)
                    source.take { _, _ in }
                }
            }
        }
        return last
    }

    /// The devices' sources, at the beginning.
    func makeSources() throws -> [any ReplaySource] {
        var sources: [any ReplaySource] = []
        for (device, place) in zip(devices, places) {
            switch place {
            case .wire(let path, let latency): sources.append(try WireReplaySource(path: path, latency: latency))
            case .xdf(let streams, let events):
                sources.append(XDFReplaySource(streams: device.streams, recorded: streams, events: events))
            }
        }
        return sources
    }
}
