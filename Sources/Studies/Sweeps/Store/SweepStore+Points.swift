import GRDB
import StudyFiles

/// Points and their states.
extension SweepStore {
    public func counts() throws(SweepError) -> SweepCounts {
        try read { database in
            var counts = SweepCounts()
            for row in try Row.fetchAll(database, sql: "SELECT state, count(*) AS number FROM point GROUP BY state") {
                let number: Int = try row.checked("number")
                switch StoredPoint.State(rawValue: try row.checked("state")) {
                case .waiting: counts.waiting = number
                case .running: counts.running = number
                case .done: counts.done = number
                case .failed: counts.failed = number
                case nil: break
                }
            }
            return counts
        }
    }

    /// All points by number, or those in one state.
    public func points(_ state: StoredPoint.State? = nil) throws(SweepError) -> [StoredPoint] {
        try read { database in
            let condition = state.map { " WHERE state = '\($0.rawValue)'" } ?? ""
            return try Row.fetchAll(database, sql: "SELECT * FROM point" + condition + " ORDER BY number").map(Self.stored)
        }
    }

    /// The best one that is done; the lowest number of equal ones.
    public func best(_ objective: SweepObjective?) throws(SweepError) -> StoredPoint? {
        guard let objective else { return nil }
        return try read { database in
            let order = objective.isMaximised ? "DESC" : "ASC"
            return try Row.fetchOne(
                database,
                sql: "SELECT * FROM point WHERE state = 'done' AND value IS NOT NULL ORDER BY value \(order), number LIMIT 1"
            ).map(Self.stored)
        }
    }

    static func stored(_ row: Row) throws -> StoredPoint {
        StoredPoint(
            point: SweepPoint(number: try row.checked("number"), parameters: try value(row.checked("parameters"))),
            state: StoredPoint.State(rawValue: try row.checked("state")) ?? .failed, attempts: try row.checked("attempts"),
            exitCode: try row.checkedIfThere("exit_code"), failure: try row.checkedIfThere("failure"),
            standardError: try row.checkedIfThere("standard_error"), result: try row.checkedIfThere("result"),
            value: try row.checkedIfThere("value"), seconds: try row.checkedIfThere("seconds"),
            host: try row.checkedIfThere("host"))
    }

    /// Makes ready for a run: points of a run that died wait again, as do failed ones with attempts left.
    /// - Parameters:
    ///   - attempts: that a point may have.
    ///   - retryFailed: give failed points all their attempts again.
    public func prepare(attempts: Int, retryFailed: Bool = false) throws(SweepError) {
        try write { database in
            try database.execute(
                sql:
                    "UPDATE point SET state = 'waiting', attempts = attempts - 1 WHERE state = 'running' AND submission IS NULL"
            )
            // With fewer attempts than the last run had.
            try database.execute(
                sql: "UPDATE point SET state = 'failed' WHERE state = 'waiting' AND attempts >= ?", arguments: [attempts])
            if retryFailed {
                try database.execute(sql: "UPDATE point SET state = 'waiting', attempts = 0 WHERE state = 'failed'")
            }
            try database.execute(
                sql: "UPDATE point SET state = 'waiting' WHERE state = 'failed' AND attempts < ?", arguments: [attempts])
        }
    }

    /// Takes the next point that waits, those that have not failed yet first; its attempt begins.
    func claim() throws(SweepError) -> StoredPoint? {
        try write { database in
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM point WHERE state = 'waiting' ORDER BY attempts, number LIMIT 1")
            else { return nil }
            var point = try Self.stored(row)
            try database.execute(
                sql: "UPDATE point SET state = 'running', attempts = attempts + 1, submission = NULL WHERE number = ?",
                arguments: [point.point.number])
            (point.state, point.attempts) = (.running, point.attempts + 1)
            return point
        }
    }

    /// The attempt was broken off and does not count.
    func release(_ number: Int) throws(SweepError) {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE point SET state = 'waiting', attempts = attempts - 1, submission = NULL
                    WHERE number = ? AND state = 'running'
                    """, arguments: [number])
        }
    }

    /// Keeps how an attempt ended. A point that failed waits again while it has attempts left.
    func finish(_ number: Int, _ outcome: PointOutcome, attempts: Int) throws(SweepError) {
        try write { database in
            try Self.finish(number, outcome, attempts: attempts, database)
        }
    }

    static func finish(_ number: Int, _ outcome: PointOutcome, attempts: Int, _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE point SET
                    state = CASE WHEN ? IS NULL THEN 'done' WHEN attempts < ? THEN 'waiting' ELSE 'failed' END,
                    submission = NULL, exit_code = ?, failure = ?, standard_error = ?, result = ?, value = ?, seconds = ?, host = ?
                WHERE number = ? AND state = 'running'
                """,
            arguments: [
                outcome.failure, attempts, outcome.exitCode, outcome.failure, outcome.standardError, outcome.result,
                outcome.value, outcome.seconds, outcome.host, number,
            ])
    }
}
