import GRDB

/// Changes a store as nothing of Larmor's does.
enum DatabaseQueueAccess {
    static func execute(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}
