public import Failures
import Foundation
import GRDB

/// Why a store in SQLite cannot be opened, read or written.
public enum StoreFault: Error, Equatable, Sendable {
    case missing
    /// A folder, or a file that may not be read.
    case unreadable(String)
    /// A file of another program's.
    case foreign
    /// The number of the store's form.
    case otherFormat(Int, expected: Int)
    /// Another program has set it to write ahead: whoever only read it would leave files beside it.
    case writesAhead
    /// SQLite's words.
    case damaged(String)
    /// Another process works on the same study.
    case inUse
    /// Another program is writing to it.
    case busy
    case system(call: String, code: Int32)

    /// What an error of SQLite's means.
    package init(_ error: any Error) {
        if let own = error as? StoreFault {
            self = own
            return
        }
        guard let error = error as? DatabaseError else {
            self = .damaged("\(error)")
            return
        }
        self =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .system(call: "write", code: EACCES)
            case .SQLITE_CANTOPEN: .system(call: "open", code: EACCES)
            case .SQLITE_FULL: .system(call: "write", code: ENOSPC)
            case .SQLITE_IOERR: .system(call: "write", code: EIO)
            default: .damaged(error.message ?? "\(error.resultCode)")
            }
    }

    public var kind: FailureKind {
        switch self {
        case .missing, .unreadable: .missingInput
        case .foreign, .otherFormat, .writesAhead, .damaged: .badInput
        case .inUse, .busy: .unavailable
        case .system: .inputOutput
        }
    }

    /// - Parameters:
    ///   - study: "search", "sweep".
    ///   - maker: the command that makes a store.
    ///   - anew: what begins another one.
    package func text(study: String, maker: String, anew: String) -> String {
        switch self {
        case .missing: "there is no such store; `\(maker)` makes one"
        case .unreadable(let why): "cannot be read: \(why)"
        case .foreign: "it is no store of a \(study), and stays as it is; \(anew)"
        case .otherFormat(let found, let expected):
            "the store has form \(found), expected \(expected): another version of larmor made it; use that version, or \(anew)"
        case .writesAhead:
            "another program has set the store to write ahead (WAL); set it back: sqlite3 FILE \"PRAGMA journal_mode = DELETE\""
        case .damaged(let words): "the store is damaged (\(words)); keep a copy, and \(anew)"
        case .inUse: "another process runs this \(study); wait for it, or end it"
        case .busy: "another program is writing to the store; wait for it"
        case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))"
        }
    }
}
