import Devices
import Foundation
import Logging
import Recording
import RemoteControl
import Rigs
import Signals

/// One recording of several.
extension ControlledRecording {
    /// Seconds that a device may need before it streams, and that one which was just closed is waited for.
    private static let startPatience = 15.0
    private static let openPatience = 3.0
    /// Seconds that the last markers are waited for.
    private static let markerPatience = 1.0

    func record(_ request: ControlDoor.Request, at place: SessionPlace) -> Step {
        desk.update {
            $0.state = .starting
            $0.session = place.folder
            $0.note = place.note
            $0.error = nil
            $0.seconds = 0
            $0.bytes = 0
        }
        if let note = place.note { log.warning("\(place.folder): \(note)") }
        let run: LiveRun
        let feed: ConsoleFeed
        do {
            let (rig, console) = (namedRig, try ConsoleFeed())
            feed = console
            run = try RigOpening(rig: rig, simulators: simulators, patience: Self.openPatience).open {
                try LiveRun(
                    rig, ports: simulators.ports, session: place.folder, provenance: ProcessProvenance.now, console: console,
                    isWatched: page != nil)
            }
        } catch {
            desk.update { $0.state = .opening }
            refuse(request, StopRequest.isRequested ? "the recorder ends" : "\(error)")
            return StopRequest.isRequested ? .end : .watch(nil)
        }
        RigOpening.tell(run.rig)
        link(place)
        return record(run, feed, place, started: request)
    }

    private func record(
        _ run: LiveRun, _ feed: ConsoleFeed, _ place: SessionPlace, started: ControlDoor.Request
    ) -> Step {
        var start: ControlDoor.Request? = started
        var stop: ControlDoor.Request?
        let begin = HostTime.now()
        var board = StatusBoard(desk, run, folder: place.folder)
        var loop = RunLoop(simulators: simulators, run: run, endsSimulators: false)
        loop.page = page
        loop.realTime = realTime
        loop.beforeStop = { self.endMarkers(run) }
        do {
            let report = try loop.untilDone(
                seconds: nil, label: "recording",
                isDone: {
                    if let request = start {
                        if let reason = notStarted(run, since: begin) {
                            refuse(request, "\(reason); what was recorded until then is in \(place.folder)")
                            start = nil
                            return true
                        }
                        guard run.isStreaming else { return false }
                        board.show(.recording)
                        desk.beginMarkers(feed)
                        Console.note("recording to \(place.folder)")
                        door.reply(.done, to: request)
                        start = nil
                    }
                    board.refresh()
                    stop = serveRecording(place)
                    return stop != nil
                }, show: Console.note)
            if json { try? Console.json(report) } else { Report.show(report) }
        } catch {
            if let request = start { refuse(request, "\(error)") }
            return StopRequest.isRequested ? .end : .watch(nil)
        }
        if let error = run.recorderFailure {
            failure = failure ?? error
            log.error("\(place.folder): \(error)")
            desk.update { $0.error = "\(error)" }
        }
        let reason = run.recorderFailure.map { "\($0)" }
        desk.update { $0.state = .opening }
        if let request = start { refuse(request, reason ?? "the recorder ends") }
        if let request = stop { door.reply(reason.map { .refused($0) } ?? .done, to: request) }
        return StopRequest.isRequested ? .end : .watch(nil)
    }

    /// Why a recording has not begun; nil while it may still, and when it has.
    private func notStarted(_ run: LiveRun, since begin: HostTime) -> String? {
        if let absence = run.absences.first { return absence }
        guard !run.isStreaming, HostTime.now() - begin > Self.startPatience else { return nil }
        return "not every device streams after \(Int(Self.startPatience)) s"
    }

    /// Does what clients have asked for.
    /// - Returns: the request to stop, if there is one.
    private func serveRecording(_ place: SessionPlace) -> ControlDoor.Request? {
        takeTyped()
        while let request = door.nextRequest() {
            switch request.command {
            case .stop:
                desk.update { $0.state = .stopping }
                return request
            case .start: refuse(request, "a recording runs already: \(place.folder)")
            case .update: refuse(request, "a recording runs: its streams stay as they are")
            default: serveAnytime(request)
            }
        }
        return nil
    }

    /// Takes no more markers, and waits until those that were taken have reached the recording.
    private func endMarkers(_ run: LiveRun) {
        let sent = desk.endMarkers()
        let begin = HostTime.now()
        func received() -> UInt64 {
            run.streamStates.first { $0.description.name == ConsoleSampleDecoder.markers }?.received ?? sent
        }
        while received() < sent, HostTime.now() - begin < Self.markerPatience { usleep(1000) }
    }

    /// Where the template names a file, a link leads from it to the recording.
    private func link(_ place: SessionPlace) {
        guard let file = place.file, let name = place.parts.last else { return }
        let target = name + "/recording.xdf"
        // What is left of a recording that was deleted leads to the new one.
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: file)) == target { return }
        do {
            try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: target)
        } catch {
            log.warning("\(file) could not be made as a link to the recording: \(error.localizedDescription)")
        }
    }
}
