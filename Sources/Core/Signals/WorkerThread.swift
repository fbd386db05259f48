import Glibc

/// A thread of one's own that can be waited for: for device, pipeline and recorder loops.
public final class WorkerThread: @unchecked Sendable {
    // Sendable because `handle` is set before the initialiser returns and `joined` is used by the owner's thread only.
    private var handle = pthread_t()
    private var joined = false

    private final class Body {
        let name: String
        let run: @Sendable () -> Void

        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }

        /// The kernel's name of the calling thread.
        func setName() {
            let file = open("/proc/thread-self/comm", O_WRONLY)
            guard file >= 0 else { return }
            let bytes = Array(name.utf8.prefix(15))
            _ = write(file, bytes, bytes.count)
            close(file)
        }
    }

    /// Starts at once.
    /// - Parameter name: at most 15 bytes, shown by ps and top.
    public init(_ name: String, _ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(name, run))
        let code = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                body.setName()
                body.run()
                return nil
            }, body.toOpaque())
        precondition(code == 0, "the system refuses another thread (error \(code))")
    }

    /// Waits for the end of the thread. For the owner only; a second call returns at once.
    public func join() {
        guard !joined else { return }
        joined = true
        pthread_join(handle, nil)
    }

    /// Lets the calling thread sleep.
    public static func sleep(_ seconds: Double) {
        guard seconds > 0 else { return }
        // A century is long enough, and fits.
        let seconds = min(seconds, 3e9)
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
        nanosleep(&time, nil)
    }
}
