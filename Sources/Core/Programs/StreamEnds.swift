import CLinux
import Glibc

/// Opens the files of a program's three standard streams: its ends of them and, of pipes, this process' ends.
struct StreamEnds {
    let program: String
    private var opened: [Int32] = []

    init(program: String) { self.program = program }

    /// - Returns: the program's ends, to be closed when it has started, and this process' ends, −1 where there is no pipe.
    mutating func open(
        _ input: ChildProgram.Stream, _ output: ChildProgram.Stream, _ error: ChildProgram.Stream
    ) throws(ProgramError) -> (
        far: (input: Int32, output: Int32, error: Int32), near: (input: Int32, output: Int32)
    ) {
        do throws(ProgramError) {
            let (farInput, nearInput) = try end(input, standard: STDIN_FILENO)
            let (farOutput, nearOutput) = try end(output, standard: STDOUT_FILENO)
            let farError =
                if case .output = error {
                    try checked(fcntl(farOutput, F_DUPFD_CLOEXEC, 3), "standard error")
                } else {
                    try end(error, standard: STDERR_FILENO).far
                }
            return ((farInput, farOutput, farError), (nearInput, nearOutput))
        } catch {
            for descriptor in opened { close(descriptor) }
            throw error
        }
    }

    private mutating func end(_ stream: ChildProgram.Stream, standard: Int32) throws(ProgramError) -> (far: Int32, near: Int32)
    {
        switch stream {
        case .inherited:
            // Numbers from 3 on, so that none of them is in the way of another's place.
            let copy = fcntl(standard, F_DUPFD_CLOEXEC, 3)
            guard copy < 0 else { return (try checked(copy, "standard stream"), -1) }
            return try end(.null, standard: standard)
        case .pipe:
            var ends: [Int32] = [-1, -1]
            _ = try checked(pipe2(&ends, O_CLOEXEC), "pipe", isDescriptor: false)
            opened += ends
            return standard == STDIN_FILENO ? (ends[0], ends[1]) : (ends[1], ends[0])
        case .file(let path):
            return (try checked(Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600), path), -1)
        case .null, .output:
            return (try checked(Glibc.open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null"), -1)
        }
    }

    private mutating func checked(_ result: Int32, _ what: String, isDescriptor: Bool = true) throws(ProgramError) -> Int32 {
        guard result >= 0 else {
            let cause = String(cString: strerror(errno))
            throw ProgramError(program: program, problem: "cannot be started: \(what): \(cause)")
        }
        if isDescriptor { opened.append(result) }
        return result
    }
}
