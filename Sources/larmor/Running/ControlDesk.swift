import Devices
import RemoteControl
import Synchronization

/// What remote control is answered at once, on the server's own thread: it shares no lock with a device's thread.
final class ControlDesk: Sendable {
    private struct State {
        var status = ControlStatus()
        var streams: [ControlStatus.StreamInfo] = []
        /// Where markers go while a recording runs.
        var feed: ConsoleFeed?
        /// Markers that went there.
        var sent: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Changes what `status` answers.
    func update(_ body: (inout ControlStatus) -> Void) { state.withLock { body(&$0.status) } }

    /// What `streams` answers.
    func setStreams(_ streams: [ControlStatus.StreamInfo]) { state.withLock { $0.streams = streams } }

    /// Markers are recorded from now on.
    func beginMarkers(_ feed: ConsoleFeed) {
        state.withLock {
            $0.feed = feed
            $0.sent = 0
        }
    }

    /// No further marker is taken.
    /// - Returns: how many were.
    func endMarkers() -> UInt64 {
        state.withLock {
            $0.feed = nil
            return $0.sent
        }
    }

    /// nil for commands that the recording's owner does.
    func answer(_ command: ControlCommand) -> ControlReply? {
        switch command {
        case .status: .json(ControlStatus.line(state.withLock { $0.status }))
        case .streams: .json(ControlStatus.line(["streams": state.withLock { $0.streams }]))
        case .marker(let text): marker(text)
        case .start, .stop, .update, .filename, .selectAll, .selectNone: nil
        }
    }

    /// Sets a marker now.
    func marker(_ text: String) -> ControlReply {
        guard text.utf8.count <= ConsoleLine.longestText else {
            return .refused("the marker has \(text.utf8.count) bytes, expected \(ConsoleLine.longestText) at most")
        }
        return state.withLock { state in
            guard let feed = state.feed else { return .refused("no recording runs, so the marker is kept nowhere") }
            guard feed.marker(text) else {
                return .refused("the marker was not recorded: the console's thread does not keep up")
            }
            state.sent += 1
            return .done
        }
    }
}
