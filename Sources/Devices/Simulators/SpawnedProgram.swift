import Foundation
import Glibc

/// A program that runs beside this one, as the server of a stand-in.
///
/// Not Foundation's `Process`, which takes a child that closes every inherited descriptor, as PulseAudio does, for one that
/// ends: it then waits for that child's end, and the end of no other child is seen meanwhile.
final class SpawnedProgram {
    /// How it ended.
    enum End: Equatable, CustomStringConvertible {
        case exit(Int32)
        case signal(Int32)

        var description: String {
            switch self {
            case .exit(let code): "ended with exit code \(code)"
            case .signal(let number): "was ended by signal \(number)"
            }
        }
    }

    let processIdentifier: pid_t
    private var knownEnd: End?

    /// Starts the program in a process group of its own: Ctrl-C in a terminal does not reach it.
    /// - Parameters:
    ///   - output: file that takes what it prints and its messages.
    /// - Throws: ``SimulatorError`` when the program or the file cannot be opened.
    init(_ executable: String, _ arguments: [String], environment: [String: String], output: String) throws(SimulatorError) {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A blocked or ignored signal would be inherited, and the program deaf to the request to end.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var argv: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in argv + envp { free(string) } }
        var process = pid_t()
        let code = posix_spawn(&process, executable, &files, &attributes, &argv, &envp)
        guard code == 0 else { throw SimulatorError("\(executable) cannot be started: \(String(cString: strerror(code)))") }
        processIdentifier = process
    }

    /// How it ended; nil while it runs.
    var end: End? {
        guard knownEnd == nil else { return knownEnd }
        var status: Int32 = 0
        let answer = waitpid(processIdentifier, &status, WNOHANG)
        if answer == processIdentifier {
            knownEnd = status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
        } else if answer < 0, errno == ECHILD {
            // Somebody else in this process took its status.
            knownEnd = .exit(0)
        }
        return knownEnd
    }

    /// Asks it to end, kills it when it has not after `patience` seconds, and waits for its end.
    func stop(patience: Double = 5) {
        guard end == nil else { return }
        kill(processIdentifier, SIGTERM)
        let last = Date().addingTimeInterval(patience)
        while end == nil, Date() < last { usleep(5000) }
        if end == nil { kill(processIdentifier, SIGKILL) }
        while end == nil { usleep(5000) }
    }
}
