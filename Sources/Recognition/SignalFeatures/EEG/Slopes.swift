/// Slopes of features over five frames, and slopes of slopes, from a running sequence: Σ n · c(t + n) / Σ n², n = −2 … 2, around the frame
/// two before the last. The first frame stands for those before it. Nothing is allocated after the beginning.
///
/// - Source: S. Young et al., "The HTK Book", 2006, section 5.9.
public struct Slopes: Sendable, Equatable {
    public let features: Int
    /// 0 … 2.
    public let order: Int
    /// Of each order five rows, as rings.
    private var rows: [Double]
    private var newest = 0
    private var isEmpty = true

    public init(features: Int, order: Int) {
        (self.features, self.order) = (features, order)
        rows = [Double](repeating: 0, count: 5 * features * max(1, order))
    }

    /// Values of a frame with its slopes.
    public var outputs: Int { features * (1 + order) }

    /// What comes next does not follow what was before.
    public mutating func restart() { isEmpty = true }

    /// - Parameter frame: `outputs` values; the first `features` are given, the others are set.
    public mutating func set(_ frame: UnsafeMutableBufferPointer<Double>) {
        guard order > 0 else { return }
        newest = (newest + 1) % 5
        for level in 0..<order {
            let (given, set) = (level * features, (level + 1) * features)
            let base = level * 5 * features
            for k in 0..<features {
                if isEmpty { for row in 0..<5 { rows[base + row * features + k] = frame[given + k] } }
                rows[base + newest * features + k] = frame[given + k]
                let far = rows[base + newest * features + k] - rows[base + (newest + 1) % 5 * features + k]
                let near = rows[base + (newest + 4) % 5 * features + k] - rows[base + (newest + 2) % 5 * features + k]
                frame[set + k] = (2 * far + near) / 10
            }
        }
        isEmpty = false
    }
}
