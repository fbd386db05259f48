import Glibc
import LinearAlgebra
import Programs

/// What holds for the whole process, whatever the command.
enum ProcessStart {
    static func prepare() {
        openStandardStreams()
        ParentLife.follow()
        // A peer or a reader that closes its end is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // So is a file that would grow beyond its limit: a recording is closed then, as on a full disk.
        signal(SIGXFSZ, SIG_IGN)
        // Whoever started this program may have ignored its own children's ends; this one's are waited for.
        signal(SIGCHLD, SIG_DFL)
        // Whoever started this program may have blocked them: threads of a dispatch queue do, and a child inherits it.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        ShortenedFile.install()
        BLAS.prepare()
        MessageLevel.begin()
    }

    /// A program that was started without one of the three would open a recording in its place and write messages into it.
    private static func openStandardStreams() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // Opened so that using it fails, as using a closed one does. The lowest free number is taken, which is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
