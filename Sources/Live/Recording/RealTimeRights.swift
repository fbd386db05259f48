import Glibc

/// Real-time priority for the threads of a run, and memory that is never paged out, where the system permits them.
public struct RealTimeRights: Sendable, Equatable {
    /// Whether threads get a real-time priority, and if not, the system's number of why.
    public var priority: Int32?
    /// Whether memory is locked, likewise.
    public var memory: Int32?

    public var isPriorityGiven: Bool { priority == nil }
    public var isMemoryLocked: Bool { memory == nil }

    /// Above the usual work of a desk, below the kernel's own threads.
    static let level: Int32 = 20

    /// Runs something whose new threads inherit a real-time priority from the calling one, which has its own again afterwards.
    static func giving<Result>(_ body: () throws -> Result) rethrows -> (Result, RealTimeRights) {
        var rights = RealTimeRights()
        // Pages are locked as they are first touched: nothing that is only reserved takes memory.
        let onFault: Int32 = 4
        if mlockall(MCL_CURRENT | MCL_FUTURE | onFault) != 0 { rights.memory = errno }
        var before = sched_param()
        var policy: Int32 = 0
        pthread_getschedparam(pthread_self(), &policy, &before)
        var wanted = sched_param()
        wanted.sched_priority = level
        let code = pthread_setschedparam(pthread_self(), SCHED_FIFO, &wanted)
        if code != 0 { rights.priority = code }
        defer { if code == 0 { pthread_setschedparam(pthread_self(), policy, &before) } }
        return (try body(), rights)
    }

    /// In words, for people.
    public var text: String {
        func cause(_ code: Int32) -> String { String(cString: strerror(code)) }
        let remedy = "`larmor doctor` says how to get it"
        return switch (priority, memory) {
        case (nil, nil): "devices and pipeline have real-time priority, and memory is locked"
        case (nil, let code?): "devices and pipeline have real-time priority; memory is not locked (\(cause(code))): \(remedy)"
        case (let code?, nil): "memory is locked; real-time priority is not permitted (\(cause(code))): \(remedy)"
        case (let code?, _?): "real-time priority and locked memory are not permitted (\(cause(code))): \(remedy)"
        }
    }
}
