import Foundation
import GRDB

/// Why a store in SQLite cannot be opened, read or written. Each study says it in its own words.
package enum StoreFault: Error, Equatable, Sendable {
    case missing
    /// A file of another program's.
    case foreign
    /// The number of the store's form.
    case otherFormat(Int, expected: Int)
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
}
