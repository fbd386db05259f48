import Devices
import Foundation
import LiveGraph
import LivePage
import Recording
import RemoteControl
import Rigs
import Signals
import Synchronization

/// The page beside what a command runs: its server, and what it is fed with. It stays while recordings come and go.
final class LivePageRun: Sendable {
    let hub: PageHub
    private let server: PageServer

    /// - Parameters:
    ///   - desk: knows the state of the recording.
    ///   - door: where the page's commands are asked for.
    init(_ options: PageOptions, title: String, mode: PageHub.Mode, desk: ControlDesk, door: ControlDoor) throws {
        hub = PageHub(
            title: title, mode: mode,
            status: {
                guard case .json(let text)? = desk.answer(.status) else { return "{}" }
                return text
            },
            control: { line, reply in Self.ask(line, door, reply) })
        server = try Self.serve(hub, options)
    }

    /// For what is no recording.
    init(_ options: PageOptions, hub: PageHub) throws {
        self.hub = hub
        server = try Self.serve(hub, options)
    }

    private static func serve(_ hub: PageHub, _ options: PageOptions) throws -> PageServer {
        let reach = options.reach
        let token = try reach.pageTokenFile.map(PageToken.read)
        let server = try PageServer(
            hub, address: reach.pageAddress, port: options.page ?? PageServer.usualPort, names: reach.pageName, token: token)
        // Standard error is no log of secrets: the token is in its file alone.
        Console.note("page at http://\(reach.pageAddress):\(server.port)/, for the subject at /subject; Ctrl-C ends it")
        if !reach.pageAddress.hasPrefix("127.") {
            Console.note(
                "others on the network can read along on the way: put TLS in front, for example caddy reverse-proxy --from rig.example.org --to \(reach.pageAddress):\(server.port), and name it here: --page-name rig.example.org"
            )
        }
        return server
    }

    /// One command of the page's, by the words of the remote control. The page has no say in where recordings go.
    private static func ask(
        _ line: String, _ door: ControlDoor, _ reply: @escaping @Sendable (Bool, String) -> Void
    ) {
        do throws(ControlRefusal) {
            guard !line.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
                throw ControlRefusal("a command is one line of text")
            }
            let command = try ControlCommand(line: line)
            if case .filename(let fields) = command, fields.contains(where: { $0.key == .root || $0.key == .template }) {
                throw ControlRefusal("the page does not choose folders; the rig file names the one for recordings")
            }
            door.ask(command) { answer in
                switch answer {
                case .done: reply(true, "")
                case .json(let text): reply(true, text)
                case .refused(let reason): reply(false, reason)
                }
            }
        } catch {
            reply(false, error.reason)
        }
    }

    var port: UInt16 { server.port }

    /// A run has begun.
    func begin(_ run: LiveRun) {
        guard let watch = run.watch else { return }
        hub.begin(
            run.streamStates.map { PageStream($0.description, device: $0.device) }, start: run.anchor.host,
            source: RunPageSource(run, watch, server))
    }

    /// The run is over.
    func end() { hub.end() }

    func stop() {
        hub.end()
        server.stop()
    }
}

/// A run at work, as a page sees it.
private final class RunPageSource: PageSource {
    private let run: LiveRun
    private let watch: RunWatch
    private let server: PageServer
    private let start: HostTime
    private let load = Mutex(Load())

    private struct Load {
        var time = HostTime.now()
        var program = RunMetrics.processorSeconds
        var page = 0.0
        var shares = (program: 0.0, page: 0.0)
    }

    init(_ run: LiveRun, _ watch: RunWatch, _ server: PageServer) {
        self.run = run
        self.watch = watch
        self.server = server
        start = run.anchor.host
        load.withLock { $0.page = server.processorSeconds }
    }

    func take(samples: (Int, SampleRingItem, UnsafeBufferPointer<Float>) -> Void, event: (String) -> Void) {
        watch.take(samples: samples) { event($0.line(start: start)) }
    }

    func health() -> [PageHealth] {
        zip(run.streamStates, run.metrics.arrivals).map { state, arrival in
            PageHealth(
                received: state.received, lost: state.lost, owed: state.owed, away: state.isAway, driftPpm: arrival.driftPpm,
                ringFill: state.ringFill, jitterMs: arrival.jitterMs)
        }
    }

    func metrics() -> PageMetrics {
        let (program, page, now) = (RunMetrics.processorSeconds, server.processorSeconds, HostTime.now())
        let shares = load.withLock { load in
            if now - load.time >= 1 {
                load.shares = ((program - load.program) / (now - load.time), (page - load.page) / (now - load.time))
                (load.time, load.program, load.page) = (now, program, page)
            }
            return load.shares
        }
        return PageMetrics(
            latencies: run.metrics.latencies.map {
                .init(
                    kind: $0.kind, stage: $0.stage, count: $0.count, sumMs: $0.meanMs * Double($0.count), p50: $0.p50,
                    p99: $0.p99, p999: $0.p999, max: $0.max, counts: $0.counts)
            }, processorSeconds: program, processorShare: shares.program, pageProcessorSeconds: page,
            pageProcessorShare: shares.page)
    }

    func absences() -> [String] { run.absences }
}
