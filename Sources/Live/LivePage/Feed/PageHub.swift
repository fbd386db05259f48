import Foundation
public import Signals
import Synchronization

/// What pages show: gathered from a rig at work or from a replay, and cut into updates for the server.
///
/// It stands beside the way from the devices to the decisions, like the recorder does: it reads its own rings. Only the page's own thread
/// and the owner's take its lock, never a device's or the pipeline's.
public final class PageHub: Sendable {
    /// What a page may ask for.
    public enum Mode: String, Encodable, Sendable {
        /// Nothing but markers.
        case watch
        /// Recordings begin and end by the page, too.
        case control
        /// A recording is shown; the page moves in it.
        case replay
    }

    let title: String
    let mode: Mode
    private let model: Mutex<PageModel>
    /// The state of the recording, as a JSON object.
    private let status: @Sendable () -> String
    /// Does one command and answers it: whether it was done, and what there is to say.
    let control: @Sendable (_ command: String, _ reply: @escaping @Sendable (Bool, String) -> Void) -> Void

    /// - Parameters:
    ///   - status: the state of the recording, as a JSON object; any thread may ask.
    ///   - control: see ``ControlDoor`` of `RemoteControl`; it must not wait.
    public init(
        title: String, mode: Mode, status: @escaping @Sendable () -> String,
        control: @escaping @Sendable (String, @escaping @Sendable (Bool, String) -> Void) -> Void
    ) {
        self.title = title
        self.mode = mode
        self.status = status
        self.control = control
        model = Mutex(PageModel())
    }

    /// A run begins, or a replay.
    /// - Parameters:
    ///   - start: what all times are counted from.
    ///   - source: where samples and events come from; nil where they are handed over by ``take(stream:_:_:)`` and ``take(event:)``.
    public func begin(_ streams: [PageStream], start: HostTime, source: (any PageSource)? = nil) {
        model.withLock { $0.begin(streams, start: start, source: source) }
    }

    /// The run is over; what it had still to say is taken.
    public func end() { model.withLock { $0.end() } }

    /// What a stream has delivered, of a run without a source.
    public func take(stream: Int, _ item: SampleRingItem, _ words: UnsafeBufferPointer<Float>) {
        model.withLock { $0.take(stream, item, words) }
    }

    /// A line of the event log, of a run without a source.
    public func take(event line: String) { model.withLock { $0.take(event: line) } }

    /// How a stream without a source is doing.
    public func set(_ health: [PageHealth]) { model.withLock { $0.set(health) } }

    // MARK: The server's side

    /// What is new since the last tick. For the page's thread.
    /// - Parameter isSeen: whether anybody looks; else samples are only counted.
    func tick(at now: HostTime, isSeen: Bool, clients: Int, skipped: UInt64) -> PageTick {
        model.withLock { $0.tick(at: now, isSeen: isSeen, clients: clients, skipped: skipped, status: status) }
    }

    /// What a page must know first.
    func hello() -> String { model.withLock { $0.hello(title: title, mode: mode) } }

    /// Lines of the log from a place on; how many before them are gone; and the place behind them.
    func events(from place: Int, promptsOnly: Bool) -> (lines: [String], gone: Int, next: Int) {
        model.withLock { $0.events(from: place, promptsOnly: promptsOnly) }
    }

    /// The state as it was told last, for programs.
    func state(at now: HostTime) -> String { model.withLock { $0.state(at: now, clients: 0, skipped: 0, status: status) } }

    /// What ``PageSource/metrics()`` and ``PageSource/health()`` say now, or said last.
    func metrics() -> (metrics: PageMetrics, streams: [(PageStream, PageHealth)]) { model.withLock { $0.metrics() } }
}

/// What goes to every page at once.
struct PageTick {
    /// Grows when streams change: pages get a new greeting.
    var generation = 0
    /// A message of samples; empty when there is none.
    var samples: [UInt8] = []
    /// The state, now and then.
    var state: String?
    /// Lines of the log so far.
    var events = 0
}
