import Foundation
import Glibc

/// The C99 example board as a process behind a pseudo-terminal, as if on a serial port. Its samples are known values
/// (`firmware-protocols/riglink/reference/example_board.h`).
package final class ExampleBoard {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String

        package init(description: String) { self.description = description }
    }

    /// A link to the pseudo-terminal; a board that is plugged in again is found there again.
    package let path: String
    private let rate: Int
    private var terminal: Int32 = -1
    /// Kept open: without it the board would read the end of its line before the driver comes.
    private var far: Int32 = -1
    private var process: Process?

    package init(rate: Int) throws {
        path =
            FileManager.default.temporaryDirectory.path
            + "/larmor-board-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        self.rate = rate
        try plugIn()
    }

    deinit { unplug() }

    /// The board's program, compiled from the reference firmware.
    private static let program: Result<String, Failure> = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("firmware-protocols/riglink/reference").path
        let output = FileManager.default.temporaryDirectory.path + "/larmor-board-program-\(getpid())"
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments =
            ["cc", "-std=c99", "-O1", "-o", output]
            + ["host_main.c", "serve.c", "example_board.c", "riglink.c"].map { folder + "/" + $0 }
        do { try compiler.run() } catch {
            return .failure(Failure(description: "cc cannot be run: \(error)"))
        }
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else {
            return .failure(Failure(description: "the board does not compile"))
        }
        return .success(output)
    }()

    package func plugIn() throws {
        let program = try Self.program.get()
        var name = [CChar](repeating: 0, count: 128)
        guard openpty(&terminal, &far, &name, nil, nil) == 0 else {
            throw Failure(description: "no pseudo-terminal")
        }
        var settings = termios()
        tcgetattr(far, &settings)
        cfmakeraw(&settings)
        tcsetattr(far, TCSANOW, &settings)
        _ = fcntl(terminal, F_SETFD, FD_CLOEXEC)
        _ = fcntl(far, F_SETFD, FD_CLOEXEC)
        unlink(path)
        symlink(name, path)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--rate", "\(rate)"]
        let line = FileHandle(fileDescriptor: terminal, closeOnDealloc: false)
        process.standardInput = line
        process.standardOutput = line
        try process.run()
        self.process = process
    }

    /// The port hangs up and its name is gone.
    package func unplug() {
        unlink(path)
        if let process {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        process = nil
        for end in [terminal, far] where end >= 0 { close(end) }
        (terminal, far) = (-1, -1)
    }
}
