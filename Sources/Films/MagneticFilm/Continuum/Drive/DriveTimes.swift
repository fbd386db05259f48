/// When a drive changes: what an integrator must know beside its values, because a step that jumps over a pulse sees no error.
///
/// At an edge the value jumps or bends; what a drive says *at* an edge belongs to what follows. Within a span the drive moves, and
/// no step may be longer than the span says.
public struct DriveTimes: Equatable, Sendable {
    /// A stretch of time in which steps are limited, seconds.
    public struct Span: Equatable, Sendable {
        public var from_s: Double
        public var to_s: Double
        /// Above 0.
        public var longestStep_s: Double

        public init(from_s: Double, to_s: Double, longestStep_s: Double) {
            (self.from_s, self.to_s, self.longestStep_s) = (from_s, to_s, longestStep_s)
        }
    }

    /// A drive that never changes.
    public static let constant = DriveTimes()

    /// Seconds, finite, ascending, each once; the ends of the spans are among them.
    public let edges_s: [Double]
    public let spans: [Span]

    /// - Parameters:
    ///   - edges_s: in any order; times that are not finite are no edges.
    ///   - spans: those without a positive step or length are left out.
    public init(edges_s edges: [Double] = [], spans: [Span] = []) {
        self.spans = spans.filter { $0.longestStep_s > 0 && $0.to_s > $0.from_s }
        let all = (edges + self.spans.flatMap { [$0.from_s, $0.to_s] }).filter(\.isFinite).sorted()
        edges_s = all.indices.filter { $0 == 0 || all[$0] != all[$0 - 1] }.map { all[$0] }
    }

    /// Of two drives together.
    public func merged(with other: DriveTimes) -> DriveTimes {
        if other == .constant { return self }
        return self == .constant ? other : DriveTimes(edges_s: edges_s + other.edges_s, spans: spans + other.spans)
    }

    /// The first edge after a time, infinity when there is none.
    public func nextEdge(after time_s: Double) -> Double {
        var (low, high) = (0, edges_s.count)
        while low < high {
            let middle = (low + high) / 2
            if edges_s[middle] > time_s { high = middle } else { low = middle + 1 }
        }
        return low < edges_s.count ? edges_s[low] : .infinity
    }

    /// The longest step that may begin at a time, infinity when nothing limits it.
    public func longestStep(at time_s: Double) -> Double {
        spans.reduce(.infinity) { longest, span in
            time_s >= span.from_s && time_s < span.to_s ? min(longest, span.longestStep_s) : longest
        }
    }
}
