/// Whether inputs are what the information capacity takes them for: independent, and uniform between their smallest and largest.
public enum InputUniformity {
    /// What is not so, in words; nil where nothing speaks against it.
    ///
    /// Two tests with a chance of about one in a thousand each: the largest distance of the distribution from the uniform one
    /// (Kolmogorov), and the correlation of neighbours.
    public static func problem(_ inputs: [Double]) -> String? {
        let count = Double(inputs.count)
        guard inputs.count > 10 else { return nil }
        let unit = ReservoirMetrics.unit(inputs)
        let mean = unit.reduce(0, +) / count
        let variance = unit.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let neighbours = zip(unit, unit.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
        if variance > 0, abs(neighbours / variance) > 3.3 / count.squareRoot() { return "neighbouring inputs are correlated" }
        let sorted = unit.sorted()
        let distance =
            sorted.indices.map { index in
                let uniform = (sorted[index] + 1) / 2
                return max(abs(uniform - Double(index) / count), abs(uniform - Double(index + 1) / count))
            }.max() ?? 0
        return distance > 1.95 / count.squareRoot() ? "the inputs are not uniform between their smallest and largest" : nil
    }
}
