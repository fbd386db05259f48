import Glibc

extension FilmReadout {
    /// Of ``posteriors(_:temperature:)``. Outputs are fitted to 0 and 1, so a tenth is a clear lead; `larmor calibrate` finds what it is worth.
    public static let temperature = 0.1

    /// Outputs as probabilities of the classes: the softmax of output / temperature. They add up to 1 and are not calibrated.
    ///
    /// Of two classes it is the logistic function of margin / temperature, so a map that is fitted to log odds makes up for any temperature.
    /// - Parameters:
    ///   - scores: the readout's output for each class, finite.
    ///   - temperature: above 0.
    public static func posteriors(_ scores: [Float], temperature: Double = FilmReadout.temperature) -> [Double] {
        precondition(temperature > 0, "a temperature above 0")
        let largest = Double(scores.max() ?? 0)
        let weights = scores.map { exp((Double($0) - largest) / temperature) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}
