public import Failures
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
    /// - Parameters:
    ///   - name: at most 15 bytes, shown by ps and top.
    ///   - run: the thread's work; the thread ends with it.
    /// - Throws: ``ThreadError`` when the system has no thread left.
    public init(_ name: String, _ run: @escaping @Sendable () -> Void) throws(ThreadError) {
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
        guard code == 0 else {
            body.release()
            throw ThreadError(name: name, code: code)
        }
    }

    /// Waits for the end of the thread. For the owner only; a second call returns at once.
    public func join() {
        guard !joined else { return }
        joined = true
        pthread_join(handle, nil)
    }

    /// Nobody will ask for the thread again; it frees itself when it ends. For the owner only.
    public func detach() {
        guard !joined else { return }
        joined = true
        pthread_detach(handle)
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

/// The system refused a thread: too many processes or too little memory, for this user or this machine.
public struct ThreadError: Failure, Equatable {
    /// What the thread was to do.
    public var name: String
    /// The system's number, mostly EAGAIN.
    public var code: Int32

    public init(name: String, code: Int32) {
        self.name = name
        self.code = code
    }

    public var kind: FailureKind { .system }

    public var description: String {
        "the system refuses the thread “\(name)”: \(String(cString: strerror(code))); end other programs, or raise `ulimit -u`"
    }
}
