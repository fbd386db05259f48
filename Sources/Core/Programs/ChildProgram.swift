import Dispatch
public import Failures
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A program that runs beside this one: started, fed, listened to, asked to end, and waited for.
///
/// swift-subprocess starts it and takes its status at last. Its `run` functions are for tasks and need a free thread of Swift's pool to
/// return; devices, simulators and their tests live on threads of their own and wait for programs, in tests on every thread of the pool.
/// So this type holds one such task, looks at the program's end by a thread of its own, and can be asked from any thread.
/// It stands in a process group of its own: Ctrl-C in a terminal does not reach it, whoever started it decides when it ends.
/// Of this process' files it sees none but the three that are named here. No signal is ignored or blocked when it begins.
public final class ChildProgram: Sendable {
    /// How it ended.
    public enum End: Equatable, Sendable, CustomStringConvertible {
        case exit(Int32)
        case signal(Int32)
        /// The system did not say.
        case unknown(String)

        public var description: String {
            switch self {
            case .exit(let code): "ended with exit code \(code)"
            case .signal(let number): "was ended by signal \(number)"
            case .unknown(let why): "ended in a way that the system did not tell (\(why))"
            }
        }
    }

    /// Where one of its three standard streams leads.
    public enum Stream: Sendable {
        case null
        /// To where this process' own leads.
        case inherited
        /// To this process: ``write(_:)``, ``read(upTo:timeout:)``. A pipe to standard input is a lifeline, too: it ends with this
        /// process, however that ends.
        case pipe
        /// To a file, which is made or emptied.
        case file(String)
        /// Of standard error: to where standard output leads.
        case output
    }

    public let processIdentifier: Int32
    private let name: String
    private let record: Record
    private let input: Mutex<Int32>
    private let output: Mutex<Int32>

    /// What is known of the program.
    private final class Record: Sendable {
        let started = DispatchSemaphore(value: 0)
        /// Left when the program has ended.
        let life = DispatchGroup()
        let state = Mutex<(pid: Int32?, end: End?, failure: String?)>((nil, nil, nil))

        init() { life.enter() }

        /// The program was started: returns when it has ended.
        func watch(_ pid: Int32) async {
            await withCheckedContinuation { continuation in
                let isWatched = startDetached { [self] in
                    state.withLock { $0.pid = pid }
                    started.signal()
                    let end = Self.end(of: pid)
                    state.withLock { $0.end = end }
                    life.leave()
                    continuation.resume()
                }
                if !isWatched {
                    kill(pid, SIGKILL)
                    refuse("the system refuses another thread")
                    continuation.resume()
                }
            }
        }

        /// It was not started.
        func refuse(_ why: String) {
            let isNews = state.withLock { state in
                guard state.pid == nil, state.failure == nil else { return false }
                state.failure = why
                return true
            }
            guard isNews else { return }
            life.leave()
            started.signal()
        }

        /// Waits for the end of a process without taking its status.
        private static func end(of pid: Int32) -> End {
            var news = siginfo_t()
            while waitid(P_PID, id_t(pid), &news, WEXITED | WNOWAIT) != 0 {
                guard errno == EINTR else { return .unknown(String(cString: strerror(errno))) }
            }
            let status = news._sifields._sigchld.si_status
            return news.si_code == Int32(CLD_EXITED) ? .exit(status) : .signal(status)
        }
    }

    /// Starts it.
    /// - Parameters:
    ///   - executable: path, or a name to be looked for on PATH.
    ///   - environment: all of it; nil for this process' own.
    ///   - folder: where it works; nil for where this process works.
    ///   - ownSession: also frees it from the terminal.
    /// - Throws: ``ProgramError`` when the program cannot be started or one of the files not be opened.
    public init(
        _ executable: String, _ arguments: [String], environment: [String: String]? = nil, folder: String? = nil,
        input: Stream = .null, output: Stream = .null, error: Stream = .null, ownSession: Bool = false
    ) throws(ProgramError) {
        name = executable
        var ends = StreamEnds(program: executable)
        let (far, near) = try ends.open(input, output, error)
        var options = PlatformOptions()
        if ownSession { options.createSession = true } else { options.processGroupID = 0 }
        let configuration = Configuration(
            executable: executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
            arguments: Arguments(arguments),
            environment: environment.map { .custom($0.map { Array("\($0.key)=\($0.value)\0".utf8) }) } ?? .inherit,
            workingDirectory: folder.map { FilePath($0) }, platformOptions: options)
        let record = Record()
        // Started by a thread of its own: whoever waits below may hold the last thread of Swift's pool.
        Task(executorPreference: ProgramThread.shared) {
            do {
                _ = try await run(
                    configuration,
                    input: .fileDescriptor(FileDescriptor(rawValue: far.input), closeAfterSpawningProcess: true),
                    output: .fileDescriptor(FileDescriptor(rawValue: far.output), closeAfterSpawningProcess: true),
                    error: .fileDescriptor(FileDescriptor(rawValue: far.error), closeAfterSpawningProcess: true)
                ) { execution in
                    // `run` takes the status and lets the process number go only when this returns.
                    await record.watch(execution.processIdentifier.value)
                }
            } catch {
                record.refuse("\(error)")
            }
        }
        record.started.wait()
        let (pid, failure) = record.state.withLock { ($0.pid, $0.failure) }
        guard let pid else {
            for end in [near.input, near.output] where end >= 0 { close(end) }
            throw ProgramError(program: executable, problem: "cannot be started: \(failure ?? "the system does not say why")")
        }
        processIdentifier = pid
        self.record = record
        self.input = Mutex(near.input)
        self.output = Mutex(near.output)
    }

    deinit {
        finishInput()
        let end = output.withLock { $0 }
        if end >= 0 { close(end) }
    }

    // MARK: Its life

    /// How it ended; nil while it runs.
    public var end: End? { record.state.withLock { $0.end } }

    public var isRunning: Bool { end == nil }

    /// Waits for its end.
    /// - Parameter seconds: at most; nil for as long as it takes.
    /// - Returns: nil when it still runs.
    @discardableResult
    public func wait(seconds: Double? = nil) -> End? {
        if let seconds {
            _ = record.life.wait(timeout: .now() + seconds)
        } else {
            record.life.wait()
        }
        return end
    }

    /// Sends it a signal while it runs.
    /// - Parameter toGroup: to the programs that it started, too.
    public func signal(_ number: Int32, toGroup: Bool = false) {
        record.state.withLock { state in
            if state.end == nil { kill(toGroup ? -processIdentifier : processIdentifier, number) }
        }
    }

    /// Ends its standard input, asks it to end with SIGTERM, kills it and what it started when it has not after `patience` seconds, and
    /// waits for its end.
    public func stop(patience: Double = 5) {
        finishInput()
        signal(SIGTERM)
        if wait(seconds: patience) == nil { signal(SIGKILL, toGroup: true) }
        wait()
    }

    // MARK: Its streams

    /// Sends bytes to its standard input, which is a ``Stream/pipe``; waits while the pipe is full.
    /// - Returns: false when nobody reads them any more.
    public func write(_ bytes: [UInt8]) -> Bool {
        let descriptor = input.withLock { $0 }
        guard descriptor >= 0 else { return false }
        return withBrokenPipesQuiet {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent)
                }
                if count < 0 {
                    if errno == EINTR { continue }
                    return false
                }
                sent += count
            }
            return true
        }
    }

    /// Ends its standard input.
    public func finishInput() {
        let descriptor = input.withLock { end in
            defer { end = -1 }
            return end
        }
        if descriptor >= 0 { close(descriptor) }
    }

    /// The end of the pipe to its standard input; the caller keeps it from now on.
    public func takeInput() -> Int32 {
        input.withLock { end in
            defer { end = -1 }
            return end
        }
    }

    /// What came from its standard output, which is a ``Stream/pipe``.
    /// - Parameter timeout: seconds; nil for as long as it takes.
    /// - Returns: nothing when nothing came within the time; nil when the output has ended.
    public func read(upTo limit: Int = 1 << 16, timeout: Double? = nil) -> [UInt8]? {
        let descriptor = output.withLock { $0 }
        guard descriptor >= 0 else { return nil }
        while true {
            if let timeout {
                var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if Glibc.poll(&poll, 1, Int32((timeout * 1000).rounded(.up))) <= 0 { return [] }
            }
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
                count = Glibc.read(descriptor, buffer.baseAddress, limit)
                initialized = max(0, count)
            }
            if count > 0 { return bytes }
            // A signal is not the end.
            guard count < 0, errno == EINTR || errno == EAGAIN else { return nil }
        }
    }

    /// The next line of its standard output, without its end; nil when the output ends before, or when it takes longer than `timeout`
    /// seconds.
    public func readLine(timeout: Double) -> String? {
        let last = DispatchTime.now() + timeout
        var line: [UInt8] = []
        while DispatchTime.now() < last {
            guard let byte = read(upTo: 1, timeout: 0.1) else { return nil }
            guard let byte = byte.first else { continue }
            if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }

    /// All that is still to come from its standard output.
    public func readToEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = read() { bytes += piece }
        return bytes
    }
}

/// A program that could not be started.
public struct ProgramError: Failure, Equatable {
    /// The executable.
    public var program: String
    /// Why, in words: "is not installed".
    public var problem: String

    public var kind: FailureKind { .unavailable }

    public var description: String { "\(program) \(problem)" }
}

/// Runs a body whose writes may meet a pipe that nobody reads: an error of the write then, not the end of the process.
private func withBrokenPipesQuiet(_ body: () -> Bool) -> Bool {
    var (signals, before) = (sigset_t(), sigset_t())
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    let isWhole = body()
    if !isWhole {
        var none = timespec()
        sigtimedwait(&signals, nil, &none)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    return isWhole
}
