import GRDB

extension CatalogError {
    /// What GRDB and SQLite tell, in our words.
    /// - Parameter patience: seconds that another program's writing was waited for.
    init(_ error: any Error, path: String?, patience: Double) {
        let path = path ?? "memory"
        if let own = error as? CatalogError {
            self = own
            return
        }
        guard let error = error as? DatabaseError else {
            // An entry that is no JSON of ours.
            self.init(path: path, reason: .damaged)
            return
        }
        let words = error.message
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(path: path, reason: .busy(seconds: patience))
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: self.init(path: path, reason: .readOnly)
        case .SQLITE_CANTOPEN: self.init(path: path, reason: .closed)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self.init(path: path, reason: .damaged, detail: words)
        case .SQLITE_FULL: self.init(path: path, reason: .diskFull)
        case .SQLITE_IOERR: self.init(path: path, reason: .inputOutput, detail: words)
        default: self.init(path: path, reason: .other, detail: words)
        }
    }
}
