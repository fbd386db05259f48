import Glibc
import Synchronization

/// Ctrl-C and the polite kill: the first one asks running work to stop and keep its data, the second ends the process.
enum StopRequest {
    private static let count = Atomic<Int>(0)

    static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

    /// Installs the handlers for SIGINT and SIGTERM.
    static func install() {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            if count.wrappingAdd(1, ordering: .relaxed).newValue > 1 { _exit(130) }
        }
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
        // A peer that closes its end is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }
}
