/// Brings features to zero mean and unit variance, with statistics of a training set.
public struct Standardisation: Codable, Sendable, Equatable {
    /// Shape `[features]`.
    public var mean: [Float]
    /// Standard deviations, shape `[features]`.
    public var deviation: [Float]

    public init(mean: [Float], deviation: [Float]) {
        self.mean = mean
        self.deviation = deviation
    }

    /// - Parameters:
    ///   - values: shape `[frames, features]`, at least one frame.
    ///   - features: values per frame.
    public init(of values: [Float], features: Int) {
        precondition(features > 0 && values.count >= features, "statistics need a frame")
        let frames = values.count / features
        var sum = [Double](repeating: 0, count: features)
        var squares = sum
        for frame in 0..<frames {
            for k in 0..<features {
                let value = Double(values[frame * features + k])
                sum[k] += value
                squares[k] += value * value
            }
        }
        mean = sum.map { Float($0 / Double(frames)) }
        deviation = (0..<features).map { k in
            let m = sum[k] / Double(frames)
            // A feature that never moves carries nothing, whatever it is divided by.
            return max(1e-4, Float(max(0, squares[k] / Double(frames) - m * m).squareRoot()))
        }
    }

    /// (value − mean) / deviation, at most ±6 so that an artefact stays an artefact.
    public func apply(_ value: Float, feature: Int) -> Float {
        max(-6, min(6, (value - mean[feature]) / deviation[feature]))
    }
}
