import Glibc
import Synchronization

/// How often the process was asked to stop; a global, because a signal handler can capture nothing.
private let stopRequests = Atomic<Int>(0)

/// Ctrl-C and the polite kill: the first one asks running work to stop and keep its data, the second ends the process.
enum StopRequest {
    static var isRequested: Bool { stopRequests.load(ordering: .relaxed) > 0 }

    /// Installs the handlers for SIGINT and SIGTERM.
    static func install() {
        // Read once here: a handler must not be the first to touch a global.
        guard !isRequested else { return }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            if stopRequests.wrappingAdd(1, ordering: .relaxed).newValue > 1 { _exit(130) }
        }
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
        // Whoever started this program may have blocked them: threads of a dispatch queue do, and a child inherits it.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        // A peer that closes its end is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }
}
