/// Mean and spread of inputs as they come.
public struct InputStatistics: Sendable {
    public private(set) var mean: [Double]
    public private(set) var steps = 0
    private var scatter: [Double]

    public init(inputs: Int) {
        mean = [Double](repeating: 0, count: inputs)
        scatter = mean
    }

    public mutating func take(_ values: UnsafeBufferPointer<Double>) {
        steps += 1
        for input in mean.indices {
            let difference = values[input] - mean[input]
            mean[input] += difference / Double(steps)
            scatter[input] += difference * (values[input] - mean[input])
        }
    }

    /// Above 0: an input that never moves carries nothing, whatever it is divided by.
    public var deviation: [Double] {
        scatter.map { sum in
            let spread = (sum / Double(max(1, steps))).squareRoot()
            return spread > 0 && spread.isFinite ? spread : 1
        }
    }
}
