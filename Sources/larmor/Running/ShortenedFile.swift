import Glibc

/// Recordings are read through mappings. One that another program cuts shorter meanwhile would end this program with a bus
/// error; here it ends with a message and an exit code, as other files do that cannot be read.
enum ShortenedFile {
    static func install() {
        var action = sigaction()
        // Only calls that are safe in a handler.
        action.__sigaction_handler.sa_sigaction = { _, info, _ in
            // BUS_ADRERR: the address is beyond the end of the file.
            guard info?.pointee.si_code == 2 else {
                signal(SIGBUS, SIG_DFL)
                return
            }
            let message: StaticString = """
                larmor: a file that is being read was cut shorter by another program; wait for that program to end, then try again

                """
            _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
            _exit(74)
        }
        action.sa_flags = SA_SIGINFO
        sigaction(SIGBUS, &action, nil)
    }
}
