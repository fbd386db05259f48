import Foundation
import LivePage
import Logging
import Outputs
import Recording
import RemoteControl
import Rigs

/// `larmor record RIG --control`: recordings one after the other in one process, begun and ended by what comes over a socket.
///
/// Between recordings the devices run and are watched, in a run that records nothing. `start` ends that run and opens the devices anew:
/// a session begins with its devices, so that its wire logs hold all that a replay needs.
final class ControlledRecording {
    let rig: Rig
    let simulators: RigSimulators
    let door: ControlDoor
    private let server: ControlServer?
    /// Where it is all seen; nil without a page.
    let page: LivePageRun?
    let desk: ControlDesk
    let json: Bool
    let realTime: Bool
    private let patience: Double?
    private let takesTyped: Bool
    private var typed = InputLines()
    private var naming = SessionNaming()
    /// Why the devices could not be opened, as it was told last.
    private var toldAbsence: String?
    /// What ended a recording first, for the exit code.
    var failure: (any Error)?

    /// What is done next.
    enum Step {
        /// Devices run; who asked for it is answered when they do.
        case watch(ControlDoor.Request?)
        case record(ControlDoor.Request, SessionPlace)
        case end
    }

    /// Seconds after which devices that could not be opened are tried again.
    private static let pause = 2.0

    /// - Parameters:
    ///   - port: of remote control, 0 for a free one; nil for none.
    ///   - page: of this run; nil for none.
    ///   - patience: seconds that devices are waited for at first; nil not to wait.
    ///   - takesTyped: whether typed lines are markers, too.
    init(
        _ rig: Rig, port: UInt16?, page: PageOptions? = nil, patience: Double?, takesTyped: Bool,
        realTime: Bool = false, json: Bool
    ) throws {
        self.rig = rig
        self.patience = patience
        self.takesTyped = takesTyped
        self.json = json
        let desk = ControlDesk()
        self.desk = desk
        let door = ControlDoor { desk.answer($0) }
        self.door = door
        self.realTime = realTime
        let server = try port.map { try ControlServer(port: $0, door: door) }
        var shown: LivePageRun?
        do {
            shown = try page.map { try LivePageRun($0, title: rig.name, mode: .control, desk: desk, door: door) }
            simulators = try RigSimulators(rig, executable: OwnProgram.path)
        } catch {
            server?.stop()
            shown?.stop()
            throw error
        }
        self.server = server
        self.page = shown
    }

    func run() throws {
        defer {
            door.close()
            server?.stop()
            page?.stop()
            simulators.stop()
        }
        var step = try first()
        while true {
            switch step {
            case .watch(let request): step = watch(request)
            case .record(let request, let place): step = record(request, at: place)
            case .end:
                if let failure { throw failure }
                return
            }
        }
    }

    // MARK: Between recordings

    /// A rig whose devices are not there at first is an error, as without remote control.
    private func first() throws -> Step {
        let run = try RigOpening(rig: rig, simulators: simulators, patience: patience).open(watched)
        if let server { Console.note("remote control at 127.0.0.1:\(server.port); Ctrl-C ends it") }
        return try watch(run)
    }

    private func watched() throws -> LiveRun {
        try LiveRun(
            rig, ports: simulators.ports, session: nil, provenance: ProcessProvenance.now, isWatched: page != nil)
    }

    private func watch(_ request: ControlDoor.Request?) -> Step {
        // Who has asked meanwhile need not wait for the devices twice.
        if request == nil, let step = serve() { return step }
        let run: LiveRun
        desk.update { if $0.state != .unavailable { $0.state = .opening } }
        do {
            run = try watched()
        } catch {
            if let request { refuse(request, "\(error)") }
            return absent("\(error)")
        }
        if let request { door.reply(.done, to: request) }
        do { return try watch(run) } catch { return absent("\(error)") }
    }

    private func watch(_ run: LiveRun) throws -> Step {
        RigOpening.tell(run.rig)
        toldAbsence = nil
        var board = StatusBoard(desk, run)
        board.show(.ready)
        var next = Step.end
        var loop = RunLoop(simulators: simulators, run: run, endsSimulators: false)
        loop.page = page
        loop.realTime = realTime
        _ = try loop.untilDone(
            seconds: nil, label: "ready",
            isDone: {
                board.refresh()
                guard let step = serve() else { return false }
                next = step
                return true
            }, show: Console.note)
        return StopRequest.isRequested ? .end : next
    }

    /// Serves without devices for a while.
    private func absent(_ reason: String) -> Step {
        if toldAbsence != reason { log.warning("the devices cannot be opened; they are tried again: \(reason)") }
        toldAbsence = reason
        desk.update {
            $0.state = .unavailable
            $0.error = reason
        }
        let begin = ContinuousClock.now
        while (ContinuousClock.now - begin) / .seconds(1) < Self.pause {
            if StopRequest.isRequested { return .end }
            if let step = serve() { return step }
            for device in simulators.tend() { log.warning("the simulator of \(device) has died; it is started again") }
            usleep(10_000)
        }
        return .watch(nil)
    }

    /// Does what clients have asked for while nothing is recorded.
    /// - Returns: what is to be done in place of watching; nil to go on.
    private func serve() -> Step? {
        takeTyped()
        while let request = door.nextRequest() {
            switch request.command {
            case .start:
                do {
                    return .record(request, try place())
                } catch {
                    refuse(request, "\(error)")
                }
            case .stop: refuse(request, "no recording runs")
            // Rules of the rig file are asked anew, too.
            case .update: return .watch(request)
            default: serveAnytime(request)
            }
        }
        return nil
    }

    /// Commands that mean the same whether a recording runs or not.
    func serveAnytime(_ request: ControlDoor.Request) {
        switch request.command {
        case .filename(let fields): name(fields, request)
        // A start records all streams, as LabRecorder's does.
        case .selectAll, .selectNone: door.reply(.done, to: request)
        case .start, .stop, .update, .status, .streams, .marker:
            door.reply(desk.answer(request.command) ?? .refused("this is not the time for it"), to: request)
        }
    }

    private func name(_ fields: [FilenameField], _ request: ControlDoor.Request) {
        for field in fields where field.key == nil { log.warning("filename: the field {\(field.name):…} is not known") }
        do {
            try naming.take(fields)
            if let root = naming.root { try SessionRoot.check(root) }
            door.reply(.done, to: request)
        } catch {
            refuse(request, "\(error)")
        }
    }

    /// Where the next recording goes; the folders around it are made.
    private func place() throws -> SessionPlace {
        let folder = rig.recording.folder
        let root = folder.hasPrefix("/") ? folder : FileManager.default.currentDirectoryPath + "/" + folder
        let place = try naming.place(
            root: root, unnamed: Record.newName, subject: rig.recording.subject, isTaken: SessionRoot.isTaken)
        try SessionRoot.prepare(place)
        try OutputPlace.checkFolder(place.above)
        return place
    }

    /// The rig as the next recording's manifest has it.
    var namedRig: Rig {
        var named = rig
        if let participant = naming.participant { named.recording.subject = participant }
        return named
    }

    func refuse(_ request: ControlDoor.Request, _ reason: String) {
        log.warning("refused: \(reason)")
        desk.update { $0.error = reason }
        door.reply(.refused(reason), to: request)
    }

    func takeTyped() {
        guard takesTyped else { return }
        for line in typed.take() where !line.isEmpty {
            if case .refused(let reason) = desk.marker(line) { log.warning("“\(line)”: \(reason)") }
        }
    }
}
