import CLinux
import Glibc
import Signals

/// Waits for a descriptor, a waker or the end of a time, again and again, for as little as the kernel lets it.
///
/// `poll` hands the descriptors over and arms a timer for every wait, and packets come every few milliseconds. Here the kernel
/// knows the descriptors, and the timer stays armed from wait to wait: only when it calls too early is it set again.
final class ReadinessWait {
    /// What ended a wait.
    enum End {
        /// epoll's events of the descriptor.
        case ready(UInt32)
        /// The time is over, the waker called or a signal came.
        case nothing
    }

    private enum Source: UInt64 {
        case descriptor, waker, timer
    }

    private var epoll: Int32
    private var timer: Int32
    private let waker: Waker?
    private let port: String
    /// When the timer calls next; nil while it is not set.
    private var alarm: HostTime?

    /// - Throws: ``TransportError`` when the system has no descriptor left.
    init(for descriptor: Int32, waker: Waker?, port: String) throws(TransportError) {
        self.waker = waker
        self.port = port
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
        do throws(TransportError) {
            guard epoll >= 0, timer >= 0 else { throw .system("epoll", port: port, errno: errno) }
            try add(descriptor, .descriptor, EPOLLIN.rawValue)
            if let waker { try add(waker.descriptor, .waker, EPOLLIN.rawValue) }
            // By edges: its calls need not be read away.
            try add(timer, .timer, EPOLLIN.rawValue | EPOLLET.rawValue)
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    func close() {
        if epoll >= 0 { Glibc.close(epoll) }
        if timer >= 0 { Glibc.close(timer) }
        (epoll, timer) = (-1, -1)
    }

    /// - Parameter timeout: seconds, at least 0.
    func wait(timeout: Double) throws(TransportError) -> End {
        let end = HostTime.now() + timeout
        while true {
            if timeout > 0 { try setAlarm(until: end) }
            let (count, descriptorEvents, wakerCalled) = collect(timeout > 0 ? -1 : 0)
            if count < 0 {
                if errno == EINTR { return .nothing }
                throw .system("epoll_wait", port: port, errno: errno)
            }
            if descriptorEvents != 0 { return .ready(descriptorEvents) }
            if wakerCalled || timeout <= 0 { return .nothing }
            if HostTime.now() >= end { return .nothing }
        }
    }

    private func collect(_ milliseconds: Int32) -> (count: Int32, descriptorEvents: UInt32, wakerCalled: Bool) {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 3) { events in
            let count = epoll_wait(epoll, events.baseAddress, 3, milliseconds)
            var (ready, called) = (UInt32(0), false)
            for index in 0..<max(0, Int(count)) {
                switch Source(rawValue: events[index].data.u64) {
                case .descriptor: ready = events[index].events
                case .waker:
                    waker?.clear()
                    called = true
                case .timer: alarm = nil
                case nil: break
                }
            }
            return (count, ready, called)
        }
    }

    /// Makes sure that the timer calls at `end` or before.
    private func setAlarm(until end: HostTime) throws(TransportError) {
        if let alarm, alarm <= end { return }
        // Zero would switch the timer off.
        let left = max(1000, end.nanoseconds - HostTime.now().nanoseconds)
        guard larmor_timerfd_set(timer, left) == 0 else { throw .system("timerfd_settime", port: port, errno: errno) }
        alarm = end
    }

    private func add(_ descriptor: Int32, _ source: Source, _ events: UInt32) throws(TransportError) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = source.rawValue
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
            throw .system("epoll_ctl", port: port, errno: errno)
        }
    }
}
