import ArgumentParser
import AudioFiles
import Catalog
import Confidence
import Foundation
import MagneticFilm
import Pipeline
import Programs
import Recognition
import Reservoirs
import Sessions
import Signals
import Simulators
import Transports

/// Turns an error of the modules into one line on standard error and a conventional exit code (sysexits.h).
func reportingFailures(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let exit as ExitCode {
        throw exit
    } catch {
        Console.note("larmor: \(error)")
        throw ExitCode(exitCode(of: error))
    }
}

private func exitCode(of error: any Error) -> Int32 {
    switch error {
    case let error as RigError:
        if case .unreadable = error.reason, !FileManager.default.fileExists(atPath: error.file) { return 66 }
        return 65
    case let error as PromptList.FileError: return error.isMissing ? 66 : 65
    case DemoError.stepFailed(_, let status): return status
    case is AudioError, is RecognizerModel.FileError, is FilmReadout.FileError: return 65
    case is FilmError: return 65
    case let error as ConfidenceError:
        switch error.reason {
        case .noSuchFile: return 66
        case .notWritten, .unreadable: return 74
        default: return 65
        }
    case let error as DriveTable.FileError: return error.isMissing ? 66 : 65
    case let error as OVFError:
        switch error.reason {
        case .noSuchFile: return 66
        case .notWritten: return 74
        default: return 65
        }
    case let error as VAMPIREError:
        switch error.reason {
        case .noSuchFile: return 66
        case .notWritten: return 74
        default: return 65
        }
    case is CatalogError: return 74
    case is TransportError, is SimulatorError, is ProgramError: return 69
    case is ThreadError: return 71
    case let error as SessionError:
        switch error.reason {
        case .notASession: return 66
        case .damaged, .unsupported, .manifestMissing: return 65
        default: return 74
        }
    default: return 1
    }
}
