import Foundation
import Synchronization

/// How large the studies are, and where their tables go.
///
/// LARMOR_STUDY_CASES is the number of the clock study's cases (50), a seventh of it that of the study of two streams;
/// LARMOR_STUDY_SEED the first one's seed (the day's number by default, so that the seeds change), LARMOR_STUDY_SECONDS the length of
/// each (3600), LARMOR_STUDY_TABLES a folder for the tables.
enum SeededStudy {
    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment["LARMOR_STUDY_" + name].flatMap(Int.init)
    }

    static let cases = setting("CASES") ?? 50
    static let firstSeed = setting("SEED") ?? Int(Date().timeIntervalSince1970 / 86_400) * 1000
    static let seconds = Double(setting("SECONDS") ?? 3600)

    private final class Work<Row: Sendable>: Sendable {
        let next = Atomic<Int>(0)
        let rows = Mutex<[(index: Int, row: Row)]>([])
    }

    /// The rows of so many cases, in their order; on all cores where the whole study runs.
    static func rows<Row: Sendable>(_ count: Int, _ row: @escaping @Sendable (_ seed: UInt64) -> Row) async -> [Row] {
        let work = Work<Row>()
        await withTaskGroup(of: Void.self) { group in
            // Within the suite it leaves the other core to tests that run in real time.
            for _ in 0..<(cases > 50 ? ProcessInfo.processInfo.activeProcessorCount : 1) {
                group.addTask {
                    while true {
                        let index = work.next.wrappingAdd(1, ordering: .relaxed).oldValue
                        guard index < count else { return }
                        let found = row(UInt64(firstSeed + index))
                        work.rows.withLock { $0.append((index, found)) }
                    }
                }
            }
        }
        return work.rows.withLock { $0.sorted { $0.index < $1.index }.map(\.row) }
    }

    /// Shows a study's table and writes it where LARMOR_STUDY_TABLES says.
    static func show(_ table: String, as name: String) throws {
        print(table)
        guard let folder = ProcessInfo.processInfo.environment["LARMOR_STUDY_TABLES"] else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try table.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }
}
