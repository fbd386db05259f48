import Foundation
import Glibc
import Recording
import RemoteControl
import Signals

/// Keeps what `status` and `streams` answer up to date while a rig runs.
struct StatusBoard {
    private let desk: ControlDesk
    private let run: LiveRun
    /// Of the recording; nil where nothing is recorded.
    private let folder: String?
    private var begin = HostTime.now()
    private var next = HostTime(nanoseconds: 0)

    /// Seconds.
    private static let interval = 0.1

    init(_ desk: ControlDesk, _ run: LiveRun, folder: String? = nil) {
        self.desk = desk
        self.run = run
        self.folder = folder
    }

    /// Tells a new state, and the streams that there are in it.
    mutating func show(_ state: ControlStatus.State) {
        begin = .now()
        next = begin
        desk.setStreams(
            run.streamStates.map {
                .init(
                    name: $0.description.name, kind: $0.description.kind.rawValue, channels: $0.description.channelCount,
                    rateHz: $0.description.nominalRate, device: $0.device)
            })
        desk.update {
            // The devices are there again; what was refused stays told.
            if $0.state == .unavailable { $0.error = nil }
            $0.state = state
        }
        refresh()
    }

    /// To be called again and again; does something ten times a second.
    mutating func refresh() {
        let now = HostTime.now()
        guard now >= next else { return }
        next = now + Self.interval
        let streams = run.streamStates.map {
            ControlStatus.Stream(name: $0.description.name, received: $0.received, lost: $0.lost, away: $0.isAway)
        }
        let size = folder.map(Self.bytes)
        let free = folder.flatMap(Self.freeBytes)
        desk.update {
            $0.streams = streams
            guard let size else { return }
            $0.seconds = ((now - begin) * 1000).rounded() / 1000
            $0.bytes = size
            $0.freeBytes = free
        }
    }

    /// Of a session's files.
    private static func bytes(of folder: String) -> UInt64 {
        let wires = ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/wire")) ?? []).map { "wire/" + $0 }
        return (wires + ["recording.xdf", "events.jsonl"]).reduce(0) { sum, name in
            var state = stat()
            return stat(folder + "/" + name, &state) == 0 ? sum + UInt64(max(0, state.st_size)) : sum
        }
    }

    static func freeBytes(of folder: String) -> UInt64? {
        var state = statvfs()
        return statvfs(folder, &state) == 0 ? UInt64(state.f_bavail) * UInt64(state.f_frsize) : nil
    }
}
