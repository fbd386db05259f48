import ArgumentParser
import Glibc
import Synchronization

/// How often the process was asked to stop; a global, because a signal handler can capture nothing.
private let stopRequests = Atomic<Int>(0)
/// Whether a person sees the standard error.
private let isSeen = Atomic<Bool>(false)
/// The signal that asked first.
private let stopSignal = Atomic<Int32>(0)

/// Ctrl-C, the polite kill and a terminal that went away: the first one asks running work to stop and keep its data, the second ends
/// the process.
enum StopRequest {
    static var isRequested: Bool { stopRequests.load(ordering: .relaxed) > 0 }

    /// Exit code of work that was stopped: 128 and the signal's number, 130 for Ctrl-C.
    static var exitCode: ExitCode {
        let number = stopSignal.load(ordering: .relaxed)
        return ExitCode(128 + (number == 0 ? SIGINT : number))
    }

    /// For a report: what stopped it.
    static var reason: String {
        switch stopSignal.load(ordering: .relaxed) {
        case SIGTERM: "stopped by SIGTERM"
        case SIGHUP: "stopped by SIGHUP"
        default: "stopped by Ctrl-C"
        }
    }

    /// The signals that ask. SIGHUP is not among them where it was ignored from the start, as under nohup.
    static var signals: [Int32] {
        var present = sigaction()
        sigaction(SIGHUP, nil, &present)
        let isIgnored = unsafeBitCast(present.__sigaction_handler.sa_handler, to: Int.self) == 1
        return isIgnored ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
    }

    /// Takes one request; the second one ends the process. Safe in a signal handler.
    static func take(_ number: Int32) {
        if stopRequests.wrappingAdd(1, ordering: .relaxed).newValue > 1 { _exit(128 + number) }
        stopSignal.store(number, ordering: .relaxed)
        if isSeen.load(ordering: .relaxed) {
            let words: StaticString = "\nlarmor: stopping; once more ends it at once\n"
            write(2, words.utf8Start, words.utf8CodeUnitCount)
        }
    }

    /// Asks from inside the program, once.
    static func ask() { _ = stopRequests.compareExchange(expected: 0, desired: 1, ordering: .relaxed) }

    /// Installs the handlers.
    static func install() {
        // Read once here: a handler must not be the first to touch a global.
        guard !isRequested, stopSignal.load(ordering: .relaxed) == 0 else { return }
        isSeen.store(isatty(2) == 1, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { StopRequest.take($0) }
        // What waits for bytes of a file or a pipe waits on; loops ask ``isRequested``.
        action.sa_flags = Int32(SA_RESTART)
        for number in signals { sigaction(number, &action, nil) }
    }
}
