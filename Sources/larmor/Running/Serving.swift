import Foundation
import Glibc
import Simulators

/// What all simulator commands share: the announcement, and when to end.
struct Serving {
    private let watchesInput: Bool

    /// Announces the address and serves until Ctrl-C, or until standard input ends.
    init(_ announcement: SimulatorProcess.Announcement, _ options: ServingOptions) throws {
        try self.init(announcement, json: options.json, untilInputEnds: options.untilInputEnds)
    }

    init(_ announcement: SimulatorProcess.Announcement, json: Bool, untilInputEnds: Bool) throws {
        watchesInput = untilInputEnds
        if json {
            try Console.json(announcement)
        } else {
            Console.result("\(announcement.device) at \(announcement.address); Ctrl-C ends it")
        }
    }

    func isDone() -> Bool {
        if StopRequest.isRequested { return true }
        guard watchesInput else { return false }
        var poll = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, 0) > 0 else { return false }
        var byte: UInt8 = 0
        let count = read(0, &byte, 1)
        // A signal is not the end.
        return count == 0 || count < 0 && errno != EINTR && errno != EAGAIN
    }
}
