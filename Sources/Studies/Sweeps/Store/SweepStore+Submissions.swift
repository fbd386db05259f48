import GRDB
import StudyFiles

/// Job arrays and the points that they work on.
extension SweepStore {
    struct Submission: Sendable, Equatable {
        var id: Int
        /// Slurm's number; nil where it is not known whether Slurm has the job.
        var job: String?
        /// Numbers of the points that it still owes.
        var points: [Int]
    }

    /// Those that still owe points.
    func openSubmissions() throws(SweepError) -> [Submission] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT id, job FROM submission WHERE state = 'open' ORDER BY id").map { row in
                let id: Int = try row.checked("id")
                let points = try Int.fetchAll(
                    database, sql: "SELECT number FROM point WHERE submission = ? AND state = 'running' ORDER BY number",
                    arguments: [id])
                return Submission(id: id, job: try row.checkedIfThere("job"), points: points)
            }
        }
    }

    /// Takes points that wait into a new submission; their attempts begin.
    /// - Returns: nil when none waits.
    func openSubmission(points most: Int) throws(SweepError) -> (id: Int, points: [StoredPoint])? {
        try write { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM point WHERE state = 'waiting' ORDER BY attempts, number LIMIT ?",
                arguments: [most])
            guard !rows.isEmpty else { return nil }
            try database.execute(sql: "INSERT INTO submission (state) VALUES ('open')")
            let id = Int(database.lastInsertedRowID)
            var points = try rows.map(Self.stored)
            for index in points.indices {
                (points[index].state, points[index].attempts) = (.running, points[index].attempts + 1)
                try database.execute(
                    sql: "UPDATE point SET state = 'running', attempts = attempts + 1, submission = ? WHERE number = ?",
                    arguments: [id, points[index].point.number])
            }
            return (id, points)
        }
    }

    /// Slurm has it.
    func setJob(_ job: String, of submission: Int) throws(SweepError) {
        try write { try $0.execute(sql: "UPDATE submission SET job = ? WHERE id = ?", arguments: [job, submission]) }
    }

    /// Slurm has it no more, or never had. Points that it still owes wait again; their attempts do not count.
    func closeSubmission(_ id: Int) throws(SweepError) {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE point SET state = 'waiting', attempts = attempts - 1, submission = NULL
                    WHERE submission = ? AND state = 'running'
                    """, arguments: [id])
            try database.execute(sql: "UPDATE submission SET state = 'closed' WHERE id = ?", arguments: [id])
        }
    }

    /// Keeps several outcomes at once.
    func finish(_ outcomes: [(number: Int, outcome: PointOutcome)], attempts: Int) throws(SweepError) {
        guard !outcomes.isEmpty else { return }
        try write { database in
            for (number, outcome) in outcomes { try Self.finish(number, outcome, attempts: attempts, database) }
        }
    }
}
