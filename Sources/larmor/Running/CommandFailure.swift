import ArgumentParser
import Failures

/// Turns an error of the modules into one line on standard error and a conventional exit code (sysexits.h).
func reportingFailures(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let exit as ExitCode {
        throw exit
    } catch let wrong as ValidationError {
        // Options that do not fit the files: the parser tells it as its own, with the usage, and exit code 64.
        throw wrong
    } catch let ended as any EndedStep {
        Console.note("larmor: \(ended)")
        throw ExitCode(ended.exitCode)
    } catch {
        // A decoder's own words are not for people.
        Console.note("larmor: " + (error is DecodingError ? DecodingFault(error).description : "\(error)"))
        throw ExitCode((error as? any Failure)?.kind.rawValue ?? 1)
    }
}

/// A command that another one ran and that failed: its exit code is handed on.
protocol EndedStep: Error, CustomStringConvertible {
    var exitCode: Int32 { get }
}
