/// A sweep file: a command and the values that its options take, one run for each point.
public struct SweepDescription: Sendable, Equatable {
    /// The file's path, for messages.
    public var file: String
    /// The file's text.
    public var text: String
    public var name: String
    /// Words after `larmor`, without `--json`, which is added.
    public var command: [String]
    /// Of random points.
    public var seed: UInt64
    /// In the order of the file.
    public var parameters: [SweepParameter]
    /// Points that are drawn; nil for the grid over all values.
    public var randomPoints: Int?
    public var objective: SweepObjective?
    /// Dotted paths of further numbers and texts that a report shows.
    public var columns: [String]
    public var slurm: SlurmSettings
    /// 1-based, by key; parameters by their names.
    public var lines: [String: Int]
}

/// What the best point is chosen by.
public struct SweepObjective: Sendable, Equatable, Codable {
    /// Dotted path of a number in the result: "test.median", "coercive_mt.0".
    public var path: String
    public var isMaximised: Bool

    public init(path: String, isMaximised: Bool) { (self.path, self.isMaximised) = (path, isMaximised) }

    func isBetter(_ a: Double, _ b: Double) -> Bool { isMaximised ? a > b : a < b }
}

/// What Slurm is asked for; nil leaves it to the cluster's defaults.
public struct SlurmSettings: Sendable, Equatable {
    public var partition: String?
    /// As sbatch has it: "30", "1:30:00", "2-12".
    public var time: String?
    /// Of each task.
    public var cpus: Int?
    /// Of each task: "4G".
    public var memory: String?
    /// Tasks that run at the same time.
    public var arrayLimit: Int?
    public var pointsPerTask = 1

    public init() {}
}
