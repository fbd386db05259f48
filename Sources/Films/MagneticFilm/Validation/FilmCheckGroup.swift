public import Foundation

/// Rows of the validation table that one computation gives.
public struct FilmCheckGroup: Sendable {
    /// What a group may use, and how it says how far it is.
    public struct Context {
        /// Folder with `film-record` and `mumag`; nil when there is none.
        public var data: URL?
        public var threads: Int
        /// Called with 0 … 1; false asks the group to give up.
        public var progress: (Double) -> Bool

        public init(data: URL?, threads: Int, progress: @escaping (Double) -> Bool = { _ in true }) {
            (self.data, self.threads, self.progress) = (data, threads, progress)
        }

        func file(_ path: String) -> URL? {
            guard let file = data?.appendingPathComponent(path), FileManager.default.fileExists(atPath: file.path) else {
                return nil
            }
            return file
        }
    }

    public var name: String
    /// Rough seconds on two cores; for the progress only.
    public var seconds: Double
    public var isQuick: Bool
    /// File or folder below the data folder without which the group is skipped.
    public var needs: String?
    let checks: @Sendable (Context) throws -> [FilmCheck]

    public init(
        _ name: String, seconds: Double, isQuick: Bool, needs: String? = nil,
        _ checks: @escaping @Sendable (Context) throws -> [FilmCheck]
    ) {
        (self.name, self.seconds, self.isQuick, self.needs, self.checks) = (name, seconds, isQuick, needs, checks)
    }

    /// Why the group cannot be run here; nil when it can.
    public func obstacle(_ context: Context) -> String? {
        guard let needs, context.file(needs) == nil else { return nil }
        return "needs \(needs) in the folder that --data names"
    }

    /// - Throws: what a film or a file of reference numbers throws.
    public func run(_ context: Context) throws -> [FilmCheck] { try checks(context) }
}
