import Foundation
import LiveGraph
import LivePage
import Replay
import Signals
import Synchronization

/// `larmor replay SESSION --page`: the page of a recording, which is replayed at a pace, and again from wherever the page says.
final class ReplayPage {
    private let folder: String
    private let options: ReplayOptions
    private let state: PlayState
    private let page: LivePageRun
    private let replay: SessionReplay
    private let firstStream: [Int]
    private let streams: [PageStream]

    /// What the page's thread asks for, and what it is told.
    private final class PlayState: Sendable {
        struct Values {
            var seconds = 0.0
            var isOver = false
            var target: Double?
        }
        let values = Mutex(Values())
        let length: Double
        let folder: String

        init(length: Double, folder: String) {
            self.length = length
            self.folder = folder
        }

        private struct Status: Encodable {
            var state: String
            var session: String
            var seconds: Double
            var length: Double
        }

        var status: String {
            let values = values.withLock { $0 }
            let status = Status(
                state: values.isOver ? "ended" : "replaying", session: folder, seconds: values.seconds, length: length)
            return (try? JSONEncoder().encode(status)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        }

        /// `seek SECONDS`.
        func ask(_ line: String) -> String? {
            let words = line.split(separator: " ")
            guard words.count == 2, words[0] == "seek", let seconds = Double(words[1]), seconds.isFinite else {
                return "a replay knows one command: seek SECONDS"
            }
            guard (0...max(length, 0)).contains(seconds) else { return "the session has \(length) s" }
            values.withLock { $0.target = seconds }
            return nil
        }
    }

    init(_ options: PageOptions, folder: String, replay: SessionReplay, pace: ReplayOptions) throws {
        self.folder = folder
        self.replay = replay
        self.options = pace
        let state = PlayState(length: try replay.length(), folder: folder)
        self.state = state
        var first = 0
        firstStream = replay.devices.map { device in
            defer { first += device.streams.count }
            return first
        }
        streams = replay.devices.flatMap { device in device.streams.map { PageStream($0, device: device.name) } }
        let hub = PageHub(
            title: (folder as NSString).lastPathComponent, mode: .replay, status: { state.status },
            control: { line, reply in
                let refusal = state.ask(line)
                reply(refusal == nil, refusal ?? "")
            })
        page = try LivePageRun(options, hub: hub)
    }

    /// Replays from the start, and then from wherever the page says, until the command is asked to stop.
    /// - Parameters:
    ///   - output: file of the event log of the first pass.
    ///   - each: every decision of the first pass.
    /// - Returns: what the first pass gave.
    func run(output: String?, each: (Decision) -> Void) throws -> SessionReplay.Result {
        defer { page.stop() }
        let first = try pass(replay, output: output, each)
        while !StopRequest.isRequested {
            guard let target = takeTarget() else {
                state.values.withLock { $0.isOver = true }
                usleep(20_000)
                continue
            }
            var options = options
            options.from = target
            _ = try pass(SessionReplay(folder: folder, options: options), output: nil) { _ in }
        }
        return first
    }

    private func takeTarget() -> Double? {
        state.values.withLock { values in
            defer { values.target = nil }
            return values.target
        }
    }

    private func pass(
        _ replay: SessionReplay, output: String?, _ each: (Decision) -> Void
    ) throws -> SessionReplay.Result {
        let (hub, start) = (page.hub, replay.start)
        hub.begin(streams, start: start)
        state.values.withLock { $0.isOver = false }
        var health = streams.map { _ in PageHealth(received: 0, lost: 0, away: false) }
        return try replay.run(output: output) { decision in
            each(decision)
            hub.take(event: decision.line(start: start))
        } item: { item in
            guard item.header.event == nil else { return }
            let stream = firstStream[item.device] + Int(item.header.stream)
            hub.take(stream: stream, item.header, item.samples)
            health[stream].received += UInt64(item.header.frames)
            health[stream].lost += item.header.missingBefore
        } progress: { seconds in
            hub.set(health)
            return state.values.withLock { values in
                values.seconds = seconds
                return values.target == nil && !StopRequest.isRequested
            }
        }
    }
}
